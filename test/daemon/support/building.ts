/**
 * A build of `app-misc/hello-1` that is over, as the warden followed it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Course, courseOf, type Note } from '../../../src/daemon/course.ts'
import { parseMoment } from '../../../src/daemon/moment.ts'

export const NOW: Date = new Date('2026-03-04T05:00:00.000Z')

const VALUES = {
  CATEGORY: 'app-misc',
  PF: 'hello-1',
  PORTAGE_BUILDDIR: '/b',
  PORTAGE_TMPDIR: '/t',
  SLOT: '0/2',
  PORTAGE_REPO_NAME: 'gentoo',
}

/** A build that began ten seconds ago. */
export function building(more: { install?: boolean; publish?: boolean; stoodIn?: number; type?: string }): Course {
  const { install = true, publish = true, stoodIn = null, type = 'source' } = more
  const values = Object.entries({ ...VALUES, MERGE_TYPE: type }).map((pair) => pair.join('='))
  const note: Note = {
    standin: 'course-1',
    began: parseMoment(['1', 'fetch', `7.${(NOW.getTime() - 10_000) * 1000}`, ...values].join('\u001f')),
    stage: 'built',
    terminal: null,
    owner: null,
    callers: null,
    wanted: { install, publish, seed: false, typed: [] },
    standing: null,
    stoodIn,
    package: null,
    buildTime: '',
    standinsLive: false,
    unkept: null,
  }
  return courseOf('key', note, { isLeft: () => false, answer: () => undefined, remove: () => undefined })
}

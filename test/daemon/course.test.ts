/**
 * A note that can't be written leaves the one before and nothing else, and says which it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { type Note, saveNote } from '../../src/daemon/course.ts'
import { parseMoment } from '../../src/daemon/moment.ts'
import { atEnd } from '../support/atEnd.ts'

const VALUES = { CATEGORY: 'a', PF: 'b-1', PORTAGE_BUILDDIR: '/b', PORTAGE_TMPDIR: '/t', MERGE_TYPE: 'source' }
const NOTE: Note = {
  standin: 'course-1',
  began: parseMoment(['1', 'fetch', '7.8', ...Object.entries(VALUES).map((pair) => pair.join('='))].join('\u001f')),
  stage: 'following',
  terminal: null,
  owner: null,
  callers: null,
  wanted: { install: true, publish: false, seed: false, typed: [] },
  standing: null,
  stoodIn: null,
  package: null,
  buildTime: '',
  standinsLive: false,
  unkept: null,
}

test('a note that can not be written', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'standin-notes-'))
  atEnd(t, () => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'one/in-the-way'), { recursive: true })
  assert.throws(
    () => saveNote(folder, 'one', NOTE),
    (error) => error instanceof HostError && error.message.startsWith(`could not write ${join(folder, 'one')}: `),
  )
  assert.deepEqual(readdirSync(folder), ['one'])
  saveNote(folder, 'two', NOTE)
  assert.deepEqual(readdirSync(folder), ['one', 'two'])
})

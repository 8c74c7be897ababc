/**
 * The hook that makes way for a merge by itself: no warden is there, or one that can't be spoken to at a door and is asked by its socket.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { forgetOtherDoors } from '../../../src/daemon/door.ts'
import { makeFolders } from '../../../src/daemon/folders.ts'
import { openKnown } from '../../../src/daemon/known.ts'
import { buildKey } from '../../../src/daemon/moment.ts'
import { forgetGone } from '../../../src/standin/journal-kept.ts'
import { openJournal } from '../../../src/standin/journal.ts'
import { place } from '../../../src/standin/place.ts'
import { recover } from '../../../src/standin/recover.ts'
import { bootId, type Site } from '../../../src/standin/site.ts'
import { openStaging } from '../../../src/standin/staging.ts'
import { entryFor } from '../../standin/support/site.ts'
import { BEARABLE_SECONDS, hookNode, seenIn } from '../support/apart.ts'
import { type Emerge, startEmerge } from '../support/emerge.ts'
import { judgeAll, treeOf } from '../support/judge-prefix.ts'
import { foldersOf, layImage, layPrefix, mergeImage, namesThere, planOfCopy } from '../support/prefix.ts'
import type { Apart, Course, Done, Scenario } from '../support/scenario.ts'
import type { Fault } from '../support/tap.ts'

function siteOf(top: string): Site {
  const { root, ours } = foldersOf(top)
  const journal = openJournal(join(ours.state, 'journal.sqlite'))
  return { journal, root, keepFolder: ours.kept, markers: ours.markers, boot: bootId(), now: Date.now }
}

/** What an earlier warden has left standing. */
async function placeCopy(top: string): Promise<void> {
  const { builddir, copy } = foldersOf(top)
  const site = siteOf(top)
  const staging = openStaging(copy)
  try {
    const asked = { ...site, plan: planOfCopy(top), staging, entry: entryFor(builddir), shouldStop: () => false, say: () => undefined }
    const { kind } = await place(asked)
    if (kind !== 'placed') throw new Error(`the copy was not placed: ${kind}`)
  } finally {
    staging.close()
    site.journal.close()
  }
}

/** The next warden begins with it. */
function startUp(top: string): void {
  const site = siteOf(top)
  try {
    const { failed } = recover({ ...site, isLive: () => false, say: () => undefined })
    if (failed[0] !== undefined) throw failed[0].error
    forgetGone(site.journal)
  } finally {
    site.journal.close()
  }
}

/** Answers as a warden that does not follow this build, or not at all; bash finds it by the number of this process. */
async function openSocket(top: string, answers: boolean): Promise<Server> {
  const { ours, builddir } = foldersOf(top)
  writeFileSync(join(ours.run, 'warden.pid'), `${process.pid}\n`)
  writeFileSync(join(ours.doors, buildKey(builddir)), '')
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    if (answers) socket.once('data', () => socket.end('{"t":"word","word":"unknown"}\n'))
  })
  await new Promise<void>((resolve) => server.listen(join(ours.run, 'control.sock'), resolve))
  return server
}

interface Merge {
  readonly top: string
  readonly emerge: Emerge
  readonly wrong: string[]
}

/** Portage asks for the way; `watch` says what is to go wrong. False where something is left in it. */
async function askForTheWay({ top, emerge, wrong }: Merge, watch: Readonly<Record<string, string>>): Promise<boolean> {
  const { code, stderr, seconds } = await emerge.bash('purge', watch)
  if (code !== 0) wrong.push(`bash ended with ${code}: ${stderr}`)
  if (seconds > BEARABLE_SECONDS) wrong.push(`emerge waited ${seconds.toFixed(1)} s`)
  const left = namesThere(top)
  if (left.length > 0 && !stderr.includes('still in the way')) wrong.push(`in the way of the merge, and nobody says so: ${left.join(' ')}`)
  return left.length === 0
}

const tryOut = (warden: 'none' | 'answers' | 'hangs'): Apart['tryOut'] =>
  async function (top: string, fault: Fault | undefined, course: Course): Promise<Done> {
    const { ours } = foldersOf(top)
    await layPrefix(top, hookNode(true))
    makeFolders(ours, { uid: 0, gid: 0 }, { uid: 0, gid: 0 })
    mkdirSync(join(ours.state, 'stood'))
    openKnown(join(ours.state, 'known.sqlite')).close()
    const before = treeOf(top)
    await placeCopy(top)
    layImage(top)
    const emerge = await startEmerge(top)
    const server = warden === 'none' ? undefined : await openSocket(top, warden === 'answers')
    const wrong: string[] = []
    const merge = { top, emerge, wrong }
    const log = join(top, 'points')
    try {
      const isClear = await askForTheWay(merge, { STANDIN_FAULT: JSON.stringify({ fault, log }) })
      // Where Portage refuses a merge for what is in its way the person types it again.
      if (course === 'again' && !(await askForTheWay(merge, {})) && isClear)
        wrong.push('the second try found what the first had taken away')
      if (course === 'again' && namesThere(top).length > 0) wrong.push(`the second try leaves ${namesThere(top).join(' ')}`)
      if (course !== 'gone') mergeImage(top)
    } finally {
      await emerge.kill()
      server?.close()
    }
    startUp(top)
    // What bash and a warden that is gone have left there.
    for (const name of ['warden.pid', 'silent']) rmSync(join(ours.run, name), { force: true })
    forgetOtherDoors(ours.doors, new Set())
    wrong.push(...judgeAll(top, before, course !== 'gone', emerge.terminal()))
    return { ...seenIn(log), wrong }
  }

const COURSES: Apart['courses'] = {
  refused: ['again', 'gone', 'merged'],
  unsaid: ['again', 'gone', 'merged'],
  killed: ['again', 'gone', 'merged'],
}

export const HOOKS: readonly Scenario[] = [
  { name: 'hook-purge', courses: COURSES, tryOut: tryOut('none') },
  { name: 'hook-ask', courses: COURSES, leaves: /^standin\//, tryOut: tryOut('answers') },
  // Waits three seconds each time.
  {
    name: 'hook-hangs',
    courses: { refused: ['again'], unsaid: ['again'], killed: ['again'] },
    leaves: /^(?!hooks\/tell)/,
    tryOut: tryOut('hangs'),
  },
]

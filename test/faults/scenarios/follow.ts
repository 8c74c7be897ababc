/**
 * A build is followed: a door for bash, a note that outlives the warden, what the own build will be held against, the two words at the door; and its end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HostError } from '../../../src/base/errors.ts'
import { dropNote, type Note, readNotes, saveNote } from '../../../src/daemon/course.ts'
import { forgetOtherDoors, makeDoor } from '../../../src/daemon/door.ts'
import { parseMoment } from '../../../src/daemon/moment.ts'
import { type StoodInStore, stoodInStore } from '../../../src/daemon/stood.ts'
import { exactId } from '../../../src/package/content.ts'
import { offerNamed } from '../../daemon/support/offers.ts'
import { KEY } from '../support/built.ts'
import type { Scenario } from '../support/scenario.ts'

const began = parseMoment(
  ['1', 'fetch', '7.8', 'CATEGORY=app-misc', 'PF=demo-1', 'PORTAGE_BUILDDIR=/b', 'PORTAGE_TMPDIR=/', 'MERGE_TYPE=source'].join('\u001f'),
)

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the warden makes it
const NOTE = {
  standin: 'course-1',
  began,
  stage: 'following',
  terminal: null,
  owner: null,
  wanted: { install: true, publish: true, seed: false, typed: [] },
  standing: null,
  stoodIn: null,
  package: null,
  buildTime: '',
  standinsLive: false,
} as unknown as Note

interface Folders {
  readonly doors: string
  readonly notes: string
  readonly stood: string
}

const foldersOf = (top: string): Folders => ({ doors: join(top, 'doors'), notes: join(top, 'notes'), stood: join(top, 'stood') })

const storeIn = (top: string): StoodInStore => stoodInStore(foldersOf(top).stood, () => undefined)

async function follow(top: string, close: (() => void)[]): Promise<void> {
  const { doors, notes } = foldersOf(top)
  const manifest = { standin: 'manifest-1' as const, metadata: {}, records: [], contentId: exactId([]) }
  try {
    const stood = storeIn(top)
    const door = await makeDoor(doors, KEY)
    close.push(() => door.remove())
    saveNote(notes, KEY, NOTE)
    stood.save(1, { offer: offerNamed('demo', { content: exactId([]) }), manifest })
    saveNote(notes, KEY, { ...NOTE, standing: 1, stoodIn: 1 })
    door.answer('taken', '7.9')
    door.answer('done', '7.9')
    door.remove()
    stood.drop(1)
    dropNote(notes, KEY)
  } catch (error) {
    // Whoever follows builds logs whatever goes wrong with one of them.
    throw error instanceof HostError ? error : new HostError('IO', 'it is logged', { cause: error })
  }
}

function startUp(top: string): void {
  const { doors, notes } = foldersOf(top)
  for (const key of readNotes(notes, () => undefined).keys()) dropNote(notes, key)
  forgetOtherDoors(doors, new Set())
  const stood = storeIn(top)
  for (const id of stood.ids()) stood.drop(id)
}

function judge(top: string): string[] {
  return Object.values(foldersOf(top)).flatMap((folder: string) =>
    existsSync(folder) ? readdirSync(folder).map((name) => `left: ${name}`) : [],
  )
}

export const FOLLOWING: readonly Scenario[] = [
  {
    name: 'follow',
    prepare(top) {
      const { doors, notes } = foldersOf(top)
      for (const folder of [doors, notes]) mkdirSync(folder)
    },
    open(top) {
      const open: (() => void)[] = []
      return {
        work: () => follow(top, open),
        async again() {
          for (const close of open.splice(0)) close()
          await follow(top, open)
        },
        close: () => {
          for (const close of open) close()
        },
      }
    },
    restart: startUp,
    judge,
  },
  {
    name: 'follow-start',
    // What a killed warden, and one of another version, may have left.
    prepare(top) {
      const { doors, notes, stood } = foldersOf(top)
      for (const folder of [doors, notes, stood]) mkdirSync(folder)
      saveNote(notes, KEY, NOTE)
      for (const name of [`${KEY}.tmp`, 'of another version']) writeFileSync(join(notes, name), '{}')
      for (const name of [KEY, `${KEY}.new`, 'other.alone']) writeFileSync(join(doors, name), '')
      for (const name of ['1.json', '1.json.0123456789ab.tmp']) writeFileSync(join(stood, name), '{}')
    },
    open(top) {
      const work = (): void => {
        try {
          startUp(top)
        } catch (error) {
          throw error instanceof HostError ? error : new HostError('IO', 'the daemon does not start', { cause: error })
        }
      }
      return { work, again: work, close: () => undefined }
    },
    restart: startUp,
    judge,
  },
]

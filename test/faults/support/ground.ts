/**
 * The host that placing and purging are cut on, what its user has on it and does to what stands in, and the oracle: nothing of ours, all of theirs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { recover } from '../../../src/standin/recover.ts'
import { forgetGone } from '../../../src/standin/journal-kept.ts'
import { purge } from '../../../src/standin/purge.ts'
import { type TestHost, testHost } from '../../standin/support/site.ts'
import { differences, type Snapshot, snapshot } from '../../support/oracle.ts'

/** Something of the user's: the text of a file, or where a link leads. It must be there at the end, at its place or put aside. */
export interface Theirs {
  readonly path: string
  readonly text: string
  readonly kind: 'file' | 'link'
}

const BEFORE = 'before.json'
const THEIRS = 'theirs.json'

/** Writes down what the tree must be in the end. */
export function remember(top: string, theirs: readonly Theirs[] = []): void {
  writeFileSync(join(top, BEFORE), JSON.stringify([...snapshot(join(top, 'root'))]))
  writeFileSync(join(top, THEIRS), JSON.stringify(theirs))
}

/** What the user does while it stands in: each edit as people and editors make them. */
export function meddle(top: string, edits: Readonly<Record<string, 'edit' | 'replace' | 'link' | 'remove' | 'add' | 'folder'>>): void {
  const theirs: Theirs[] = []
  for (const [path, edit] of Object.entries(edits)) {
    const full = join(top, 'root', path)
    const text = `the user's own ${path}`
    if (edit === 'remove') {
      rmSync(full)
      continue
    }
    if (edit === 'edit' || edit === 'add') writeFileSync(full, text)
    else if (edit === 'folder') {
      rmSync(full)
      mkdirSync(full)
      writeFileSync(join(full, 'inside'), text)
    } else {
      if (edit === 'replace') writeFileSync(`${full}.new`, text)
      else symlinkSync(text, `${full}.new`)
      renameSync(`${full}.new`, full)
    }
    theirs.push({ path: edit === 'folder' ? `${path}/inside` : path, text, kind: edit === 'link' ? 'link' : 'file' })
  }
  writeFileSync(join(top, THEIRS), JSON.stringify(theirs))
}

/** Start-up as the warden has it, and the merge that an emerge which goes on comes to. */
export function settle(host: TestHost, isAlive: boolean): void {
  const said: string[] = []
  const { stillLive, failed } = recover({ ...host, isLive: () => isAlive, say: (line) => void said.push(line) })
  if (failed[0] !== undefined) throw failed[0].error
  forgetGone(host.journal)
  for (const { id, cpv } of stillLive) {
    for (const { path } of host.journal.paths(id)) if (!existsOrLink(join(host.root, path))) mustBeTheirs(host.top, path, cpv)
    purge({ ...host, id, beforeMerge: true, say: () => undefined })
  }
}

/** A stand-in that is live after a start is whole, but for what its user has taken away. */
function mustBeTheirs(top: string, path: string, cpv: string): void {
  if (theirsOf(top).length === 0) throw new Error(`${cpv} is said to stand in, and /${path} is not there`)
}

function existsOrLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/** What is wrong, in the tree and in what we keep beside it. Opens the journal anew, so nothing may have it open in the middle of something. */
export function judgeHost(top: string, isFinal: boolean, keepFolder: string = join(top, 'state/kept')): string[] {
  const host = testHost(top)
  try {
    const theirs = theirsOf(top)
    // Written down before the move, which did not come then: start-up forgets it.
    if (!isFinal) forgetGone(host.journal)
    return [...judgeTree(host, theirs), ...judgeOurs(host), ...judgeKept(host, keepFolder, theirs)]
  } finally {
    host.journal.close()
  }
}

export function theirsOf(top: string): readonly Theirs[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `remember` and `meddle`
  return JSON.parse(readFileSync(join(top, THEIRS), 'utf8')) as Theirs[]
}

function judgeTree(host: TestHost, theirs: readonly Theirs[]): string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `remember`
  const before: Snapshot = new Map(JSON.parse(readFileSync(join(host.top, BEFORE), 'utf8')) as [string, string][])
  const isThere = (one: Theirs): boolean => isAt(join(host.root, one.path), one)
  const may = new Set([
    ...theirs.filter((one) => isThere(one) || !existsOrLink(join(host.root, one.path))).map(({ path }) => path),
    ...theirs.filter(isThere).flatMap(({ path }) => foldersOf(path)),
  ])
  return differences(before, snapshot(host.root)).filter((line) => !may.has(line.split(' ')[1] ?? ''))
}

function judgeOurs(host: TestHost): string[] {
  const rows = host.journal.unsettled().map(({ id, state }) => `the journal still has entry ${id}: ${state}`)
  const markers = existsSync(host.markers) ? readdirSync(host.markers, { recursive: true }).map((name) => `marker ${String(name)}`) : []
  const known = /^(journal\.db(-wal|-shm)?|live|kept)$/
  const others = readdirSync(join(host.top, 'state')).filter((name) => !known.test(name))
  return [...rows, ...markers, ...others.map((name) => `left in the state folder: ${name}`)]
}

function judgeKept(host: TestHost, keepFolder: string, theirs: readonly Theirs[]): string[] {
  const rows = host.journal.kept()
  const wrong = rows.filter(({ keptAs }) => !existsOrLink(keptAs)).map(({ keptAs }) => `kept, and not there: ${keptAs}`)
  const named = rows.map(({ keptAs }) => keptAs)
  for (const path of leavesOf(keepFolder))
    if (!named.some((name) => path === name || path.startsWith(`${name}/`))) wrong.push(`left in the folder of what is kept: ${path}`)
  for (const one of theirs) {
    const aside = rows.filter(({ path }) => one.path === path || one.path.startsWith(`${path}/`))
    const places = [join(host.root, one.path), ...aside.map(({ keptAs, path }) => keptAs + one.path.slice(path.length))]
    if (!places.some((place) => isAt(place, one))) wrong.push(`lost: ${one.path}`)
  }
  return wrong
}

/** Files and empty folders. */
function leavesOf(folder: string): string[] {
  if (!existsSync(folder)) return []
  const inside = readdirSync(folder, { withFileTypes: true })
  return inside.flatMap((entry) => {
    const path = join(folder, entry.name)
    const below = entry.isDirectory() ? leavesOf(path) : []
    return below.length > 0 ? below : [path]
  })
}

function isAt(path: string, { text, kind }: Theirs): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (kind === 'link') return stat?.isSymbolicLink() === true && readlinkSync(path) === text
  return stat?.isFile() === true && readFileSync(path, 'utf8') === text
}

function foldersOf(path: string): string[] {
  const above = dirname(path)
  return above === '.' ? [] : [above, ...foldersOf(above)]
}

/**
 * A temporary host to place on: a root with some files, a staging folder, a journal; all of it gone after the test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Manifest } from '../../../src/package/manifest.ts'
import { byPath, type ImageRecord } from '../../../src/package/record.ts'
import { type Journal, type NewEntry, openJournal } from '../../../src/standin/journal.ts'
import type { Operation, Plan } from '../../../src/standin/plan.ts'
import { parentsOf } from '../../../src/standin/rules/names.ts'
import { bootId, type Site } from '../../../src/standin/site.ts'

export type PlacePlan = Extract<Plan, { kind: 'place' }>

export interface TestHost extends Site {
  readonly top: string
  readonly stagingPath: string
  readonly journalPath: string
  /** Closes the journal and opens it again, as after a restart. */
  reopened(): TestHost
  remove(): void
}

/** Every folder of a host lies below one new temporary folder. */
export function testHost(top: string = mkdtempSync(join(tmpdir(), 'standin-place-'))): TestHost {
  for (const folder of ['root/usr/bin', 'root/usr/share/doc', 'root/usr/lib64', 'root/opt', 'staging/files', 'state'])
    mkdirSync(join(top, folder), { recursive: true })
  const journalPath = join(top, 'state/journal.db')
  const journal: Journal = openJournal(journalPath)
  return {
    top,
    stagingPath: join(top, 'staging'),
    journalPath,
    journal,
    root: join(top, 'root'),
    keepFolder: join(top, 'state/kept'),
    markers: join(top, 'state/live'),
    boot: bootId(),
    now: () => 1000,
    reopened: () => {
      journal.close()
      return testHost(top)
    },
    remove: () => {
      journal.close()
      rmSync(top, { recursive: true, force: true })
    },
  }
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export function entryFor(builddir: string = '/var/tmp/portage/app-misc/demo-1'): NewEntry {
  return {
    eroot: '/',
    cpv: 'app-misc/demo-1',
    builddir,
    ownerPid: 4242,
    ownerStart: '777',
    lockPath: '/var/tmp/portage/app-misc/.demo-1.portage_lockfile',
    archive: sha256('archive'),
    content: sha256('content'),
    recipe: sha256('recipe'),
    level: 1,
    at: 1000,
  }
}

/** What lies in a small tree: text of a file, or where a link leads. */
export type Tree = Readonly<Record<string, string | { readonly link: string }>>

/** Stages the files of `tree`. */
export function stage(stagingPath: string, tree: Tree): void {
  for (const content of Object.values(tree))
    if (typeof content === 'string') writeFileSync(join(stagingPath, 'files', sha256(content)), content)
}

/** A plan that places `tree` as it is, for tests of placing alone; `isThere` tells which folders need not be made. */
export function planOf(tree: Tree, isThere: (folder: string) => boolean): PlacePlan {
  const operations: Operation[] = []
  const made = new Set<string>()
  let bytes = 0
  for (const [path, content] of Object.entries(tree).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    for (const folder of parentsOf(path).filter((parent) => !isThere(parent) && !made.has(parent))) {
      made.add(folder)
      operations.push({ kind: 'dir', path: folder, mode: 0o755 })
    }
    if (typeof content !== 'string') operations.push({ kind: 'link', path, target: content.link })
    else {
      const size = Buffer.byteLength(content)
      bytes += size
      operations.push({
        kind: 'file',
        path,
        mode: path.startsWith('usr/bin/') ? 0o755 : 0o644,
        size,
        sha256: sha256(content),
        facts: undefined,
      })
    }
  }
  return { kind: 'place', operations, bytes, leftOut: [], verdicts: [] }
}

/** The manifest that describes `tree`, with its folders. */
export function manifestOf(tree: Tree, metadata: Manifest['metadata'] = {}): Manifest {
  const root = { owner: 'root', group: 'root' }
  const folders = new Set(Object.keys(tree).flatMap((path) => parentsOf(path)))
  const records: ImageRecord[] = [...folders].map((path) => ({ type: 'dir', path, mode: 0o755, ...root }))
  for (const [path, content] of Object.entries(tree)) {
    if (typeof content !== 'string') records.push({ type: 'link', path, target: content.link, ...root })
    else
      records.push({
        type: 'file',
        path,
        mode: /bin\//.test(path) ? 0o755 : 0o644,
        size: Buffer.byteLength(content),
        sha256: sha256(content),
        ...root,
      })
  }
  return { standin: 'manifest-1', metadata, records: records.toSorted(byPath), contentId: sha256('content') }
}

/**
 * A finished build below PORTAGE_TMPDIR, what a warden keeps of it, and the oracle: the image as it was, and nothing of ours around it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { chmodSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { sha256Hex } from '../../../src/base/canonical.ts'
import { captureRoot } from '../../../src/daemon/capture.ts'
import { type Captures, capturesIn } from '../../../src/daemon/captures.ts'
import { type Known, openKnown } from '../../../src/daemon/known.ts'
import type { Metadata } from '../../../src/package/manifest.ts'
import { differences, type Snapshot, snapshot } from '../../support/oracle.ts'

export const METADATA: Metadata = {
  CATEGORY: 'app-misc',
  PF: 'demo-1',
  SLOT: '0',
  EAPI: '8',
  repository: 'gentoo',
  CHOST: 'x86_64-pc-linux-gnu',
}
export const CPV = 'app-misc/demo-1'

export interface BuiltFolders {
  /** PORTAGE_TMPDIR. */
  readonly tmpdir: string
  readonly image: string
  /** What of captures is written down. */
  readonly records: string
  readonly archives: string
  readonly work: string
  readonly known: string
}

export function foldersOf(top: string): BuiltFolders {
  return {
    tmpdir: join(top, 'tmp'),
    image: join(top, 'tmp/portage/app-misc/demo-1/image'),
    records: join(top, 'captures'),
    archives: join(top, 'archives'),
    work: join(top, 'work'),
    known: join(top, 'known.sqlite'),
  }
}

export const KEY = '%2Fvar%2Ftmp%2Fportage%2Fapp-misc%2Fdemo-1'

/** `isWhole`: with a set-id file, which is captured in another way, and published by nobody. */
export function layBuild(top: string, isWhole: boolean): void {
  const { image, archives } = foldersOf(top)
  mkdirSync(archives)
  for (const folder of ['usr/bin', 'usr/share/demo/empty']) mkdirSync(join(image, folder), { recursive: true })
  writeFileSync(join(image, 'usr/bin/demo'), 'demo\n', { mode: 0o755 })
  writeFileSync(join(image, 'usr/share/demo/one'), 'text\n'.repeat(100))
  linkSync(join(image, 'usr/share/demo/one'), join(image, 'usr/share/demo/two'))
  symlinkSync('demo', join(image, 'usr/bin/hi'))
  if (isWhole) {
    writeFileSync(join(image, 'usr/bin/su'), 'set-id')
    chmodSync(join(image, 'usr/bin/su'), 0o4711)
  }
  writeFileSync(join(top, 'before.json'), JSON.stringify([...snapshot(image), ...linkCounts(image)]))
}

/** A link of ours that is left shows here. */
function linkCounts(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true }).flatMap((name) => {
    const stat = statSync(join(folder, String(name)), { throwIfNoEntry: false })
    return stat?.isFile() === true ? [[`links of ${String(name)}`, String(stat.nlink)]] : []
  })
}

export function openCaptures(top: string): Captures {
  return capturesIn(foldersOf(top).records, () => undefined)
}

/** What a start-up does with captures of builds that nobody follows. */
export function dropAll(top: string): void {
  const captures = openCaptures(top)
  for (const key of captures.keys()) captures.drop(key)
}

export function judgeImage(top: string): string[] {
  const { image, tmpdir, records } = foldersOf(top)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `layBuild`
  const before: Snapshot = new Map(JSON.parse(readFileSync(join(top, 'before.json'), 'utf8')) as [string, string][])
  const rest = existsSync(records) ? readdirSync(records).map((name) => `record ${name} is left`) : []
  const links = existsSync(captureRoot(tmpdir)) ? [`${captureRoot(tmpdir)} is left`] : []
  return [...differences(before, new Map([...snapshot(image), ...linkCounts(image)])), ...rest, ...links]
}

/** Rows and files are the same, each file is what its name says, and nothing is left where work is done. */
export function judgeStore(top: string, least: number): string[] {
  const { archives, work, known: path } = foldersOf(top)
  const known: Known = openKnown(path)
  const rows = known.builds().map((build) => basename(build.path))
  known.close()
  const files = readdirSync(archives)
  const wrong = [
    ...rows.filter((name) => !files.includes(name)).map((name) => `a row without its file: ${name}`),
    ...files.filter((name) => !rows.includes(name)).map((name) => `a file without a row: ${name}`),
    ...files.filter((name) => !name.startsWith(sha256Hex(readFileSync(join(archives, name))))).map((name) => `not what it says: ${name}`),
    ...(existsSync(work) ? readdirSync(work).map((name) => `left at work: ${name}`) : []),
  ]
  return rows.length < least ? [...wrong, `${rows.length} builds are known, not ${least}`] : wrong
}

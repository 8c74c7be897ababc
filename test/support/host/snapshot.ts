/**
 * Tells exactly what of a host's files differs between two moments: type, mode, owner, size, time, link target and bytes.
 *
 * Only the upper folder of the overlay is walked: what is not there is the machine's own file, which no host can change.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { type BigIntStats, lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HostError, systemCode } from '../../../src/base/errors.ts'
import { program } from '../ground/program.ts'

export interface SnapshotOptions {
  /** Folders of the first level that count. Default: all but /dev /home /proc /root /run /sys /tmp /var. */
  readonly below?: readonly string[]
}

export interface Snapshot {
  /** The folders that were walked; only snapshots of the same ones can be compared. */
  readonly below: string
  /** One line of properties for each path of the upper folder. */
  readonly entries: ReadonlyMap<string, string>
  /** Folders that show nothing of the machine's folder of the same name. */
  readonly opaque: ReadonlySet<string>
}

const LEFT_OUT = new Set(['dev', 'home', 'proc', 'root', 'run', 'sys', 'tmp', 'var'])
const ABSENT = 'absent'

/** Records `upper`. `hashes` remembers the SHA-256 of files that did not change between calls. */
export async function takeSnapshot(upper: string, hashes: Map<string, string>, options: SnapshotOptions = {}): Promise<Snapshot> {
  const below = options.below?.map((path) => path.replace(/^\//, ''))
  const tops = readdirSync(upper).filter((name) => below?.includes(name) ?? !LEFT_OUT.has(name))
  const entries = new Map<string, string>()
  const walk = (path: string): void => {
    const outside = join(upper, path)
    try {
      const stat = lstatSync(outside, { bigint: true })
      entries.set(path, describe(outside, stat, hashes))
      if (stat.isDirectory()) for (const name of readdirSync(outside)) walk(join(path, name))
    } catch (error) {
      // Somebody on the host has removed it since its folder was read.
      if (systemCode(error) !== 'ENOENT') throw error
      entries.delete(path)
    }
  }
  for (const name of tops) walk(`/${name}`)
  return { below: below?.toSorted().join(' ') ?? 'all', entries, opaque: await opaqueFolders(upper, tops) }
}

/** One line for each path that is not the same in both, sorted: `added`, `removed` or `changed`, path and properties. Errors: HostError BAD_STATE. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  if (before.below !== after.below)
    throw new HostError('BAD_STATE', `snapshots of ${before.below} and of ${after.below} cannot be compared`)
  const hashes = new Map<string, string>()
  const paths = new Set([...before.entries.keys(), ...after.entries.keys()])
  for (const folder of [...before.opaque, ...after.opaque]) {
    if (before.opaque.has(folder) !== after.opaque.has(folder)) addMachinePaths(folder, paths)
  }
  const lines: string[] = []
  for (const path of [...paths].toSorted()) {
    const was = propertiesOf(path, before, hashes)
    const is = propertiesOf(path, after, hashes)
    if (was === is) continue
    if (was === ABSENT) lines.push(`added ${path} (${is})`)
    else if (is === ABSENT) lines.push(`removed ${path} (${was})`)
    else lines.push(`changed ${path} (${was}) -> (${is})`)
  }
  return lines
}

function describe(outside: string, stat: BigIntStats, hashes: Map<string, string>): string {
  const owner = `${(stat.mode & 0o7777n).toString(8)} ${stat.uid}:${stat.gid}`
  if (stat.isDirectory()) return `folder ${owner}`
  if (stat.isSymbolicLink()) return `link ${stat.uid}:${stat.gid} ${readlinkSync(outside)}`
  if (stat.isFile()) return `file ${owner} ${stat.size} ${stat.mtimeNs} ${hashOf(outside, stat, hashes)}`
  if (stat.isCharacterDevice() && stat.rdev === 0n) return ABSENT
  return `special ${stat.mode.toString(8)} ${owner} ${stat.rdev}`
}

function hashOf(outside: string, stat: BigIntStats, hashes: Map<string, string>): string {
  const key = [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(':')
  const known = hashes.get(key)
  if (known !== undefined) return known
  const hash = createHash('sha256').update(readFileSync(outside)).digest('hex')
  hashes.set(key, hash)
  return hash
}

/** What `path` was at the time of `snapshot`, with the machine's own file where the upper folder has nothing to say. */
function propertiesOf(path: string, { entries, opaque }: Snapshot, hashes: Map<string, string>): string {
  const own = entries.get(path)
  if (own !== undefined) return own
  for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) {
    const above = entries.get(folder)
    if (opaque.has(folder) || (above !== undefined && !above.startsWith('folder '))) return ABSENT
  }
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? ABSENT : describe(path, stat, hashes)
}

function addMachinePaths(folder: string, paths: Set<string>): void {
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  if (stat?.isDirectory() !== true) return
  for (const name of readdirSync(folder)) {
    paths.add(join(folder, name))
    addMachinePaths(join(folder, name), paths)
  }
}

async function opaqueFolders(upper: string, tops: readonly string[]): Promise<Set<string>> {
  if (tops.length === 0) return new Set()
  const out = await program('listing opaque folders', ['getfattr', '-R', '-h', '-P', '-m', '^trusted\\.overlay\\.opaque$', ...tops], {
    cwd: upper,
  })
  return new Set([...out.matchAll(/^# file: (.*)$/gm)].map((match) => `/${unescaped(match[1] ?? '')}`))
}

/** getfattr writes unusual bytes of a name as `\ooo`. */
function unescaped(name: string): string {
  const bytes = name.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 8)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

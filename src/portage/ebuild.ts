/**
 * Names an ebuild by what it says: the SHA-256 of its own file and of every eclass that it inherits, directly or not, and by the sources it takes.
 *
 * Which eclasses those are only Portage knows after it has sourced the ebuild, and it writes them down: in the repository's `metadata/md5-cache`, or in
 * its own cache below `/var/cache/edb/dep`. An entry is believed only if every digest in it is right.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { sha256Hex } from '../base/canonical.ts'
import { HostError } from '../base/errors.ts'
import { readBounded, readText } from './bounded.ts'
import { packageFolder, type Repository } from './repos.ts'
import { digestDistfiles, digestFiles } from './sources.ts'
import type { Cpv } from './version.ts'

export interface EbuildDigests {
  /** SHA-256 of the ebuild file, hex. */
  readonly ebuild: string
  /** Eclass name to SHA-256, by name. */
  readonly eclasses: Readonly<Record<string, string>>
  /** SHA-256 over the package's `files` folder: patches lie there, and which of them an ebuild takes only it knows. */
  readonly files: string
  /** Distfile name to the SHA-256 of what the Manifest says of it; undefined where the repository has no Manifest. */
  readonly distfiles: Readonly<Record<string, string>> | undefined
  /** What the ebuild says of itself: EAPI, SLOT, PROPERTIES, KEYWORDS and so on, from the same cache entry. */
  readonly metadata: Readonly<Record<string, string>>
}

export interface EbuildQuestion {
  readonly root: string
  readonly repository: Repository
  readonly cpv: Cpv
  /** PORTAGE_DEPCACHEDIR, `/var/cache/edb/dep` unless make.conf says otherwise. */
  readonly depCache?: string
}

export interface EbuildBuild extends EbuildQuestion {
  /** Flags that the package is built with: some distfiles hang on them. */
  readonly use: ReadonlySet<string>
}

const MAX_EBUILD_BYTES = 4 * 1024 * 1024
const MAX_ENTRY_BYTES = 1024 * 1024
const MAX_ECLASSES = 200

/** Errors: HostError UNREADABLE when there is no such ebuild, or Portage has written down nothing that is still true; there is no recipe then. */
export function digestEbuild(question: EbuildBuild): EbuildDigests {
  const { repository, cpv, use } = question
  const folder = packageFolder(repository, cpv.category, cpv.name)
  const path = join(folder, `${cpv.name}-${cpv.version}.ebuild`)
  const ebuild = readBounded(path, MAX_EBUILD_BYTES)
  if (ebuild === undefined) throw new HostError('UNREADABLE', `there is no ebuild at ${path}`)
  for (const entry of cacheEntries(question)) {
    const eclasses = eclassesIfTrue(entry, ebuild, repository)
    if (eclasses === undefined) continue
    const distfiles = digestDistfiles(folder, entry['SRC_URI'] ?? '', use)
    return { ebuild: sha256Hex(ebuild), eclasses, files: digestFiles(join(folder, 'files')), distfiles, metadata: entry }
  }
  throw new HostError('UNREADABLE', `Portage has no fresh metadata of ${path}: neither in the repository nor in its own cache`)
}

/** What the ebuild and these eclasses say, as far as they are there. Errors: HostError UNREADABLE. */
export function ebuildTexts({ repository, cpv }: Pick<EbuildQuestion, 'repository' | 'cpv'>, eclasses: readonly string[]): string[] {
  const ebuild = join(packageFolder(repository, cpv.category, cpv.name), `${cpv.name}-${cpv.version}.ebuild`)
  return [ebuild, ...eclasses.flatMap((name) => findEclass(repository, name) ?? [])].map((path) => readText(path, MAX_EBUILD_BYTES) ?? '')
}

/** Path of `name`.eclass for ebuilds of `repository`: the last folder that has it wins. */
export function findEclass(repository: Repository, name: string): string | undefined {
  const paths = repository.eclassFolders.map((folder) => join(folder, `${name}.eclass`))
  return paths.findLast((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
}

export type Entry = Readonly<Record<string, string>>

/**
 * What was written down about the ebuild: the repository's own entry first, as Portage does. None of it need still be true.
 * Errors: HostError UNREADABLE.
 */
export function cacheEntries({ root, repository, cpv, depCache }: EbuildQuestion): Entry[] {
  const pf = `${basename(cpv.category)}/${cpv.name}-${cpv.version}`
  const paths = [join(repository.folder, 'metadata/md5-cache', pf), join(root, depCache ?? 'var/cache/edb/dep', repository.location, pf)]
  return paths.map((path) => parseEntry(readText(path, MAX_ENTRY_BYTES))).filter((entry) => entry !== undefined)
}

/** `KEY=value` lines; undefined without a file, or for one that was cut off. */
function parseEntry(text: string | undefined): Entry | undefined {
  const lines = (text ?? '').split('\n').filter((line) => line !== '')
  if (lines.length === 0 || lines.some((line) => !line.includes('='))) return undefined
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

function eclassesIfTrue(entry: Entry, ebuild: Buffer, repository: Repository): Record<string, string> | undefined {
  if (entry['_md5_'] !== md5Hex(ebuild)) return undefined
  const inherited = eclassDigests(entry['_eclasses_'] ?? '')
  if (inherited === undefined || inherited.length > MAX_ECLASSES) return undefined
  const digests: [string, string][] = []
  for (const { name, md5 } of inherited) {
    const path = findEclass(repository, name)
    const bytes = path === undefined ? undefined : readBounded(path, MAX_EBUILD_BYTES)
    if (bytes === undefined || md5Hex(bytes) !== md5) return undefined
    digests.push([name, sha256Hex(bytes)])
  }
  return Object.fromEntries(digests.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** `name<TAB>md5` again and again in md5-cache, `name<TAB>folder<TAB>md5` in Portage's own cache. */
function eclassDigests(text: string): { name: string; md5: string }[] | undefined {
  const words = text.trim() === '' ? [] : text.trim().split('\t')
  const step = /^[0-9a-f]{32}$/.test(words[1] ?? '') ? 2 : 3
  if (words.length % step !== 0) return undefined
  const found: { name: string; md5: string }[] = []
  for (let at = 0; at < words.length; at += step) {
    const [name = '', md5 = ''] = [words[at], words[at + step - 1]]
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name) || !/^[0-9a-f]{32}$/.test(md5)) return undefined
    found.push({ name, md5 })
  }
  return found
}

// MD5 only because Portage's caches are keyed by it; nothing is trusted for it, the digests that leave here are SHA-256.
function md5Hex(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}

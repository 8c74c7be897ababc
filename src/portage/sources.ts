/**
 * Names by what they hold the sources of an ebuild that its own file says nothing of: the `files` folder beside it, and its distfiles.
 *
 * A distfile is known by its line in the package's Manifest (GLEP 74), which Portage holds it against before it unpacks it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Dirent, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalId, sha256Hex } from '../base/canonical.ts'
import { HostError, StandinError, systemCode } from '../base/errors.ts'
import { readBounded, readText } from './bounded.ts'
import { parseSpec, type Use, wordsIn } from './spec.ts'

const MAX_FILE_BYTES = 32 * 1024 * 1024
const MAX_TOTAL_BYTES = 128 * 1024 * 1024
const MOST_FILES = 5000
const DEEPEST = 16
const MAX_MANIFEST_BYTES = 16 * 1024 * 1024
const MOST_DISTFILES = 5000

/** SHA-256 over the names and SHA-256 of all files at or below `folder`, by name; a folder that is not there is one without files. */
export function digestFiles(folder: string): string {
  const names = namesBelow(folder, '', 0).toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
  let total = 0
  const files = names.map(({ name, isLink }) => {
    const path = join(folder, name)
    const bytes = isLink ? Buffer.from(readlinkSync(path)) : (readBounded(path, MAX_FILE_BYTES) ?? gone(path))
    total += bytes.byteLength
    if (total > MAX_TOTAL_BYTES) throw new HostError('UNREADABLE', `${folder} holds more than ${MAX_TOTAL_BYTES} bytes`)
    return { name, link: isLink, sha256: sha256Hex(bytes) }
  })
  return canonicalId({ standin: 'files-1', files })
}

/**
 * Name of each distfile to the SHA-256 of its DIST line; undefined where the package has no Manifest. One that the Manifest does not know is not
 * there: Portage takes it only where the repository does without Manifests, and one that lies about from before says nothing then.
 * Errors: HostError UNREADABLE for an SRC_URI that is none.
 */
export function digestDistfiles(packageFolder: string, srcUri: string, use: Use): Readonly<Record<string, string>> | undefined {
  const manifest = readText(join(packageFolder, 'Manifest'), MAX_MANIFEST_BYTES)
  if (manifest === undefined) return undefined
  const lines = distLines(manifest)
  const names = [...new Set(distfilesIn(srcUri, use))].toSorted()
  return Object.fromEntries(
    names.flatMap((name) => {
      const line = lines.get(name)
      return line === undefined ? [] : [[name, sha256Hex(line)]]
    }),
  )
}

/** File names that SRC_URI asks for, each as it will be called in DISTDIR. Errors: HostError UNREADABLE. */
export function distfilesIn(srcUri: string, use: Use): string[] {
  try {
    const names = [...wordsIn(parseSpec(srcUri), use)].map(({ text, rename }) => rename ?? text.slice(text.lastIndexOf('/') + 1))
    if (names.length > MOST_DISTFILES) throw new HostError('UNREADABLE', `SRC_URI names more than ${MOST_DISTFILES} files`)
    return names
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    throw new HostError('UNREADABLE', `SRC_URI is not as PMS has it: ${error.message}`, { cause: error })
  }
}

/** `DIST name size HASH hex HASH hex ...` by name, each with one blank between words and its hashes in the order of their names. */
function distLines(manifest: string): ReadonlyMap<string, string> {
  const lines = new Map<string, string>()
  for (const line of manifest.split('\n')) {
    const [kind, name, size, ...hashes] = line.trim().split(/\s+/)
    if (kind !== 'DIST' || name === undefined || size === undefined || hashes.length < 2) continue
    const pairs = Array.from({ length: Math.floor(hashes.length / 2) }, (_, at) => `${hashes[at * 2]} ${hashes[at * 2 + 1]?.toLowerCase()}`)
    lines.set(name, [name, size, ...pairs.toSorted()].join(' '))
  }
  return lines
}

function namesBelow(folder: string, below: string, depth: number): { name: string; isLink: boolean }[] {
  const found = entriesOf(join(folder, below)).flatMap((entry) => {
    const name = below === '' ? entry.name : `${below}/${entry.name}`
    return entry.isDirectory() ? namesBelow(folder, name, depth + 1) : [{ name, isLink: entry.isSymbolicLink() }]
  })
  if (found.length > MOST_FILES || depth > DEEPEST) throw new HostError('UNREADABLE', `${folder} holds too many files or folders`)
  return found
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT') return []
    throw new HostError('UNREADABLE', `could not list ${folder}: ${code ?? String(error)}`, { cause: error })
  }
}

function gone(path: string): never {
  throw new HostError('UNREADABLE', `${path} went away while it was read`)
}

/**
 * Makes a plan input of a list of paths as a package has them, each with a letter for what it is.
 *
 *   E program    L library, with its soname    O plug-in    S script, with its interpreter    D data    > link, with its target
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { FileFacts } from '../../../src/standin/elf.ts'
import type { Kind, PlanInput } from '../../../src/standin/host.ts'
import { parentsOf } from '../../../src/standin/rules/names.ts'
import { addFile, addFolder, addLink, baseInput, elf, type Loose } from './input.ts'
import { manifestOf, sha256 } from './site.ts'

export interface ListedPackage {
  readonly name: string
  readonly list: string
}

/** Folders that any Gentoo host has, merged or not. */
const FOLDERS = [
  'bin etc lib lib64 opt sbin usr usr/bin usr/lib usr/lib64 usr/libexec usr/sbin usr/share usr/share/applications usr/share/doc usr/share/icons',
  'usr/share/icons/hicolor usr/share/locale usr/share/man usr/share/man/man1 usr/share/metainfo usr/share/mime usr/share/pixmaps usr/share/terminfo',
]
  .flatMap((line) => line.split(' '))
  .map((folder) => [folder, 'dir'] as const)

/** What there is on a host with a split /usr; `more` over it. */
export function gentooHost(more: Readonly<Record<string, Kind>> = {}): (path: string) => Kind {
  const kinds = new Map<string, Kind>([
    ...FOLDERS,
    ['bin/sh', 'link'],
    ['usr/bin/env', 'file'],
    ['usr/bin/perl', 'file'],
    ['usr/bin/python3', 'link'],
    ['lib64/ld-linux-x86-64.so.2', 'file'],
    ...Object.entries(more),
  ])
  return (path) => kinds.get(path) ?? 'absent'
}

export function listedInput({ name, list }: ListedPackage): Loose<PlanInput> {
  const [category = '', pn = ''] = name.split('/')
  const input = baseInput()
  Object.assign(input.family, { category, name: pn, version: '1' })
  Object.assign(input, { facts: new Map(), policy: { maxBytes: 1e9, maxEntries: 1e5, maxTotalBytes: 1e9 } })
  input.manifest = manifestOf({}, { ...input.manifest.metadata, CATEGORY: category, PF: `${pn}-1`, REQUIRES: '' })
  input.wish.cpv = `${name}-1`
  input.host.exists = gentooHost()
  const folders = new Set<string>()
  for (const line of list.trim().split('\n')) {
    const [letter = '', path = '', word] = line.trim().split(/\s+/)
    for (const folder of parentsOf(path)) folders.add(folder)
    if (letter === '>') addLink(input, path, word ?? '')
    else {
      const facts = factsOf(letter, word)
      const content = `${letter} ${path}`
      if (facts !== undefined) input.facts.set(sha256(content), facts)
      addFile(input, path, { mode: 'ESO'.includes(letter) ? 0o755 : 0o644, sha256: sha256(content) })
    }
  }
  for (const folder of folders) addFolder(input, folder, 0o755)
  return input
}

function factsOf(letter: string, word: string | undefined): FileFacts | undefined {
  if (letter === 'S') return { kind: 'script', interpreter: word ?? '/bin/sh', argument: undefined }
  if (letter === 'E') return elf()
  if (letter === 'L' || letter === 'O') return elf({ soname: word, interpreter: undefined })
  return undefined
}

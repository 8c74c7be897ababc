/**
 * The libraries that Debian provides on a host are on record there as installed packages, so that sonames have an owner as on Gentoo.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { paths } from './paths.ts'
import { program } from './program.ts'

interface Provided {
  /** Category and name in an ebuild repository. */
  readonly name: string
  readonly slot: string
  /** The Debian packages whose libraries it stands for; the first one gives the version. */
  readonly debian: readonly [string, ...string[]]
}

const PROVIDED: readonly Provided[] = [
  { name: 'sys-libs/glibc', slot: '2.2', debian: ['libc6'] },
  { name: 'sys-devel/gcc', slot: '12', debian: ['libgcc-s1', 'libstdc++6'] },
  { name: 'sys-libs/ncurses', slot: '0/6', debian: ['libncursesw6', 'libncurses6', 'libtinfo6'] },
]

/** Writes the records unless they are there. The rename is the commit point. */
export async function recordProvided(say: (line: string) => void): Promise<void> {
  if (existsSync(paths.vdb)) return
  say('recording the libraries that Debian provides')
  const work = `${paths.vdb}.new`
  rmSync(work, { recursive: true, force: true })
  for (const [index, provided] of PROVIDED.entries()) await record(work, provided, index + 1)
  renameSync(work, paths.vdb)
}

async function record(work: string, { name, slot, debian }: Provided, counter: number): Promise<void> {
  const version = await upstreamVersion(debian[0])
  const files = await libraries(debian)
  const elf = await scan(files)
  const folder = join(work, `${name}-${version}`)
  mkdirSync(folder, { recursive: true })
  const ebuild = `EAPI=8\nDESCRIPTION="what Debian has of ${name}"\nSLOT="${slot}"\nKEYWORDS="amd64"\n`
  const values: Record<string, string> = {
    BUILD_TIME: '1600000000',
    CATEGORY: dirname(name),
    CHOST: 'x86_64-pc-linux-gnu',
    CONTENTS: files.map(contentsLine).join(''),
    COUNTER: String(counter),
    DEFINED_PHASES: '-',
    DESCRIPTION: `what Debian has of ${name}`,
    EAPI: '8',
    KEYWORDS: 'amd64',
    'NEEDED.ELF.2': elf.map((line) => `${line.text}\n`).join(''),
    PF: basename(folder),
    PROVIDES: `x86_64: ${[...new Set(elf.map((line) => line.soname))].toSorted().join(' ')}`,
    SIZE: '0',
    SLOT: slot,
    repository: 'gentoo',
  }
  for (const [key, value] of Object.entries(values)) writeFileSync(join(folder, key), value.endsWith('\n') ? value : `${value}\n`)
  writeFileSync(join(folder, `${basename(folder)}.ebuild`), ebuild)
}

async function upstreamVersion(debian: string): Promise<string> {
  const full = await program('asking for a version', ['dpkg-query', '-W', '-f', '${Version}', debian])
  return /^(?:\d+:)?(\d+(?:\.\d+)*)/.exec(full)?.[1] ?? '0'
}

/** Every `*.so.*` of the Debian packages, under its real folder. */
async function libraries(debian: readonly string[]): Promise<string[]> {
  const listed = await program('listing libraries', ['dpkg', '-L', ...debian])
  const found = listed.split('\n').filter((path) => /\/lib[^/]*\/.*\.so\.[0-9.]+$/.test(path) && existsSync(path))
  return [...new Set(found.map((path) => join(realpathSync(dirname(path)), basename(path))))].toSorted()
}

/** The lines of NEEDED.ELF.2, as Portage writes them, for all that is an ELF object with a soname. */
async function scan(files: readonly string[]): Promise<{ text: string; soname: string }[]> {
  const objects = files.filter((path) => lstatSync(path).isFile())
  const out = await program('reading sonames', ['scanelf', '-qyF', '%a;%p;%S;%r;%n', ...objects])
  return out.split('\n').flatMap((line) => {
    const [arch = '', path = '', soname = '', rpath = '', needed = ''] = line.split(';')
    if (soname.trim() === '') return []
    const runpath = rpath.trim() === '-' ? '' : rpath.trim()
    return [{ soname: soname.trim(), text: [arch.replace(/^EM_/, ''), path, soname.trim(), runpath, needed.trim(), 'x86_64'].join(';') }]
  })
}

function contentsLine(path: string): string {
  const stat = lstatSync(path)
  const seconds = Math.floor(stat.mtimeMs / 1000)
  if (stat.isSymbolicLink()) return `sym ${path} -> ${readlinkSync(path)} ${seconds}\n`
  return `obj ${path} ${createHash('md5').update(readFileSync(path)).digest('hex')} ${seconds}\n`
}

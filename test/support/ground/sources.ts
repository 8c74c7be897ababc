/**
 * The upstream tarballs of the programs that tests build lie in the ground, fetched with the distribution's own source-package client.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { checkJson } from '../../../src/base/schema.ts'
import { HostError } from '../../../src/base/errors.ts'
import { paths } from './paths.ts'
import { program } from './program.ts'

/** Debian's name of a source package, and the name that its upstream has in an ebuild repository. */
const SOURCES: Readonly<Record<string, string>> = { hello: 'hello', nano: 'nano', 'lua5.4': 'lua', readline: 'readline' }

export type Versions = Readonly<Record<string, string>>

/** Fetches all tarballs unless they are there. `versions.json`, written last, is the commit point. */
export async function fetchSources(say: (line: string) => void): Promise<Versions> {
  if (!haveAll()) {
    say(`fetching upstream sources: ${Object.values(SOURCES).join(' ')}`)
    const work = join(paths.made, 'sources-work')
    rmSync(work, { recursive: true, force: true })
    mkdirSync(join(work, 'lists/partial'), { recursive: true })
    mkdirSync(paths.distfiles, { recursive: true })
    await download(work)
    writeFileSync(paths.versions, JSON.stringify(keep(work), null, 2))
    rmSync(work, { recursive: true, force: true })
  }
  return readVersions()
}

function haveAll(): boolean {
  if (!existsSync(paths.versions)) return false
  const versions = readVersions()
  return Object.values(SOURCES).every((name) => versions[name] !== undefined)
}

export function readVersions(): Versions {
  return checkJson(v.record(v.string(), v.string()), readFileSync(paths.versions), paths.versions, 10_000)
}

async function download(work: string): Promise<void> {
  const list = writeSourceList(work)
  const own = ['-o', `Dir::Etc::sourcelist=${list}`, '-o', 'Dir::Etc::sourceparts=-', '-o', `Dir::State::lists=${join(work, 'lists')}`]
  try {
    await program('updating the source lists', ['apt-get', ...own, '-qq', 'update'])
    await program('fetching', ['apt-get', ...own, '-qq', 'source', '--download-only', ...Object.keys(SOURCES)], { cwd: work })
  } catch (error) {
    const names = Object.keys(SOURCES).join(' ')
    throw new HostError('MISSING_PROGRAM', `upstream sources could not be fetched: does apt-get source --download-only ${names} work?`, {
      cause: error,
    })
  }
}

/** The machine's own package sources, asked for source packages; in either of apt's two formats. */
function writeSourceList(work: string): string {
  const modern = '/etc/apt/sources.list.d/debian.sources'
  const old = '/etc/apt/sources.list'
  if (existsSync(modern)) {
    const list = join(work, 'source.sources')
    writeFileSync(list, readFileSync(modern, 'utf8').replaceAll(/^Types:.*$/gm, 'Types: deb-src'))
    return list
  }
  if (!existsSync(old)) throw new HostError('UNSUPPORTED', `neither ${modern} nor ${old}: upstream sources come on a Debian machine only`)
  const list = join(work, 'source.list')
  writeFileSync(list, readFileSync(old, 'utf8').replaceAll(/^deb /gm, 'deb-src '))
  return list
}

/** Copies `NAME_VERSION.orig.tar.X` to `distfiles/NAME-VERSION.tar.X`, and says which versions there are. */
function keep(work: string): Versions {
  const versions: Record<string, string> = {}
  for (const [debian, name] of Object.entries(SOURCES)) {
    const start = `${debian}_`
    const file = readdirSync(work).find((entry) => entry.startsWith(start) && /\.orig\.tar\.[a-z0-9]+$/.test(entry))
    const version = file?.slice(start.length).replace(/\.orig\.tar\..*$/, '')
    if (file === undefined || version === undefined) throw new HostError('UNSUPPORTED', `apt-get source ${debian} gave no upstream tarball`)
    copyFileSync(join(work, file), join(paths.distfiles, `${name}-${version}${file.slice(file.indexOf('.tar.'))}`))
    versions[name] = version
  }
  return versions
}

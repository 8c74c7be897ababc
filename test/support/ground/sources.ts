/**
 * The upstream tarballs of the programs that tests build lie in the ground, fetched with the distribution's own source-package client.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fg from 'fast-glob'
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
  if (!existsSync(paths.versions)) {
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

export function readVersions(): Versions {
  return checkJson(v.record(v.string(), v.string()), readFileSync(paths.versions), paths.versions, 10_000)
}

async function download(work: string): Promise<void> {
  const list = join(work, 'source.sources')
  writeFileSync(list, sourceList())
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

/** The machine's own package sources, asked for source packages. */
function sourceList(): string {
  const deb822 = fg.globSync('/etc/apt/sources.list.d/debian.sources').map((path) => readFileSync(path, 'utf8'))
  if (deb822.length > 0) return deb822.join('\n\n').replaceAll(/^Types:.*$/gm, 'Types: deb-src')
  throw new HostError('MISSING_PROGRAM', 'no /etc/apt/sources.list.d/debian.sources: upstream sources come from a Debian machine only')
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

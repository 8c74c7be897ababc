/**
 * What a host emerges, Debian has not installed there already: its packages of the same programs are hidden on hosts, file by file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, lstatSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { paths } from './paths.ts'
import { program } from './program.ts'

/** Not libreadline8: Debian's own programs on a host are linked against it, and a program of the host looks at /usr/lib64 first. */
const DEBIAN = ['hello', 'nano', 'nano-tiny', 'lua5.1', 'lua5.3', 'lua5.4', 'liblua5.4-dev', 'libreadline-dev']
const ALTERNATIVES = ['/usr/bin/lua', '/usr/bin/luac']

/** Makes an upper folder that holds an overlay's mark of absence for each file, unless it is there. The rename is the commit point. */
export async function markAbsent(): Promise<void> {
  if (existsSync(paths.absent)) return
  const work = `${paths.absent}.new`
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work)
  for (const path of await filesToHide()) {
    const mark = join(work, path)
    mkdirSync(dirname(mark), { recursive: true })
    await program('marking a file as absent', ['mknod', mark, 'c', '0', '0'])
  }
  renameSync(work, paths.absent)
}

async function filesToHide(): Promise<Set<string>> {
  const known = await program('asking which Debian packages are there', ['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\n'])
  const installed = DEBIAN.filter((name) => known.split('\n').includes(`${name} installed`))
  const listed = installed.length === 0 ? '' : await program('listing files', ['dpkg', '-L', ...installed])
  const files = [...listed.split('\n'), ...ALTERNATIVES].filter(
    (path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === false,
  )
  return new Set(files.map((path) => join(realpathSync(dirname(path)), basename(path))))
}

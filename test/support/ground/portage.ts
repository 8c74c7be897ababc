/**
 * Real Portage lies in the ground as a system install, as on Gentoo (EPREFIX empty), made from the source release of one pinned version.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { HostError } from '../../../src/base/errors.ts'
import { paths } from './paths.ts'
import { program } from './program.ts'

const VERSION = '3.0.83'

/** Where the distribution's own Python, which the user `portage` of a host may execute, looks for modules. */
const MODULES = '/usr/lib/python3/dist-packages'

/** Builds Portage unless it is there. The rename is the commit point. */
export async function installPortage(say: (line: string) => void): Promise<void> {
  if (existsSync(paths.portageRoot)) return
  say(`building Portage ${VERSION}`)
  const work = join(paths.made, 'portage-work')
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  const tools = await makeTools(work)
  const source = await download(work, tools)
  await install(work, tools, source)
  addNames(join(work, 'root'))
  renameSync(join(work, 'root'), paths.portageRoot)
  rmSync(work, { recursive: true, force: true })
}

/** A virtual environment with meson and ninja; its `bin`. */
async function makeTools(work: string): Promise<string> {
  const folder = join(work, 'tools')
  await program('making a Python environment', ['/usr/bin/python3', '-m', 'venv', folder])
  try {
    await program('installing meson', [join(folder, 'bin/pip'), 'install', '-q', 'meson', 'ninja'])
  } catch (error) {
    throw new HostError('MISSING_PROGRAM', `meson and ninja could not be installed: is the Python package index reachable by pip?`, {
      cause: error,
    })
  }
  return join(folder, 'bin')
}

/** The unpacked source release. */
async function download(work: string, tools: string): Promise<string> {
  const wanted = `portage==${VERSION}`
  try {
    const pip = [join(tools, 'pip'), 'download', '-q', '--no-deps', '--no-binary', 'portage', wanted, '-d', work] as const
    await program('downloading Portage', pip)
  } catch (error) {
    throw new HostError('MISSING_PROGRAM', `the source of Portage ${VERSION} could not be downloaded: try pip download ${wanted}`, {
      cause: error,
    })
  }
  await program('unpacking Portage', ['tar', '-xf', join(work, `portage-${VERSION}.tar.gz`), '-C', work])
  return join(work, `portage-${VERSION}`)
}

async function install(work: string, tools: string, source: string): Promise<void> {
  const build = join(work, 'build')
  const env = { PATH: `${tools}:/usr/sbin:/usr/bin:/sbin:/bin`, DESTDIR: join(work, 'root') }
  const places = ['--prefix=/usr', '--sysconfdir=/etc', '--localstatedir=/var', `-Dpython.purelibdir=${MODULES}`]
  const left = ['-Dnative-extensions=false', '-Drsync-verify=false']
  await program('configuring Portage', [join(tools, 'meson'), 'setup', build, source, ...places, ...left], { env })
  await program('installing Portage', [join(tools, 'meson'), 'install', '-C', build], { env })
}

/** Portage's scripts start with `env python`, and its `unpack` calls `gtar`. */
function addNames(root: string): void {
  symlinkSync('python3', join(root, 'usr/bin/python'))
  symlinkSync('/bin/tar', join(root, 'usr/bin/gtar'))
}

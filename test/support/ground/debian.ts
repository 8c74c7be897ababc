/**
 * The Debian packages that building and the hosts need are installed, or one line says which are not to be had.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError } from '../../../src/base/errors.ts'
import { program } from './program.ts'

const HOSTS = ['attr', 'iproute2', 'iputils-ping', 'mount', 'procps', 'systemd', 'tcpdump', 'util-linux']
const PORTAGE_TOOLS = [
  'bash',
  'bzip2',
  'coreutils',
  'file',
  'findutils',
  'gawk',
  'grep',
  'gzip',
  'pax-utils',
  'passwd',
  'patch',
  'sed',
  'tar',
  'xz-utils',
  'zstd',
]
const PORTAGE_ITSELF = ['ca-certificates', 'python3', 'python3-venv', 'wget']
/** For hello, nano, readline and lua. */
const COMPILING = ['binutils', 'g++', 'gcc', 'gettext', 'libc6-dev', 'libncurses-dev', 'make', 'pkg-config']

const QUIET = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' }

/** Installs what is missing. Errors: HostError that names the packages and the command to try by hand. */
export async function installDebianPackages(say: (line: string) => void): Promise<void> {
  const missing = await missingPackages()
  if (missing.length === 0) return
  say(`installing Debian packages: ${missing.join(' ')}`)
  try {
    await program('updating the package lists', ['apt-get', 'update', '-qq'], { env: QUIET })
    await program('installing', ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing], { env: QUIET })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new HostError('MISSING_PROGRAM', `Debian packages are missing: apt-get install ${missing.join(' ')} (${reason})`, {
      cause: error,
    })
  }
}

async function missingPackages(): Promise<string[]> {
  const listed = await listPackages()
  const installed = new Set(
    listed
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return [...HOSTS, ...PORTAGE_TOOLS, ...PORTAGE_ITSELF, ...COMPILING].filter((name) => !installed.has(name))
}

async function listPackages(): Promise<string> {
  try {
    return await program('asking which Debian packages are there', ['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\n'])
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== 'MISSING_PROGRAM') throw error
    throw new HostError(
      'MISSING_PROGRAM',
      'dpkg-query is not on PATH: hosts are made from Debian or its like; `npm test -- --pure` runs without',
      { cause: error },
    )
  }
}

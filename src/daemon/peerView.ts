/**
 * The peer sees programs and libraries, its own part of the cache, the archives that it gives, and how names are looked up; of all else not even names.
 *
 * Each peer gets a mount namespace of its own, whose root is a small read-only tmpfs with that in it: neither /home nor /etc/portage, no /proc and no
 * /run. Where the kernel refuses one step of it there is no peer, and the log says why.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, lstatSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { writeDurable } from '../base/durable.ts'
import { hostError, StandinError, systemCode } from '../base/errors.ts'
import type { Folders } from './realm.ts'

/** What is seen: as the host has it, read-only; written to; a device; or a link with this text. */
type Mount = readonly [kind: 'ro' | 'rw' | 'dev' | 'link', from: string, to: string]

/** Programs and libraries of a system, or of a prefix. */
const SYSTEM = ['usr', 'bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']

/** By these names and libraries are found. None of them says more of the host than a program that talks to a network must know. */
const SETTINGS = ['gai.conf', 'host.conf', 'hosts', 'ld.so.cache', 'ld.so.preload', 'nsswitch.conf', 'resolv.conf', 'ssl/openssl.cnf']
const CERTIFICATES = '/etc/ssl/certs'

const DEVICES = ['/dev/null', '/dev/random', '/dev/urandom']

/**
 * Arguments: root of the view, then three words for each mount, then `--` and what is to run there. /proc is there until the old root is gone, for
 * umount wants it.
 */
const SCRIPT = `
set -eu
trap '[ $? = 0 ] || echo "no peer runs, for the kernel does not give it a view of its own" >&2' EXIT
root=$1; shift
mount -t tmpfs -o mode=755,size=64k,nosuid,nodev,noexec standin "$root"
mkdir "$root/proc"
mount --bind /proc "$root/proc"
while [ "$1" != -- ]; do
  to=$root$3
  if [ "$1" = link ]; then mkdir -p "\${to%/*}"; ln -s "$2" "$to"; shift 3; continue; fi
  if [ -e "$to" ]; then :; elif [ -d "$2" ]; then mkdir -p "$to"; else mkdir -p "\${to%/*}"; : > "$to"; fi
  mount --bind "$2" "$to"
  case $1 in
    ro) mount -o remount,bind,ro,nosuid,nodev "$to" ;;
    rw) mount -o remount,bind,nosuid,nodev,noexec "$to" ;;
    dev) mount -o remount,bind,nosuid,noexec "$to" ;;
  esac
  shift 3
done
shift
mount -o remount,ro "$root"
cd "$root"
pivot_root . .
umount -l .
umount -l /proc
cd /
exec "$@"`

export interface ViewInput {
  /** `/`, or the prefix. */
  readonly root: string
  readonly folders: Folders
  /** Files that the peer is made of, wherever they lie. */
  readonly programs: readonly string[]
}

/** The prefix of a command that is to see nothing else. */
export function viewed(input: ViewInput): [string, ...string[]] {
  const words = mountsOf(input).flat()
  return ['unshare', '--mount', '--propagation', 'private', '--', 'sh', '-c', SCRIPT, 'view', input.folders.viewRoot, ...words, '--']
}

/** What lies below another comes after it. */
export function mountsOf({ root, folders, programs }: ViewInput): Mount[] {
  const system = [...new Set(['/', root])].flatMap((base) => SYSTEM.flatMap((name) => asItIs(join(base, name))))
  const readable = system.filter(([kind]) => kind === 'ro').map(([, path]) => `${path}/`)
  const elsewhere = programs.filter((path) => !readable.some((folder) => path.startsWith(folder))).map(dirname)
  return [
    ...system,
    ...[...new Set(elsewhere)].map((path): Mount => ['ro', path, path]),
    ['ro', folders.viewEtc, '/etc'],
    ...(existsSync(CERTIFICATES) ? [['ro', CERTIFICATES, CERTIFICATES] as const] : []),
    ...DEVICES.map((path): Mount => ['dev', path, path]),
    ['ro', folders.archives, folders.archives],
    ['rw', folders.peer, folders.peer],
  ]
}

/** With merged /usr most are links. */
function asItIs(path: string): Mount[] {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat?.isSymbolicLink() === true) return [['link', readlinkSync(path), path]]
  return stat?.isDirectory() === true ? [['ro', path, path]] : []
}

const MAX_SETTING_BYTES = 16 * 1024 * 1024

/**
 * Copies what has changed of the host's settings into the /etc of the view. A mounted file would stay the old one when another takes its name, as
 * /etc/resolv.conf does with each new network.
 */
export function refreshView(viewEtc: string, log: (line: string) => void, etc = '/etc'): void {
  for (const name of SETTINGS) {
    try {
      copyChanged(join(etc, name), join(viewEtc, name))
    } catch (error) {
      if (!(error instanceof StandinError)) throw error
      log(`the peer does not see what ${name} says now: ${error.message}`)
    }
  }
}

function copyChanged(from: string, to: string): void {
  const [now, was] = [contentOf(from), contentOf(to)]
  if (now === undefined) return rmSync(to, { force: true })
  if (was === undefined || !now.equals(was)) writeDurable(to, now, 0o644)
}

function contentOf(path: string): Buffer | undefined {
  try {
    const stat = statSync(path)
    return stat.isFile() && stat.size <= MAX_SETTING_BYTES ? readFileSync(path) : undefined
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw hostError(`could not read ${path}`, error)
  }
}

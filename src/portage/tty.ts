/**
 * Finds the terminals that somebody who started a process looks at, and tells later whether each is still the same one.
 *
 * Sources: proc_pid_stat(5); numbers of terminals: Linux, admin-guide/devices.txt.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../base/errors.ts'
import { isAlive, majorOf, minorOf, type Owner, ownerOf, statFields, statOrNothing } from './lock.ts'

export interface Tty {
  /** Outlives the process that it was found through. */
  readonly path: string
  /** Its device number, as a decimal. */
  readonly device: string
  /** Its ctime in nanoseconds: Linux gives the number of a pseudo-terminal that is closed to the next one, which is stamped anew. */
  readonly since: string
  /** Whose session it is. As long as that goes on it is the same terminal, whatever somebody sets its mode to (mesg(1)). */
  readonly leader: Owner | null
}

/** Terminals in terminals (script(1), sudo's use_pty, a multiplexer) that are found at most, and processes that are looked at for them. */
const MOST_TTYS = 4
const MOST_ANCESTORS = 16

/**
 * The terminal that `pid` writes to, or where that is a file or a pipe, the one that it was started from; then those that its ancestors were started from,
 * which are there when the first is gone. None where there is none, or none of this /dev.
 */
export function ttysOf(procRoot: string, pid: number): readonly Tty[] {
  const paths = [pathOf(procRoot, pid)]
  for (let [at, step] = [pid, 0]; at > 1 && step < MOST_ANCESTORS; step++) {
    paths.push(controllingTerminalOf(procRoot, at))
    at = Number(statFields(procRoot, at)?.[1] ?? 0)
  }
  const found = [...new Set(paths.filter((path) => path !== undefined))].flatMap((path) => ttyAt(procRoot, pid, path) ?? [])
  return found.slice(0, MOST_TTYS)
}

/** Whether it is there, and nobody else's by now. */
export function isSameTty(procRoot: string, { path, device, since, leader }: Tty): boolean {
  const stat = statOrNothing(path)
  if (stat?.isCharacterDevice() !== true || String(stat.rdev) !== device) return false
  return String(stat.ctimeNs) === since || (leader !== null && isAlive(procRoot, leader) && hasTerminal(procRoot, leader.pid, stat.rdev))
}

function ttyAt(procRoot: string, pid: number, path: string): Tty | undefined {
  const stat = statOrNothing(path)
  if (stat?.isCharacterDevice() !== true) return undefined
  const ancestors = sessionsOf(procRoot, pid)
  const leader = ancestors.find((session) => hasTerminal(procRoot, session, stat.rdev))
  return {
    path,
    device: String(stat.rdev),
    since: String(stat.ctimeNs),
    leader: leader === undefined ? null : (ownerOf(procRoot, leader) ?? null),
  }
}

/** Ids of the sessions of `pid` and its ancestors, which are the pids of their leaders. */
function sessionsOf(procRoot: string, pid: number): number[] {
  const found = new Set<number>()
  for (let [at, step] = [pid, 0]; at > 1 && step < MOST_ANCESTORS; step++) {
    const fields = statFields(procRoot, at)
    found.add(Number(fields?.[3] ?? 0))
    at = Number(fields?.[1] ?? 0)
  }
  return [...found].filter((session) => session > 0)
}

function hasTerminal(procRoot: string, pid: number, device: bigint): boolean {
  return BigInt(statFields(procRoot, pid)?.[4] ?? 0) === device
}

/** By a path that outlives the process. */
function pathOf(procRoot: string, pid: number): string | undefined {
  const through = terminalOf(procRoot, pid)
  if (through === undefined) return undefined
  try {
    const path = readlinkSync(through)
    const [here, there] = [statOrNothing(path), statOrNothing(through)]
    return here !== undefined && here.rdev === there?.rdev && here.dev === there.dev ? path : undefined
  } catch (error) {
    // It may end between two looks at it.
    if (systemCode(error) === undefined) throw error
    return undefined
  }
}

// Device numbers of terminals (Linux, admin-guide/devices.txt): consoles 4, /dev/tty and /dev/console 5, pseudo terminals 136 to 143, serial 204.
const isTerminalMajor = (major: number): boolean => major === 4 || major === 5 || (major >= 136 && major <= 143) || major === 204

/**
 * A path that opens the terminal which `pid` writes to, or undefined when its standard output is none (a pipe, a log file).
 * The path leads through /proc, so that it holds in a chroot or a mount namespace of that process too.
 */
export function terminalOf(procRoot: string, pid: number): string | undefined {
  const path = join(procRoot, String(pid), 'fd/1')
  const stat = statOrNothing(path)
  // /dev/tty is another one for each process that opens it.
  if (stat === undefined || !stat.isCharacterDevice() || (majorOf(stat.rdev) === 5 && minorOf(stat.rdev) === 0)) return undefined
  return isTerminalMajor(majorOf(stat.rdev)) ? path : undefined
}

/**
 * The path of the terminal that `pid` was started from, or undefined when it has none (cron, a service, another devpts than ours).
 * Field 7 of /proc/PID/stat, proc(5); numbers of terminals: Documentation/admin-guide/devices.txt of Linux.
 */
export function controllingTerminalOf(procRoot: string, pid: number): string | undefined {
  const number = BigInt(statFields(procRoot, pid)?.[4] ?? 0)
  const [major, minor] = [majorOf(number), minorOf(number)]
  const name = major >= 136 && major <= 143 ? `pts/${(major - 136) * 256 + minor}` : major === 4 ? consoleName(minor) : undefined
  if (name === undefined) return undefined
  const path = `/dev/${name}`
  const [ours, theirs] = [statOrNothing(path), statOrNothing(join(procRoot, String(pid), 'root', path))]
  const isSame = ours !== undefined && ours.rdev === number && ours.dev === theirs?.dev && ours.rdev === theirs.rdev
  return isSame ? path : undefined
}

const consoleName = (minor: number): string => (minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`)

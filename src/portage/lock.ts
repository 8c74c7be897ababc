/**
 * Finds the emerge that owns a build without asking it: the process that holds Portage's lock on the build folder.
 *
 * Sources: proc_locks(5), proc_pid_stat(5), proc_pid_fdinfo(5); Portage's `locks.py` and `AsynchronousLock.py`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type BigIntStats, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../base/errors.ts'
import { readText } from './bounded.ts'

/** One process for ever: a pid comes again, a pid with its start time comes again only after a reboot, and that changes `bootId`. */
export interface Owner {
  readonly pid: number
  /** Clock ticks after boot, as `/proc/PID/stat` has it. */
  readonly startTime: string
  readonly bootId: string
}

export interface LockQuestion {
  /** PORTAGE_TMPDIR. */
  readonly tmpdir: string
  readonly category: string
  /** Name, version and revision, as Portage's PF. */
  readonly pf: string
  /** Where proc is mounted: `/proc`. */
  readonly procRoot: string
}

const MAX_PROC_BYTES = 4 * 1024 * 1024
const MAX_HOLDERS = 4096

/**
 * The owner of the build of CATEGORY/PF, or undefined when nobody holds its lock. `likely` is asked first, where somebody waits for the answer: Linux
 * halts every change of a lock on the machine while the table of them is read, and that takes it 10 to 20 ms.
 */
export function findOwner(question: LockQuestion, likely: Owner | null = null): Owner | undefined {
  const lock = statOrNothing(join(question.tmpdir, 'portage', question.category, `.${question.pf}.portage_lockfile`))
  if (lock === undefined) return undefined
  if (likely !== null && isAlive(question.procRoot, likely) && holdsThrough(question.procRoot, likely.pid, lock)) return likely
  const holders = lockHolders(question.procRoot)
  const holder = holders.find((of) => namesFile(of, lock)) ?? holders.find((of) => holdsThrough(question.procRoot, of.pid, lock))
  return holder === undefined ? undefined : ownerOf(question.procRoot, behindHelper(question.procRoot, holder.pid))
}

/** What is needed to recognise process `pid` again; undefined when there is no such process, or only its corpse. */
export function ownerOf(procRoot: string, pid: number): Owner | undefined {
  const fields = statFields(procRoot, pid)
  const startTime = fields?.[19]
  if (fields === undefined || startTime === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined
  return { pid, startTime, bootId: readText(join(procRoot, 'sys/kernel/random/boot_id'), 100)?.trim() ?? '' }
}

export function isAlive(procRoot: string, owner: Owner): boolean {
  const now = ownerOf(procRoot, owner.pid)
  return now !== undefined && now.startTime === owner.startTime && now.bootId === owner.bootId
}

/** Whether both are there and are one process. */
export function isSameOwner(one: Owner | null | undefined, other: Owner | null | undefined): boolean {
  return one?.pid !== undefined && one.pid === other?.pid && one.startTime === other.startTime
}

interface Holder {
  readonly pid: number
  readonly major: number
  readonly minor: number
  readonly inode: bigint
}

/** Holders of write locks; those that still wait have `->` in their line. */
function lockHolders(procRoot: string): Holder[] {
  const line = /^\d+: (?:POSIX|FLOCK) +\S+ +WRITE (\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) /gm
  return [...(readText(join(procRoot, 'locks'), MAX_PROC_BYTES) ?? '').matchAll(line)]
    .map(([, pid, major, minor, inode]) => ({
      pid: Number(pid),
      major: Number.parseInt(major ?? '', 16),
      minor: Number.parseInt(minor ?? '', 16),
      inode: BigInt(inode ?? 0),
    }))
    .filter((holder) => holder.pid > 0)
    .slice(0, MAX_HOLDERS)
}

function namesFile(holder: Holder, file: BigIntStats): boolean {
  return holder.inode === file.ino && holder.major === majorOf(file.dev) && holder.minor === minorOf(file.dev)
}

// On overlayfs and btrfs stat gives another device than the lock table, so the holder's own open files are asked; its `lock:` line in fdinfo
// tells a holder from a process that has the file open and waits.
function holdsThrough(procRoot: string, pid: number, file: BigIntStats): boolean {
  const folder = join(procRoot, String(pid))
  return namesIn(join(folder, 'fd')).some((fd) => {
    const open = statOrNothing(join(folder, 'fd', fd))
    if (open === undefined || open.ino !== file.ino || open.dev !== file.dev) return false
    return /^lock:\t\d+: (POSIX|FLOCK) /m.test(readText(join(folder, 'fdinfo', fd), MAX_PROC_BYTES) ?? '')
  })
}

// An emerge that had to wait for the lock holds it through a child, lock-helper.py.
function behindHelper(procRoot: string, pid: number): number {
  const command = readText(join(procRoot, String(pid), 'cmdline'), MAX_PROC_BYTES) ?? ''
  if (!command.split('\0').some((word) => word.endsWith('/lock-helper.py'))) return pid
  const parent = Number(statFields(procRoot, pid)?.[1])
  return Number.isSafeInteger(parent) && parent > 1 ? parent : pid
}

/** The fields of /proc/PID/stat from `state` on. The name before them may hold blanks and brackets, so the last bracket counts. */
export function statFields(procRoot: string, pid: number): string[] | undefined {
  const text = ifThere(() => readText(join(procRoot, String(pid), 'stat'), MAX_PROC_BYTES))
  return text
    ?.slice(text.lastIndexOf(')') + 2)
    .trim()
    .split(' ')
}

export const majorOf = (dev: bigint): number => Number(((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n))
export const minorOf = (dev: bigint): number => Number((dev & 0xffn) | ((dev >> 12n) & 0xfff00n))

export function statOrNothing(path: string): BigIntStats | undefined {
  return ifThere(() => statSync(path, { bigint: true }))
}

function namesIn(folder: string): string[] {
  return ifThere(() => readdirSync(folder)) ?? []
}

/** A process may end between any two looks at it, and an ordinary user may not look at all: neither is an error here. */
function ifThere<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    const code = systemCode(error) ?? systemCode(error instanceof Error ? error.cause : undefined)
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined
    throw error
  }
}

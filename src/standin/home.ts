/**
 * Tells whether what a stand-in has placed is in sight: on a filesystem that is not mounted, or below something that is mounted over it, it is not gone.
 *
 * The number of a device says little: mounted again, within one boot too, a filesystem of the network, of btrfs, on a loop device or a stick often has
 * another one, and another filesystem the one that became free. So what is found there decides. Between its home and a name nothing was mounted when
 * it was placed, as no name can be linked or renamed over a mount point; what lies there now hides it, whatever its number.
 *
 * Where the list of mounts can't be read, what is seen as it was placed goes all the same. What is not may be gone or hidden: it stays in the journal.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { randomBytes } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HostError, systemCode } from '../base/errors.ts'
import type { JournalPath } from './journal.ts'
import { type Found, isSameInode, judge } from './judge.ts'
import { look } from './look.ts'
import { type Mounts, readMounts, showsSame } from './mounts.ts'

/** A temporary folder, in the uppermost folder below the root of the mount that its names will be on. */
export interface Temporary {
  /** Absolute; the folder in which it lies is its home. */
  readonly path: string
  /** Device number of its home, which holds until it is mounted again; '' in a row of an earlier standin. */
  readonly dev: string
  /** Whether a filesystem, or another part of one, began at its home, so that the names are there only while that is mounted. */
  readonly isMount: boolean
  /** Of its home, and when that came to be; 0 where the filesystem does not know, '' in a row of an earlier standin. */
  readonly inode: string
  readonly birthNs: string
}

/** A new name in `home`, a folder that exists, and what tells its filesystem again. */
export function temporaryIn(home: string, mounts: Mounts): Temporary {
  const { dev, inode, birthNs } = lookInto(home) ?? { dev: '', inode: '', birthNs: '' }
  const isMount = dev !== look(dirname(home))?.dev || partAt(realFolder(home), mounts) !== undefined
  return { path: join(home, `.standin-${randomBytes(8).toString('hex')}`), dev, isMount, inode, birthNs }
}

export interface Question {
  readonly temporaries: readonly Temporary[]
  /** All that was placed: only asked for where a filesystem was mounted again, or over. */
  readonly paths: () => readonly JournalPath[]
  /** The root with a slash. */
  readonly base: string
  readonly sameBoot: boolean
  /** Else those of this process. Errors: HostError where they can't be told. */
  readonly mounts?: (() => Mounts) | undefined
}

export interface Divided {
  readonly all: readonly JournalPath[]
  /** With the device number that their filesystem has now, '' where that can't be told. */
  readonly there: readonly JournalPath[]
  /** They are not gone, and are to stay in the journal. */
  readonly hidden: readonly string[]
  /** For the user: why. */
  readonly lines: readonly string[]
}

export interface Sight {
  /** Homes whose filesystem is not there. */
  readonly away: readonly string[]
  divide(paths: readonly JournalPath[]): Divided
}

const NOT_MOUNTED = 'its filesystem is not mounted; standin purge --all takes it away once it is'
const ANOTHER = 'another filesystem seems to be mounted there; standin purge --all takes it away once its own is'
const OVER = 'something is mounted over it; standin purge --all takes it away once that is unmounted'

/** What of a stand-in can be seen now. Errors: a system error. */
export function inSight(question: Question): Sight {
  const { temporaries, base, sameBoot } = question
  // The innermost is the one on whose filesystem a name was.
  const homes = temporaries
    .map((one) => ({ one, home: dirname(one.path), now: lookInto(dirname(one.path)) }))
    .toSorted((a, b) => b.home.length - a.home.length)
  // After these: an automounter has mounted by then.
  const mounts = mountsOr(question.mounts ?? readMounts)
  const homeOf = ({ path }: JournalPath): (typeof homes)[number] | undefined => homes.find(({ home }) => isBelow(base + path, [home]))
  const away = homes.flatMap(({ one, home, now }) => {
    const part = mounts instanceof HostError ? undefined : partAt(realFolder(home), mounts)
    const covered = mounts instanceof HostError ? [] : mounts.coveredAt(realFolder(home))
    const why = whyAway({ question, one, now, part, covered, names: () => question.paths().filter((of) => homeOf(of)?.home === home) })
    return why === undefined ? [] : [{ home, why }]
  })
  const gone = away.map(({ home }) => home)
  const isAgain = ({ one, now }: (typeof homes)[number]): boolean => sameBoot && one.dev !== '' && now !== undefined && now.dev !== one.dev
  const moved = (placed: JournalPath): JournalPath => {
    const found = homeOf(placed)
    if (found === undefined || !isAgain(found)) return placed
    return { ...placed, dev: placed.dev === found.one.dev ? (found.now?.dev ?? '') : '' }
  }
  const coverOf = coversOf({ base, sameBoot, mounts, homes: homes.map(({ home }) => home), homeOf: (placed) => homeOf(placed)?.home })
  const told = away.map(({ home, why }) => `what is below ${home} stays: ${why}`)
  return {
    away: gone,
    divide: (paths) => {
      const there: JournalPath[] = []
      const hidden: string[] = []
      const covers = new Map<string, JournalPath>()
      for (const placed of homes.some(isAgain) ? paths.map(moved) : paths) {
        const isAway = isBelow(base + placed.path, gone)
        const cover = isAway ? undefined : coverOf?.(placed)
        if (!isAway && cover === undefined) there.push(placed)
        else hidden.push(placed.path)
        if (cover !== undefined && !covers.has(cover)) covers.set(cover, placed)
      }
      return {
        all: paths,
        there,
        hidden,
        lines: [...told, ...[...covers].map(([cover, first]) => lineOf(cover, base + first.path, first, mounts))],
      }
    },
  }
}

function lineOf(cover: string, first: string, { kind }: JournalPath, mounts: Mounts | HostError): string {
  if (mounts instanceof HostError) return `what is not seen below ${cover} stays noted, as it may be mounted over: ${mounts.message}`
  return `${kind !== 'dir' && first === cover ? '' : 'what is below '}${cover} stays: ${OVER}`
}

function mountsOr(read: () => Mounts): Mounts | HostError {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    return error
  }
}

interface Ground {
  readonly base: string
  readonly sameBoot: boolean
  readonly mounts: Mounts | HostError
  readonly homes: readonly string[]
  readonly homeOf: (placed: JournalPath) => string | undefined
}

/** Gives the folder or name (absolute) over which something is mounted that hides `placed`; undefined where nothing is hidden. */
function coversOf({ base, sameBoot, mounts, homes, homeOf }: Ground): ((placed: JournalPath) => string | undefined) | undefined {
  const isSeen = (placed: JournalPath): boolean => {
    const found = look(base + placed.path)
    return found !== undefined && ['ours', 'changed'].includes(judge(placed, found, sameBoot, () => ''))
  }
  if (mounts instanceof HostError) return (placed) => (isSeen(placed) ? undefined : (homeOf(placed) ?? base))
  if (!homes.some((home) => mounts.hasBelow(realFolder(home)))) return undefined
  const real = join(realFolder(base), '/')
  const outer = new Map(homes.map((home) => [home, mounts.of(realFolder(home))]))
  return (placed) => {
    const home = homeOf(placed)
    const mount = home === undefined ? undefined : mounts.of(real + placed.path)
    if (home === undefined || mount === undefined || mount === outer.get(home)) return undefined
    if (showsSame(mount, outer.get(home)) ?? isSeen(placed)) return undefined
    return base + mount.point.slice(real.length)
  }
}

/** What is mounted at `point` where that shows something else than the mount around it; undefined too where the latter is not known. */
function partAt(point: string, mounts: Mounts): 'of another' | 'of the same' | undefined {
  const [mount, outer] = [mounts.of(point), mounts.of(dirname(point))]
  if (mount?.point !== point || showsSame(mount, outer) !== false) return undefined
  return mount.device === outer?.device ? 'of the same' : 'of another'
}

interface Home {
  readonly question: Question
  readonly one: Temporary
  readonly now: Found | undefined
  readonly part: ReturnType<typeof partAt>
  readonly covered: readonly string[]
  readonly names: () => readonly JournalPath[]
}

/** Device numbers say nothing of another boot. */
function whyAway({ question: { base, sameBoot }, one, now, part, covered, names }: Home): string | undefined {
  const { path, dev, isMount, inode, birthNs } = one
  if (dev === '' || (now === undefined && !isMount)) return undefined
  const isMounted = now !== undefined && (part !== undefined || now.dev !== look(dirname(dirname(path)))?.dev)
  const isKnown = now !== undefined && ![birthNs, now.birthNs].some((time) => time === '' || time === '0')
  const isSame = isKnown && now.inode === inode && now.birthNs === birthNs
  // A snapshot of an earlier hour has the same home, and nothing of ours.
  const isThere = (): boolean => {
    const placed = names()
    return placed.length === 0 ? isSame : placed.some((name) => isSameInode(name, look(base + name.path)))
  }
  if (!isMount && part !== undefined) {
    if (part === 'of another' || (sameBoot && now?.dev !== dev)) return ANOTHER
    return isSame || isThere() ? undefined : ANOTHER
  }
  if (now === undefined || !sameBoot) return isMount && !isMounted ? NOT_MOUNTED : undefined
  const away = isMount && !isMounted ? NOT_MOUNTED : ANOTHER
  if (now.dev === dev) return isMount && !(isKnown ? isSame : isMounted) ? away : undefined
  if (covered.includes(numberOf(dev))) return ANOTHER
  if (look(path)?.kind === 'dir') return undefined
  return isThere() ? undefined : away
}

/** As mountinfo writes what stat gives: https://man7.org/linux/man-pages/man3/makedev.3.html, with the bits that glibc puts them in. */
function numberOf(dev: string): string {
  const bits = BigInt(dev)
  const major = ((bits >> 8n) & 0xfffn) | ((bits >> 32n) & ~0xfffn)
  return `${major}:${(bits & 0xffn) | ((bits >> 12n) & 0xffffff00n)}`
}

/** No folder below the root that a stand-in is placed in is a link. */
function realFolder(path: string): string {
  return existsSync(path) ? realpathSync(path) : path
}

/** Walks in: an automounter mounts then, and no sooner. Undefined where no folder is, or nobody answers for it. */
function lookInto(home: string): Found | undefined {
  try {
    return look(home)?.kind === 'dir' ? look(`${home}/.`) : undefined
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return undefined
  }
}

/** Whether `path` (absolute) lies below one of `homes`. */
export function isBelow(path: string, homes: readonly string[]): boolean {
  return homes.some((home) => path.startsWith(join(home, '/')))
}

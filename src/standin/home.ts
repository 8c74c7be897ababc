/**
 * Tells whether the filesystem on which a stand-in was placed is there: where it is not its names are not gone, they are out of sight.
 *
 * The number of a device says little: mounted again, within one boot too, a filesystem of the network, of btrfs, on a loop device or a stick often has
 * another one, and another filesystem the one that became free. So what is found there decides.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { systemCode } from '../base/errors.ts'
import type { JournalPath } from './journal.ts'
import { type Found, isSameInode } from './judge.ts'
import { look } from './look.ts'

/** A temporary folder, in the uppermost folder below the root of the filesystem that its names will be on. */
export interface Temporary {
  /** Absolute; the folder in which it lies is its home. */
  readonly path: string
  /** Device number of its home, which holds until it is mounted again; '' in a row of an earlier standin. */
  readonly dev: string
  /** Whether a filesystem began at its home, so that the names are there only while that is mounted. */
  readonly isMount: boolean
  /** Of its home, and when that came to be; 0 where the filesystem does not know, '' in a row of an earlier standin. */
  readonly inode: string
  readonly birthNs: string
}

/** A new name in `home`, a folder that exists, and what tells its filesystem again. */
export function temporaryIn(home: string): Temporary {
  const { dev, inode, birthNs } = lookInto(home) ?? { dev: '', inode: '', birthNs: '' }
  return { path: join(home, `.standin-${randomBytes(8).toString('hex')}`), dev, isMount: dev !== look(dirname(home))?.dev, inode, birthNs }
}

export interface Question {
  readonly temporaries: readonly Temporary[]
  /** All that was placed: only asked for where a filesystem was mounted again. */
  readonly paths: () => readonly JournalPath[]
  /** The root with a slash. */
  readonly base: string
  readonly sameBoot: boolean
}

export interface Away {
  /** Absolute. */
  readonly home: string
  readonly why: string
}

export interface Sight {
  readonly away: readonly Away[]
  /**
   * `there`: with the device number that their filesystem has now, '' where that can't be told. `hidden` (paths): they are not gone, and are to stay in
   * the journal.
   */
  divide(paths: readonly JournalPath[]): { readonly there: readonly JournalPath[]; readonly hidden: readonly string[] }
}

const NOT_MOUNTED = 'its filesystem is not mounted; standin purge --all takes it away once it is'
const ANOTHER = 'another filesystem seems to be mounted there; standin purge --all takes it away once its own is'

/** What of a stand-in can be seen now. Errors: a system error. */
export function inSight(question: Question): Sight {
  const { temporaries, base, sameBoot } = question
  // The innermost is the one on whose filesystem a name was.
  const homes = temporaries
    .map((one) => ({ one, home: dirname(one.path), now: lookInto(dirname(one.path)) }))
    .toSorted((a, b) => b.home.length - a.home.length)
  const homeOf = ({ path }: JournalPath): (typeof homes)[number] | undefined => homes.find(({ home }) => isBelow(base + path, [home]))
  const away = homes.flatMap(({ one, home, now }) => {
    const why = whyAway(question, one, now, () => question.paths().filter((placed) => homeOf(placed)?.home === home))
    return why === undefined ? [] : [{ home, why }]
  })
  const gone = away.map(({ home }) => home)
  const isHidden = ({ path }: JournalPath): boolean => isBelow(base + path, gone)
  const isAgain = ({ one, now }: (typeof homes)[number]): boolean => sameBoot && one.dev !== '' && now !== undefined && now.dev !== one.dev
  const moved = (placed: JournalPath): JournalPath => {
    const found = homeOf(placed)
    if (found === undefined || !isAgain(found)) return placed
    return { ...placed, dev: placed.dev === found.one.dev ? (found.now?.dev ?? '') : '' }
  }
  return {
    away,
    divide: (paths) => {
      if (away.length === 0 && !homes.some(isAgain)) return { there: paths, hidden: [] }
      return { there: paths.filter((placed) => !isHidden(placed)).map(moved), hidden: paths.filter(isHidden).map(({ path }) => path) }
    },
  }
}

/** Device numbers say nothing of another boot. */
function whyAway(
  { base, sameBoot }: Question,
  { path, dev, isMount, inode, birthNs }: Temporary,
  now: Found | undefined,
  names: () => readonly JournalPath[],
): string | undefined {
  if (dev === '' || (now === undefined && !isMount)) return undefined
  const isMounted = now !== undefined && now.dev !== look(dirname(dirname(path)))?.dev
  if (now === undefined || !sameBoot) return isMount && !isMounted ? NOT_MOUNTED : undefined
  const isKnown = ![birthNs, now.birthNs].some((one) => one === '' || one === '0')
  const isSame = isKnown && now.inode === inode && now.birthNs === birthNs
  if (now.dev === dev) return isMount && isKnown && !isSame ? ANOTHER : undefined
  if (look(path)?.kind === 'dir') return undefined
  const placed = names()
  // A snapshot of an earlier hour has the same home, and nothing of ours.
  const isThere = placed.length === 0 ? isSame : placed.some((one) => isSameInode(one, look(base + one.path)))
  if (isThere) return undefined
  return isMount && !isMounted ? NOT_MOUNTED : ANOTHER
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

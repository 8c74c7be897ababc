/**
 * What programs of this host say is asked once, and again when any file that the answer came from is another one, or when the answer is a minute old.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { realpathSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { systemCode } from '../base/errors.ts'

/** Made and kept by the caller. */
export type AnswerCache<T> = Map<string, Promise<Answer<T>>>

interface Answer<T> {
  readonly value: T
  readonly files: readonly string[]
  /** Of the files before they were asked, so that one that is replaced meanwhile shows. */
  readonly identity: string
  readonly at: number
}

export interface Asking<T> {
  /** All that tells this question from others. */
  readonly key: string
  /** Files, there or not, of which each change may be one of the answer. */
  readonly files: () => Promise<readonly string[]> | readonly string[]
  readonly ask: () => Promise<T>
}

/** For what no list of files can tell: a wrapper that looks somewhere else now. */
const KEEP_MS = 60_000
const MOST_KEPT = 20

/** Errors: those of `asking`; none is kept. `now` in milliseconds, of any beginning. */
export async function knownAnswer<T>(asking: Asking<T>, cache: AnswerCache<T>, now: () => number): Promise<T> {
  const { key } = asking
  const known = cache.get(key)
  const before = await known?.catch(() => undefined)
  if (before !== undefined && now() - before.at < KEEP_MS && identityOf(before.files) === before.identity) return before.value
  // Whoever was as late as this one has asked anew by now.
  const asked = cache.get(key)
  if (asked !== undefined && asked !== known) return (await asked).value
  const answer = answerOf(asking, now())
  cache.delete(key)
  cache.set(key, answer)
  const oldest = cache.keys().next().value
  if (cache.size > MOST_KEPT && oldest !== undefined) cache.delete(oldest)
  return (await answer).value
}

async function answerOf<T>({ files: filesOf, ask }: Asking<T>, at: number): Promise<Answer<T>> {
  const files = await filesOf()
  const identity = identityOf(files)
  return { value: await ask(), files, identity, at }
}

/** Each place on PATH of each name, be a program there or not: a new one may come before. */
export function placesOnPath(names: readonly string[], path: string): string[] {
  const folders = path.split(':').filter(isAbsolute)
  return names.flatMap((name) => (name.includes('/') ? [name] : folders.map((folder) => join(folder, name))))
}

/** Resolved path, device, inode, size and change times of those that are there. */
function identityOf(files: readonly string[]): string {
  return JSON.stringify(files.map(identityOfFile))
}

function identityOfFile(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return [realpathSync(path), dev, ino, size, mtimeNs, ctimeNs].join(' ')
  } catch (error) {
    const code = systemCode(error)
    if (code === undefined) throw error
    return code
  }
}

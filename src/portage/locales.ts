/**
 * Says which locales the C library of this host has: one that is asked for and not there counts as C, and another host may have it.
 *
 * The C library is asked itself, by locale(1), for each name: it knows aliases, and takes de_DE.utf8 for de_DE.UTF-8@euro where that lies in a folder.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { HostError } from '../base/errors.ts'
import { type AnswerCache, knownAnswer, placesOnPath } from './answers.ts'
import type { Run } from './run.ts'

export interface LocaleQuestion {
  readonly root: string
  /** The whole environment of what is started; PATH finds locale(1). */
  readonly env: Readonly<Record<string, string>>
  readonly run: Run
}

const LIMITS = { timeoutMs: 20_000, maxBytes: 64 * 1024 }

const PLACES = ['usr/lib/locale', 'usr/lib/locale/locale-archive', 'usr/share/locale/locale.alias']

/**
 * Those of `names` that are there; all where nobody can be asked (musl has no such files, and no locale(1)). `now` in milliseconds, of any beginning.
 * Errors: HostError TIMED_OUT, PROGRAM_FAILED.
 */
export async function localesThere(
  names: readonly string[],
  question: LocaleQuestion,
  cache: AnswerCache<boolean>,
  now: () => number,
): Promise<ReadonlySet<string>> {
  const { root, env } = question
  const files = [...PLACES.map((place) => join(root, place)), ...placesOnPath(['locale'], env['PATH'] ?? '')]
  const asked = names.map(async (name) => {
    const key = JSON.stringify([name, env])
    return (await knownAnswer({ key, files: () => files, ask: () => isThere(name, question) }, cache, now)) ? [name] : []
  })
  return new Set((await Promise.all(asked)).flat())
}

/** It warns of a locale that it could not take, and of nothing else. */
async function isThere(name: string, { env, run }: LocaleQuestion): Promise<boolean> {
  try {
    const { exitCode, stderr } = await run('locale', ['charmap'], { env: { ...env, LC_ALL: name }, ...LIMITS })
    return exitCode === 0 && stderr === ''
  } catch (error) {
    if (error instanceof HostError && error.code === 'MISSING_PROGRAM') return true
    throw error
  }
}

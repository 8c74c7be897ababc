/**
 * Small facts of this host and of a manifest that plans need.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StandinError } from '../base/errors.ts'
import { parseSonames } from '../package/linkage.ts'
import type { Manifest } from '../package/manifest.ts'
import type { Run } from '../portage/run.ts'

/** `2.41` for `glibc 2.41`; undefined where the libc is another one. */
export async function glibcVersion(run: Run, env: Readonly<Record<string, string>>): Promise<string | undefined> {
  try {
    const { stdout } = await run('getconf', ['GNU_LIBC_VERSION'], { env, timeoutMs: 5000, maxBytes: 1000 })
    return /^glibc (\d+\.\d+(\.\d+)?)\s*$/.exec(stdout)?.[1]
  } catch (error) {
    if (error instanceof StandinError) return undefined
    throw error
  }
}

/** Sonames that the files of `manifest` provide, by multilib category; none for undefined. */
export function provides(manifest: Manifest | undefined): ReadonlyMap<string, ReadonlySet<string>>[] {
  if (manifest === undefined) return []
  const all = parseSonames(manifest.metadata.PROVIDES ?? '')
  return [
    new Map(
      [...Map.groupBy(all, ({ category }) => category)].map(([category, some]) => [category, new Set(some.map(({ soname }) => soname))]),
    ),
  ]
}

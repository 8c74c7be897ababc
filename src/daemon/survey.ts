/**
 * Small facts of this host that plans need.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StandinError } from '../base/errors.ts'
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

/**
 * Removes temporary folders with whatever is still in them: their names are ours alone.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { rmSync } from 'node:fs'
import type { Site } from './site.ts'

/** Idempotent. Errors: a system error of the first one that can't be removed. */
export function clear(site: Site, temporaries: readonly string[]): void {
  for (const folder of temporaries) {
    // A placing that is still at work in there makes a folder not empty again under our hands; it ends at its first missing folder.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 10 })
    site.step?.('temporary-gone', folder)
  }
}

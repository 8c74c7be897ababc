/**
 * Waits at setup, as long as the setting `install_wait` allows, for a stand-in that may still come; started only where that setting is above zero.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync } from 'node:fs'
import { tell } from './tell.ts'

/** How long the warden may take for a first word. */
const SECONDS = 2

const run = `${process.env['EPREFIX'] ?? ''}/run/standin`
try {
  const seconds = Number.parseInt(readFileSync(`${run}/install_wait`, 'utf8'), 10)
  if (seconds > 0 && seconds <= 600) await tell(run, process.argv[2] ?? '', SECONDS, seconds)
} finally {
  process.exit(0)
}

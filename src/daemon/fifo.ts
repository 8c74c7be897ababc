/**
 * Makes a FIFO that root alone may open: Node has no call for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Errors: those of mkfifo(1), as execFile gives them. */
export async function makeFifo(path: string): Promise<void> {
  await run('mkfifo', ['-m', '0600', path])
}

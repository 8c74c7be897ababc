/**
 * Tells at once when nobody reads standard output any more, where that is a pipe; Node itself learns it only by writing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { spawn } from 'node:child_process'
import { fstatSync } from 'node:fs'

// Node can't wait for an error of a descriptor that it only writes to. Python is there wherever Portage is; it ends with our end of its input.
const PROGRAM = `
import select, sys
poll = select.poll()
for descriptor in (0, 1):
    poll.register(descriptor, 0)
sys.exit(0 if 1 in (descriptor for descriptor, _ in poll.poll()) else 1)
`

/** Calls `gone` at most once. Where it can't be told, the next write does. */
export function watchReader(gone: () => void): void {
  if (!fstatSync(1).isFIFO()) return
  const child = spawn('python3', ['-I', '-c', PROGRAM], { stdio: ['pipe', 'inherit', 'ignore'] })
  child.on('error', () => undefined)
  child.on('exit', (code) => {
    if (code === 0) gone()
  })
  child.unref()
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref()
}

/**
 * Gives a file every extended attribute of another, access lists among them, or says that it could not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { spawnSync } from 'node:child_process'
import { HostError } from '../base/errors.ts'

// Node can't read them; Python is there wherever Portage is. What IMA and EVM sign holds for the old bytes alone.
const PROGRAM = `
import errno, os, sys
source, target = sys.argv[1:]
try:
    names = os.listxattr(source)
except OSError as error:
    if error.errno != errno.ENOTSUP:
        raise
    names = []
for name in names:
    if name not in ("security.ima", "security.evm"):
        os.setxattr(target, name, os.getxattr(source, name))
`
const LONGEST_MS = 30_000

/** Errors: HostError UNSUPPORTED, with the reason; `to` may have some of them then. */
export function copyAttributes(from: string, to: string): void {
  const { status, stderr, error } = spawnSync('python3', ['-I', '-c', PROGRAM, from, to], { encoding: 'utf8', timeout: LONGEST_MS })
  if (status === 0) return
  const reason = error?.message ?? stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? ''
  throw new HostError('UNSUPPORTED', `the extended attributes of ${from} could not be kept (${reason})`, { cause: error })
}

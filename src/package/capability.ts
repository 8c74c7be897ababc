/**
 * File capabilities of an image, read in one run of the Python that Portage itself runs on: Node has no call for extended attributes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { execa } from 'execa'
import { HostError, systemCode } from '../base/errors.ts'

/** `security.capability` as hex by path relative to the image; files without one are absent. */
export type Capabilities = ReadonlyMap<string, string>

/** Prints path and hex, each ended by NUL. A filesystem without attributes has no capabilities; any other failure ends it with status 1. */
const SCRIPT = `
import errno, os, sys
root = os.fsencode(sys.argv[1])
none = (errno.ENODATA, errno.ENOTSUP)
def fail(error): raise error
for folder, _, files in os.walk(root, onerror=fail):
    for name in files:
        path = os.path.join(folder, name)
        try:
            value = os.getxattr(path, b"security.capability", follow_symlinks=False)
        except OSError as error:
            if error.errno in none: continue
            raise
        sys.stdout.buffer.write(os.path.relpath(path, root) + b"\\0" + value.hex().encode() + b"\\0")
`

/** Most output that is read: some thousand files with capabilities, where the largest packages have a dozen. */
const MAX_OUTPUT = 1024 * 1024

/** Errors: HostError MISSING_PROGRAM, PROGRAM_FAILED, TIMED_OUT. */
export async function readCapabilities(root: string, signal?: AbortSignal): Promise<Capabilities> {
  const run = await execa('python3', ['-I', '-S', '-c', SCRIPT, root], {
    reject: false,
    stripFinalNewline: false,
    maxBuffer: MAX_OUTPUT,
    env: { LC_ALL: 'C.UTF-8' },
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  })
  if (run.isCanceled) throw new HostError('TIMED_OUT', `reading file capabilities below ${root} was called off`, { cause: run.cause })
  if (systemCode(run.cause) === 'ENOENT')
    throw new HostError('MISSING_PROGRAM', 'python3 is needed to read file capabilities: install dev-lang/python')
  if (run.failed)
    throw new HostError('PROGRAM_FAILED', `could not read file capabilities below ${root}: ${run.stderr.slice(-400)}`, { cause: run.cause })
  const fields = run.stdout.split('\0')
  return new Map(Array.from({ length: Math.floor(fields.length / 2) }, (_, at) => [fields[at * 2] ?? '', fields[at * 2 + 1] ?? '']))
}

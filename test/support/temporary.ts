/**
 * What tests put into the temporary folder lies in the ignored folder of the checkout, and is gone with the run, or before the next.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { systemCode } from '../../src/base/errors.ts'
import { isAlive, processName } from './host/leftovers.ts'

/** Of the 107 bytes that the path of a socket may have (unix(7)) tests want the rest. */
const LONGEST = 50
/** Other users than the one who runs the tests must get through; some tests are about them. */
const PASS_FOR_ALL = 0o001

/** A folder for this process below `base`; leftovers of dead processes go first. Undefined where the system's own must do: too long a path, or no right. */
export function temporaryFolder(base: string): string | undefined {
  const own = join(base, processName(process.pid))
  if (Buffer.byteLength(own) > LONGEST) return undefined
  try {
    mkdirSync(base, { recursive: true, mode: 0o755 })
    if (!isOpen(base)) return undefined
    for (const name of readdirSync(base)) if (!isAlive(name)) rmSync(join(base, name), { recursive: true, force: true })
    mkdirSync(own)
    chmodSync(own, 0o1777)
    return own
  } catch (error) {
    if (systemCode(error) === 'EACCES' || systemCode(error) === 'EPERM' || systemCode(error) === 'EROFS') return undefined
    throw error
  }
}

function isOpen(folder: string): boolean {
  if ((statSync(folder).mode & PASS_FOR_ALL) === 0) return false
  return folder === '/' || isOpen(dirname(folder))
}

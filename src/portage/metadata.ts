/**
 * What Portage wrote down about one package, under build (`build-info`) or installed: key to text, and never `environment.bz2`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { HostError, systemCode } from '../base/errors.ts'
import { readBounded } from './bounded.ts'

const MOST_KEYS = 200
const MAX_VALUE_BYTES = 4 * 1024 * 1024
const MAX_TOTAL_BYTES = 32 * 1024 * 1024

// Keys as PMS and Portage name them; the copy of the ebuild is none. `environment.bz2` holds every exported variable of whoever ran emerge.
const KEY = /^(?!environment)(?!CONTENTS$)[A-Za-z][A-Za-z0-9_]*(\.ELF\.2)?$/

/**
 * Values without their last newline. A file that is no UTF-8 text is not there.
 * Errors: HostError UNREADABLE when `folder` cannot be listed, or holds more than a package's metadata ever did.
 */
export function readMetadata(folder: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {}
  let total = 0
  for (const key of keysIn(folder)) {
    const bytes = readBounded(join(folder, key), MAX_VALUE_BYTES)
    total += bytes?.byteLength ?? 0
    if (total > MAX_TOTAL_BYTES) throw new HostError('UNREADABLE', `${folder} holds more than ${MAX_TOTAL_BYTES} bytes of metadata`)
    const text = bytes === undefined ? undefined : textOf(bytes)
    if (text !== undefined) values[key] = text
  }
  return values
}

function keysIn(folder: string): string[] {
  try {
    const keys = readdirSync(folder).filter((name) => KEY.test(name) && lstatSync(join(folder, name), { throwIfNoEntry: false })?.isFile())
    if (keys.length > MOST_KEYS) throw new HostError('UNREADABLE', `${folder} holds more than ${MOST_KEYS} keys of metadata`)
    return keys.toSorted()
  } catch (error) {
    const code = systemCode(error)
    if (error instanceof HostError || code === undefined) throw error
    throw new HostError('UNREADABLE', `could not list ${folder}: ${code}`, { cause: error })
  }
}

function textOf(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) && !text.includes('\0') ? text.replace(/\n$/, '') : undefined
}

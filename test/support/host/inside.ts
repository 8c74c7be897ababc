/**
 * Finds a host's file from outside without ever leaving the host, where an absolute link would lead to the machine's own file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { HostError, systemCode } from '../../../src/base/errors.ts'

const MOST_LINKS = 40

/** The path of `path`'s file below `root`, all links on the way followed as the host follows them. Errors: HostError BAD_STATE on a loop. */
export function insidePath(root: string, path: string): string {
  let left = MOST_LINKS
  let done = '/'
  const parts = resolve('/', path).split('/').filter(Boolean)
  while (parts.length > 0) {
    const next = join(done, parts.shift() ?? '')
    const target = linkTarget(join(root, next))
    if (target === undefined) {
      done = next
      continue
    }
    if (left-- === 0) throw new HostError('BAD_STATE', `too many links on the way to ${path}`)
    parts.unshift(...resolve(dirname(next), target).split('/').filter(Boolean))
    done = '/'
  }
  return join(root, done)
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'EINVAL' || code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}

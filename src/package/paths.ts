/**
 * A path or link target that passes here names something inside an image, on every host in the same way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { MAX_PATH_BYTES } from './record.ts'

const MAX_NAME_BYTES = 255

/** What is wrong with `path` as the path of a record, or undefined. */
export function pathProblem(path: string): string | undefined {
  const text = textProblem(path)
  if (text !== undefined) return text
  for (const name of path.split('/')) {
    if (name === '') return 'an empty name'
    if (name === '.' || name === '..') return `a name "${name}"`
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `a name of more than ${MAX_NAME_BYTES} bytes`
  }
  return undefined
}

/** What is wrong with `target` of the link at `path`, or undefined. An absolute target is usual; one that climbs above the root is not. */
export function targetProblem(path: string, target: string): string | undefined {
  const text = textProblem(target)
  if (text !== undefined) return text
  if (target.startsWith('/')) return undefined
  let depth = path.split('/').length - 1
  for (const name of target.split('/')) {
    if (name === '..') depth--
    else if (name !== '' && name !== '.') depth++
    if (depth < 0) return 'a target above the root'
  }
  return undefined
}

/** Portage refuses line ends in names; other control characters would reach terminals and logs, and a lone surrogate has no UTF-8. */
function textProblem(text: string): string | undefined {
  if (text === '') return 'no characters'
  if (Buffer.byteLength(text) > MAX_PATH_BYTES) return `more than ${MAX_PATH_BYTES} bytes`
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what must not pass
  if (/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(text)) return 'a control character'
  return text.isWellFormed() ? undefined : 'characters that UTF-8 cannot say'
}

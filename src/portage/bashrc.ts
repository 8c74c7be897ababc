/**
 * Says why a user's bashrc may make of a build what its settings do not say; what is not plainly harmless counts.
 *
 * Hooks see what is set when a build begins, so code that comes after them, or that waits for a phase, is not in what they tell.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { readBounded } from './bounded.ts'
import { isHookLine } from './hookblock.ts'

const BASHRC = '/etc/portage/bashrc'
const MAX_BYTES = 1024 * 1024
const MAX_DEPTH = 8

/** What Portage tells a bashrc of the moment, and what acts at another moment than the one at which it is read. */
const LATER: readonly RegExp[] = [
  /\b(EBUILD_PHASE(_FUNC)?|EBUILD_SH_ARGS|MISC_FUNCTIONS_ARGS)\b/,
  /\b(pre|post)_(?=pkg_setup|src_|\$)[\w${}]+/,
  /(?<=^|[\s;&|({])(trap|alias|eval|enable)(?=\s)/,
  /(?<=^|[\s;&|({])(function\s+[^\s(){};&|]+|[^\s(){};&|$"'=]+\s*\(\s*\))/,
]

const SOURCES = /(?:^|[\s;&|({])(?:source|\.)\s+([^\s;&|)}]+)/g

/** One clause, or undefined where it says nothing of later. Errors: HostError of a file that can't be read, or that is too large. */
export function whyOfBashrc(root: string): string | undefined {
  return whyOfFile(root, BASHRC, 0)
}

function whyOfFile(root: string, path: string, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return `${path} is sourced too deep in your bashrc to be read`
  // Portage passes over what is no file.
  if (statSync(join(root, path), { throwIfNoEntry: false })?.isFile() !== true) return undefined
  const lines = (readBounded(join(root, path), MAX_BYTES)?.toString('latin1') ?? '').split('\n')
  const hook = lines.findIndex(isHookLine)
  const codeAt = (at: number): string => (isHookLine(lines[at] ?? '') ? '' : withoutComment(lines[at] ?? ''))
  const code = lines.map((_, at) => codeAt(at))
  const late = code.findIndex((line, at) => hook >= 0 && at > hook && line !== '')
  if (late >= 0) return `line ${late + 1} of ${path} may change what is built, unseen: move it above the lines of standin`
  for (const [at, line] of code.entries()) {
    const found = LATER.map((pattern) => pattern.exec(line)?.[0]).find((text) => text !== undefined)
    if (found !== undefined) return `line ${at + 1} of ${path} (${found.slice(0, 40)}) may change what is built in a later phase`
    for (const [, word = ''] of line.matchAll(SOURCES)) {
      const named = literal(word)
      if (named === undefined) return `line ${at + 1} of ${path} sources what can't be told from it (${word.slice(0, 80)})`
      const why = whyOfFile(root, named, depth + 1)
      if (why !== undefined) return why
    }
  }
  return undefined
}

function withoutComment(line: string): string {
  return line.replace(/(^|\s)#.*$/, '').trim()
}

/** An absolute path that is written out. */
function literal(word: string): string | undefined {
  const path = word.replaceAll(/^(["'])(.*)\1$/g, '$2')
  return /^\/[\w./+@:-]*$/.test(path) ? path : undefined
}

/**
 * Says whether Portage comes to the line of standin in every phase, as far as the text of the user's bashrc tells; in doubt it does not.
 *
 * Where a bashrc ends early in some phases only, bash may tell of the beginning of a build and never ask for the way before its merge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { readBounded } from './bounded.ts'

const BASHRC = '/etc/portage/bashrc'
const MAX_BYTES = 4 * 1024 * 1024
const MAX_DEPTH = 8

/** The line of ours, whoever wrote it. */
const HOOK = /^[^#\n]*?(?=standin\/(?:standin\.bash|bashrc))/m

// Where bash looks for a command: at the beginning of a line, after what ends or begins another one, and after words that take a command. Words that
// are set for it, and where it writes to, may come first.
const BEFORE = /(?:^|[;&|(){}!`]|(?<![\w$./-])(?:then|else|elif|do|if|while|until|time|builtin|command)\s|(?<![\w$./-])eval\s+["']?)/.source
const FIRST = /\s*(?:(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|[^\s"';&|()])*|\d*[<>]+&?\s*[^\s;&|()<>]+)\s+)*/.source
const AFTER = /(?![\w./=-])/.source
const command = (words: string): RegExp => new RegExp(`${BEFORE}${FIRST}\\\\?["']?((?:${words})${AFTER})`)
// `exec` with nothing but redirections opens files.
const ENDS_SHELL = 'exit|exec(?!["\']?\\s+(?:\\d*|\\{\\w+\\})[<>])'
const ENDS_FILE = command(`return|${ENDS_SHELL}`)
const ENDS_ALL = command(ENDS_SHELL)

const SOURCES = /(?:^|[\s;&|({])(?:source|\.)\s+(["']?)(\/[\w./+@:-]*)\1(?=$|[\s;&|)}])/g

export interface HookReach {
  /** Whether the user's bashrc, or a file that it names and sources, has a line of ours. */
  readonly sourced: boolean
  /** The first command above that line that may end the bashrc, if there is one. */
  readonly end: { readonly path: string; readonly line: number; readonly text: string } | undefined
}

/** Errors: HostError of a file that can't be read, or that is too large. */
export function hookReach(root: string): HookReach {
  return reachIn(root, BASHRC, 0)
}

/** One clause, or undefined where nothing is known to keep the merge from asking for the way. Errors: as `hookReach`. */
export function whyNotAsked(root: string): string | undefined {
  const { sourced, end } = hookReach(root)
  if (!sourced) return `the hook is off: ${BASHRC} does not source standin`
  return end === undefined ? undefined : mayEnd(end)
}

export function mayEnd({ path, line }: NonNullable<HookReach['end']>): string {
  return `line ${line} of ${path} may end it before the merge asks for the way`
}

/** A `return` in a file that the bashrc sources ends that file alone. */
export const MOVE_END = 'move it to a file of its own that the bashrc sources, or below the lines of standin'

function reachIn(root: string, path: string, depth: number): HookReach {
  const nothing = { sourced: false, end: undefined }
  // Portage passes over what is no file.
  if (depth > MAX_DEPTH || statSync(join(root, path), { throwIfNoEntry: false })?.isFile() !== true) return nothing
  const text = readBounded(join(root, path), MAX_BYTES)?.toString('latin1') ?? ''
  const hook = HOOK.exec(text)
  const above = hook === null ? text : text.slice(0, hook.index + hook[0].length)
  let end: HookReach['end']
  for (const [at, line] of above.split('\n').entries()) {
    const code = withoutComment(line)
    const inFile = reachOfSourced(root, code, depth)
    // A `return` in there ends that file alone, unless it is there that our line stands.
    end ??= inFile?.end
    if (inFile?.sourced === true) return { sourced: true, end }
    const ends = (hook === null && depth > 0 ? ENDS_ALL : ENDS_FILE).exec(code)
    if (ends !== null) end ??= { path, line: at + 1, text: code.trim().slice(0, 60) }
  }
  return { sourced: hook !== null, end }
}

function reachOfSourced(root: string, code: string, depth: number): HookReach | undefined {
  let end: HookReach['end']
  for (const [, , path = ''] of code.matchAll(SOURCES)) {
    const found = reachIn(root, path, depth + 1)
    end ??= found.end
    if (found.sourced) return { sourced: true, end }
  }
  return end === undefined ? undefined : { sourced: false, end }
}

/** What looks like a comment and holds a quote may be part of a word. */
function withoutComment(line: string): string {
  return line.replace(/(^\s*|\s)#(?:(?<=^\s*#).*|[^'"]*)$/, '')
}

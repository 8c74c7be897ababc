/**
 * Names what a file in the syntax of make.conf sets, with the files that it sources: in whichever of Portage's ways that is written.
 *
 * Sources: `getconfig` and `_getconfig_shlex` of Portage 3.0.83; Python's `shlex` in its POSIX mode. Values are not looked at.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { dirname, join } from 'node:path'
import { readText } from './bounded.ts'
import { configFiles } from './conffiles.ts'

export interface ConfFile {
  /** As the person knows it. */
  readonly path: string
  readonly text: string
  /** In the order of the file. */
  readonly names: readonly string[]
  /** What it sources by a name that only Portage can work out. */
  readonly unfollowed?: string
}

const MAX_BYTES = 1024 * 1024
const MOST_FILES = 100

/** `path` and all that it sources, each once; a folder is all that is in it. None where nothing is there. Errors: HostError UNREADABLE. */
export function confFiles(root: string, path: string): ConfFile[] {
  const found = new Map<string, ConfFile>()
  const open = configFiles(join(root, path)).map((one) => `/${one.slice(join(root, '/').length)}`)
  for (let next = open.shift(); next !== undefined && found.size < MOST_FILES; next = open.shift()) {
    if (found.has(next)) continue
    const text = readText(join(root, next), MAX_BYTES)
    if (text === undefined) continue
    const bare = withoutQuoted(text)
    const sourced = [...bare.matchAll(SOURCE)].map(([, name = '']) => name.replaceAll(QUOTED, (_, at) => quotedIn(text)[Number(at)] ?? ''))
    const unfollowed = sourced.find((name) => /[$`\\]/.test(name))
    open.unshift(...sourced.filter((name) => name !== unfollowed).map((name) => join('/', name.startsWith('/') ? '' : dirname(next), name)))
    const names = [...bare.matchAll(ASSIGNMENT)].map(([, name = '']) => name)
    found.set(next, { path: next, text, names, ...(unfollowed !== undefined && { unfollowed }) })
  }
  return [...found.values()]
}

// Portage takes blanks around `=`, and more than one assignment on a line.
const ASSIGNMENT = /(?<![\w$])([A-Za-z_]\w*)\s*=/g
const SOURCE = /(?<!\S)source\s+(\S+)/g

/** A quoted text or a comment; what comes first decides. */
const QUOTED_OR_COMMENT = /\\[^]|"((?:\\[^]|[^"\\])*)"|'([^']*)'|#[^\n]*/g
/** Stands for the quoted text of that number. */
const QUOTED = /\uE000(\d+)\uE000/g

function withoutQuoted(text: string): string {
  let many = 0
  return text.replaceAll(QUOTED_OR_COMMENT, (all) => (/^["']/.test(all) ? `\uE000${many++}\uE000` : ''))
}

function quotedIn(text: string): string[] {
  return [...text.matchAll(QUOTED_OR_COMMENT)].flatMap(([all, double, single]) => (/^["']/.test(all) ? [double ?? single ?? ''] : []))
}

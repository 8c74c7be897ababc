/**
 * What the person who typed emerge reads: one line each, on that terminal and no other, also after that emerge has ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync } from 'node:fs'
import { systemCode } from '../base/errors.ts'
import { portageLine, type Tone } from '../portage/terminal.ts'
import type { Owner } from '../portage/lock.ts'
import { ttysOf } from '../portage/tty.ts'
import { callersOf } from './caller.ts'
import type { Note, Terminal } from './course.ts'

/** What is noted of an emerge while it runs. */
export function typedBy(procRoot: string, owner: Owner): Pick<Note, 'owner' | 'terminal' | 'callers'> {
  return { owner, terminal: terminalFor(procRoot, owner.pid), callers: callersOf(procRoot, owner) }
}

/** Where whoever started `pid`, an emerge, reads what it says; null where there is no terminal. */
export function terminalFor(procRoot: string, pid: number): Note['terminal'] {
  try {
    const ttys = [...ttysOf(procRoot, pid)]
    return ttys.length === 0 ? null : { ttys, plain: isPlain(procRoot, pid) }
  } catch (error) {
    // The emerge may end between two looks at it.
    if (systemCode(error) === undefined) throw error
    return null
  }
}

/** Whether the person wants no colours (emerge --color=n, no-color.org), or has a terminal that knows none. */
function isPlain(procRoot: string, pid: number): boolean {
  const words = readFileSync(`${procRoot}/${pid}/cmdline`, 'utf8').split('\0')
  const asked = words
    .map((word, at) => (word === '--color' ? `--color=${words[at + 1]}` : word))
    .findLast((word) => /^--color=[yn]$/.test(word))
  if (asked !== undefined) return asked === '--color=n'
  const environment = readFileSync(`${procRoot}/${pid}/environ`, 'utf8').split('\0')
  return environment.some((line) => /^(NO_COLOR=.|TERM=dumb$)/.test(line))
}

/** What `text` looks like on a terminal; `auto` follows what the person has set. */
export function said({ plain }: Terminal, text: string, tone: Tone, wanted: 'auto' | 'yes' | 'no'): string {
  return portageLine(`standin: ${text}`, { colour: wanted === 'yes' || (wanted === 'auto' && !plain), tone })
}

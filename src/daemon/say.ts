/**
 * What the person who typed emerge reads: one line each, on that terminal and no other, also after that emerge has ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { systemCode } from '../base/errors.ts'
import { portageLine, type Tone } from '../portage/terminal.ts'
import { controllingTerminalOf, type Owner, terminalOf } from '../portage/lock.ts'
import { callersOf } from './caller.ts'
import { deviceOf, type Note } from './course.ts'
import type { Terminal } from './teller.ts'

/** What is noted of an emerge while it runs. */
export function typedBy(procRoot: string, owner: Owner): Pick<Note, 'owner' | 'terminal' | 'callers'> {
  return { owner, terminal: terminalFor(procRoot, owner.pid), callers: callersOf(procRoot, owner) }
}

/**
 * The terminal that `pid` writes to, or where that is a file or a pipe, the one it was started from; by a path that outlives it.
 * Null where there is none, or none of this /dev.
 */
export function terminalFor(procRoot: string, pid: number): Note['terminal'] {
  try {
    const through = terminalOf(procRoot, pid)
    const path = through === undefined ? controllingTerminalOf(procRoot, pid) : readlinkSync(through)
    const device = path === undefined ? undefined : deviceOf(through ?? path)
    if (path === undefined || device === undefined || deviceOf(path) !== device) return null
    return { path, device, plain: isPlain(procRoot, pid) }
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

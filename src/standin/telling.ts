/**
 * Of one purge no more than a screen of lines reaches the user, and the last one says how many names are not in them.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

export const MOST_LINES = 20

export interface Telling {
  readonly tell: (line: string) => void
  /** Call it once, after the last line. */
  readonly end: () => void
}

export function tellingOf(say: (line: string) => void): Telling {
  let lines = 0
  return {
    tell: (line) => {
      lines += 1
      if (lines <= MOST_LINES) say(line)
    },
    end: () => {
      if (lines > MOST_LINES) say(`and ${lines - MOST_LINES} more names`)
    },
  }
}

/** A name below the root, or what is none, for people. */
export function named(path: string): string {
  return path.startsWith('/') || path === 'its marker' ? path : `/${path}`
}

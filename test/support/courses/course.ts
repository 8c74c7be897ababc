/**
 * One way that somebody may take with emerge, as a plain object: what is on the host, what is typed, and which stand-ins must have been there meanwhile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
export interface Course {
  readonly name: string
  /** Command lines before anybody looks, with standin off; they must end with 0. */
  readonly before?: readonly string[]
  /** Files for this course alone: path to text. */
  readonly files?: Readonly<Record<string, string>>
  /** Lines behind all others of the user's own bashrc. */
  readonly bashrc?: string
  /** Around all that is typed. */
  readonly env?: Readonly<Record<string, string>>
  /** Command lines on a terminal, one after the other, or at once where they stand in a list of their own. Words in '' may hold blanks. */
  readonly typed: readonly (string | readonly string[])[]
  /** What the person types meanwhile. */
  readonly answer?: string
  /** Of what is typed, in this order; default 0 of each. */
  readonly exits?: readonly number[]
  /** What emerge must say, or the course was another one. */
  readonly says?: RegExp
  /** Every stand-in that is placed meanwhile, in any order. */
  readonly placed: readonly string[]
  /** What runs at once, as Portage's own strip of libraries does, says its lines in another order each time. */
  readonly anyOrder?: boolean
  /** Why it can't be taken on this machine. */
  readonly skip?: string | false
}

export interface Command {
  readonly argv: readonly string[]
  /** Commands of one number run at once. */
  readonly turn: number
}

export function commandsOf({ typed }: Course): Command[] {
  return typed.flatMap((one, turn) => (typeof one === 'string' ? [one] : one).map((line) => ({ argv: wordsOf(line), turn })))
}

/** emerge and ebuild without colours. */
export function wordsOf(line: string): string[] {
  const [program = '', ...words] = [...line.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''))
  return program === 'emerge' || program === 'ebuild' ? [program, '--color=n', ...words] : [program, ...words]
}

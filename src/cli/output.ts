/**
 * Messages go to standard error, what was asked for to standard output, and neither carries a byte that steers a terminal but our own colours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Asked, Colour } from './arguments.ts'
import { arrowed, type Line, paint, starred } from './text.ts'
import type { Stream, World } from './world.ts'

export interface Output {
  /** What was asked for. */
  readonly lines: (lines: readonly Line[]) => void
  /** The same as one JSON document, on one line, in ASCII. */
  readonly document: (value: object) => void
  readonly good: (text: string) => void
  readonly warn: (text: string) => void
  /** Said even with --quiet. */
  readonly bad: (text: string) => void
  /** `>>> text`. */
  readonly step: (...text: Line) => void
  readonly json: boolean
  readonly verbose: boolean
  readonly quiet: boolean
  /** Whether lines on standard output are coloured. */
  readonly colour: boolean
}

/** `standard` is the setting `color`, which an option on the command line overrules. */
export function outputFor(world: Pick<World, 'stdout' | 'stderr' | 'noColour'>, asked: Asked, standard: Colour): Output {
  const { stdout, stderr } = world
  const choice = asked.colour ?? standard
  const coloured = (stream: Stream): boolean => (choice === 'auto' ? stream.isTerminal && !world.noColour : choice === 'yes')
  const [json, quiet] = [asked.flags.has('json'), asked.flags.has('quiet')]
  const put = (stream: Stream, line: Line): void => stream.write(`${paint(line, coloured(stream))}\n`)
  const message = (line: Line): void => {
    if (!quiet) put(stderr, line)
  }
  return {
    lines: (lines) => {
      for (const line of lines) put(stdout, line)
    },
    document: (value) => stdout.write(`${asciiJson(value)}\n`),
    good: (text) => message(starred('good', text)),
    warn: (text) => message(starred('warn', text)),
    bad: (text) => put(stderr, starred('bad', text)),
    step: (...text) => message(arrowed(...text)),
    json,
    quiet,
    verbose: asked.flags.has('verbose'),
    colour: coloured(stdout),
  }
}

/** JSON may end up on a terminal too, where C1 controls and marks of direction do harm that JSON itself does not escape. */
export function asciiJson(value: object): string {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/**
 * Lines for a terminal in Portage's colours; whatever text goes in, nothing of it steers the terminal.
 *
 * Colours are the styles GOOD, WARN, BAD, PKG_MERGE and HILITE of Portage's `output.py`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { plainLine } from '../portage/terminal.ts'

export type Tone = 'good' | 'warn' | 'bad' | 'package' | 'label' | 'bold'

export type Span = string | { readonly tone: Tone; readonly text: string }

/** One line, without its end. */
export type Line = readonly Span[]

const CODES: Record<Tone, string> = { good: '32;01', warn: '33;01', bad: '31;01', package: '32', label: '36', bold: '01' }
const RESET = '\u001b[39;49;00m'

export function paint(line: Line, colour: boolean): string {
  return line
    .map((span) => {
      if (typeof span === 'string') return plain(span)
      return colour && span.text !== '' ? `\u001b[${CODES[span.tone]}m${plain(span.text)}${RESET}` : plain(span.text)
    })
    .join('')
}

/** ` * text`, as einfo, ewarn and eerror of Portage print it. */
export function starred(tone: 'good' | 'warn' | 'bad', text: string): Line {
  return [' ', { tone, text: '*' }, ` ${text}`]
}

/** `>>> text`, as emerge announces what it does. */
export function arrowed(...rest: Line): Line {
  return [{ tone: 'good', text: '>>>' }, ' ', ...rest]
}

/** Cut to `width` columns, so that a redraw never wraps; a tone stays on what is left of its span. */
export function fitted(line: Line, width: number): Line {
  let room = width
  return line.map((span) => {
    const text = plain(typeof span === 'string' ? span : span.text).slice(0, room)
    room -= text.length
    return typeof span === 'string' ? text : { tone: span.tone, text }
  })
}

/** `plainLine` cuts a message to a length that no message needs; what was asked for is shown whole. */
function plain(text: string): string {
  return text.replace(/[^]{1,1000}/g, plainLine)
}

/**
 * Reads one line that was written to a terminal as the terminal shows it: its characters with their colours, and nothing of what steers the cursor.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'cyan'

export interface Glyphs {
  readonly text: string
  readonly bold: boolean
  readonly colour: Colour | undefined
}

type Pen = Omit<Glyphs, 'text'>
type Cell = Glyphs

const PLAIN: Pen = { bold: false, colour: undefined }
const COLOURS: Readonly<Record<number, Colour>> = { 31: 'red', 32: 'green', 33: 'yellow', 34: 'blue', 36: 'cyan' }

/** A control sequence with its parameters and its end; a title; any other escape; a cursor that goes back; a character. */
// oxlint-disable-next-line no-control-regex -- control characters are what a terminal is steered by
const PARTS = /\u001b\[([\d;?]*)([A-Za-z])|\u001b\][^\u0007]*\u0007|\u001b.|(\r)|(\u0008)|([^\u0000-\u001f\u007f])/gu

/** Runs of one colour, from left to right; none for an empty line. */
export function shownOn(line: string): Glyphs[] {
  const cells: Cell[] = []
  let pen = PLAIN
  let column = 0
  for (const [, numbers = '', end, home, back, character] of line.matchAll(PARTS)) {
    if (end === 'm') pen = penAfter(pen, numbers)
    else if (end === 'K') cells.length = Math.min(cells.length, column)
    else if (home !== undefined) column = 0
    else if (back !== undefined) column = Math.max(0, column - 1)
    else if (character !== undefined) {
      while (cells.length < column) cells.push({ text: ' ', ...PLAIN })
      cells[column] = { text: character, ...pen }
      column += 1
    }
  }
  return runsOf(cells)
}

export function textOf(glyphs: readonly Glyphs[]): string {
  return glyphs.map(({ text }) => text).join('')
}

function penAfter(pen: Pen, numbers: string): Pen {
  return numbers
    .split(';')
    .map(Number)
    .reduce<Pen>((now, code) => {
      if (code === 0) return PLAIN
      if (code === 1) return { ...now, bold: true }
      if (code === 39) return { ...now, colour: undefined }
      return { ...now, colour: COLOURS[code] ?? now.colour }
    }, pen)
}

function runsOf(cells: readonly Cell[]): Glyphs[] {
  const runs: Glyphs[] = []
  for (const cell of cells) {
    const last = runs.at(-1)
    if (last !== undefined && last.bold === cell.bold && last.colour === cell.colour)
      runs[runs.length - 1] = { ...last, text: last.text + cell.text }
    else runs.push(cell)
  }
  return runs
}

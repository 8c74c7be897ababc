/**
 * Draws a scene as an SVG that needs nothing from elsewhere: no font, script, link or picture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Card, Moment, Row, Scene } from './scene.ts'
import type { Colour, Glyphs } from './terminal.ts'

const FONT = 13.5
const CHAR = FONT * 0.602 // of DejaVu Sans Mono, Menlo and most others
const LINE = 20
const COLUMNS = 103
const GUTTER = 92
const RAIL = 76
const BAR = 34
const WIDTH = Math.ceil(GUTTER + COLUMNS * CHAR + 16)
const LEGEND = 82
const HANGING = '   '
const CARD = { columns: 30, bar: 26, inset: 22 } as const

const INK = {
  ground: '#0f141b',
  window: '#161c25',
  bar: '#202835',
  edge: '#2d3746',
  text: '#cbd5e1',
  dim: '#6b7789',
  ours: '#4ade80',
  mark: '#fbbf24',
} as const
const COLOURS: Readonly<Record<Colour, string>> = { red: '#f87171', green: '#4ade80', yellow: '#facc15', blue: '#7aa2f7', cyan: '#67e8f9' }

interface Placed {
  readonly row: Row
  /** The row's own index in its scene. */
  readonly index: number
  /** The line of the window that it begins at. */
  readonly line: number
  readonly parts: readonly (readonly Glyphs[])[]
}

export function drawn({ rows, cards, moments }: Scene): string {
  const placed = placedRows(rows)
  const last = placed.at(-1)
  const lineBelow = (index: number): number =>
    placed.find((one) => one.index > index)?.line ?? (last === undefined ? 0 : last.line + last.parts.length)
  const tops = cards.map(({ below }) => yOf(lineBelow(below)) + 4)
  const cardEnd = Math.max(0, ...cards.map(({ lines }, at) => (tops[at] ?? 0) + heightOf(lines.length)))
  const bottom = Math.max(yOf(lineBelow(rows.length)), cardEnd) + 12
  const parts = [
    window(0, 0, WIDTH, bottom, 'bert on beta'),
    rail(placed, bottom),
    ...placed.map((one) => rowAt(one)),
    ...cards.map((card, at) => cardAt(card, tops[at] ?? 0)),
    ...moments.map((moment, at) => legend(moment, (at * WIDTH) / moments.length + 14, bottom + 30)),
  ]
  const height = bottom + LEGEND
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${round(height)}" width="${WIDTH}" height="${round(height)}" font-family="'DejaVu Sans Mono',Menlo,Consolas,monospace" font-size="${FONT}">`,
    '<!-- Made from a real run by `npx node test/demo/picture.ts`. SPDX-License-Identifier: GPL-2.0-or-later -->',
    `<rect width="${WIDTH}" height="${round(height)}" rx="10" fill="${INK.ground}"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

function placedRows(rows: readonly Row[]): Placed[] {
  const placed: Placed[] = []
  let line = 0
  for (const [index, row] of rows.entries()) {
    const parts = row.kind === 'folded' ? [[]] : row.tone === 'dim' ? [cut(row.glyphs)] : wrapped(row.glyphs)
    placed.push({ row, index, line, parts })
    line += parts.length
  }
  return placed
}

function yOf(line: number): number {
  return BAR + 12 + line * LINE
}

function heightOf(lines: number): number {
  return CARD.bar + lines * LINE + 14
}

function window(x: number, y: number, width: number, height: number, title: string, bar: number = BAR): string {
  const dots = ['#f87171', '#fbbf24', '#4ade80'].map(
    (fill, at) => `<circle cx="${round(x + 18 + at * 17)}" cy="${round(y + bar / 2)}" r="5" fill="${fill}"/>`,
  )
  return [
    `<rect x="${round(x + 0.5)}" y="${round(y + 0.5)}" width="${round(width - 1)}" height="${round(height - 1)}" rx="9" fill="${INK.window}" stroke="${INK.edge}"/>`,
    `<path d="M${round(x + 1)} ${round(y + bar)}v${round(10 - bar)}a9 9 0 0 1 9-9h${round(width - 20)}a9 9 0 0 1 9 9v${round(bar - 10)}z" fill="${INK.bar}"/>`,
    ...dots,
    words(title, x + width / 2, y + bar / 2 + 4, { fill: '#9aa7b8', anchor: 'middle', size: 12.5 }),
  ].join('')
}

/** Beside the times: thick and green for as long as the copy is there. */
function rail(placed: readonly Placed[], bottom: number): string {
  const at = (moment: number): number => {
    const found = placed.find(({ row }) => row.kind === 'line' && row.moment === moment)
    return yOf(found?.line ?? 0) + LINE / 2
  }
  return upright(yOf(0), bottom - 12, 2, INK.edge) + upright(at(1), at(3), 4, INK.ours)
}

function upright(from: number, to: number, width: number, ink: string): string {
  return `<path d="M${RAIL} ${round(from)}V${round(to)}" stroke="${ink}" stroke-width="${width}" stroke-linecap="round"/>`
}

function rowAt({ row, line, parts }: Placed): string {
  const y = yOf(line)
  const base = y + LINE - 6
  if (row.kind === 'folded')
    return words(`\u22ee  ${row.lines} more ${row.lines === 1 ? 'line' : 'lines'}`, GUTTER, base, { fill: INK.dim, italic: true })
  const band =
    row.tone === 'ours'
      ? `<rect x="${GUTTER - 6}" y="${round(y)}" width="${round(WIDTH - GUTTER)}" height="${parts.length * LINE}" rx="4" fill="${INK.ours}" fill-opacity="0.10"/>`
      : ''
  const time = words(`${row.at.toFixed(1)} s`, RAIL - 16, base, { fill: INK.dim, anchor: 'end', size: 12 })
  const text = parts.map((glyphs, at) => glyphsAt(glyphs, GUTTER, base + at * LINE, row.tone === 'dim' ? INK.dim : undefined)).join('')
  return band + time + text + (row.moment === undefined ? '' : badge(row.moment, RAIL, y + LINE / 2))
}

function cardAt({ at, lines, moment }: Card, top: number): string {
  const width = CARD.columns * CHAR + 2 * 14
  const left = WIDTH - width - CARD.inset
  const base = top + CARD.bar + LINE
  return [
    `<rect x="${round(left + 3)}" y="${round(top + 4)}" width="${round(width)}" height="${heightOf(lines.length)}" rx="9" fill="#000" fill-opacity="0.45"/>`,
    window(left, top, width, heightOf(lines.length), `clara, ${at.toFixed(1)} s`, CARD.bar),
    ...lines.map((glyphs, index) => glyphsAt(glyphs, left + 14, base + index * LINE, undefined)),
    moment === undefined ? '' : badge(moment, left, top + CARD.bar / 2),
  ].join('')
}

function legend({ number, at, about }: Moment, x: number, y: number): string {
  const lines = folded(about, 25)
  return [
    badge(number, x + 10, y - 4),
    words(`${at.toFixed(1)} s`, x + 28, y, { fill: INK.text, bold: true }),
    ...lines.map((line, index) => words(line, x + 28, y + 17 * (index + 1), { fill: '#9aa7b8', size: 12 })),
  ].join('')
}

function badge(number: number, x: number, y: number): string {
  const circle = `<circle cx="${round(x)}" cy="${round(y)}" r="9.5" fill="${INK.mark}"/>`
  return circle + words(String(number), x, y + 4.5, { fill: '#1c1917', anchor: 'middle', bold: true, size: 12.5 })
}

interface Style {
  readonly fill: string
  readonly anchor?: 'middle' | 'end'
  readonly bold?: boolean
  readonly italic?: boolean
  readonly size?: number
}

function words(text: string, x: number, y: number, { fill, anchor, bold, italic, size }: Style): string {
  const more = [
    anchor === undefined ? '' : ` text-anchor="${anchor}"`,
    bold === true ? ' font-weight="bold"' : '',
    italic === true ? ' font-style="italic"' : '',
    size === undefined ? '' : ` font-size="${size}"`,
  ].join('')
  return `<text x="${round(x)}" y="${round(y)}" fill="${fill}"${more}>${escaped(text)}</text>`
}

/** Each run at its own column, so that a font of another width does not move the next one. */
function glyphsAt(glyphs: readonly Glyphs[], x: number, y: number, ink: string | undefined): string {
  let column = 0
  const runs = glyphs.map(({ text, bold, colour }) => {
    const at = column
    column += text.length
    if (text.trim() === '') return ''
    const fill = ink ?? (colour === undefined ? INK.text : COLOURS[colour])
    const width = `textLength="${round(text.length * CHAR)}" lengthAdjust="spacingAndGlyphs"`
    return `<tspan x="${round(x + at * CHAR)}" fill="${fill}"${bold ? ' font-weight="bold"' : ''} ${width}>${escaped(text)}</tspan>`
  })
  return `<text y="${round(y)}" xml:space="preserve">${runs.join('')}</text>`
}

/** Lines of at most COLUMNS, broken between words; those that follow hang below the first word. */
function wrapped(glyphs: readonly Glyphs[]): Glyphs[][] {
  const lines: Glyphs[][] = [[]]
  let column = 0
  for (const glyph of glyphs) {
    for (const word of glyph.text.match(/ *[^ ]+| +/g) ?? []) {
      const isNext = column + word.length > COLUMNS
      if (isNext) lines.push([{ ...glyph, text: HANGING }])
      add(lines.at(-1) ?? [], { ...glyph, text: isNext ? word.trimStart() : word })
      column = isNext ? HANGING.length + word.trimStart().length : column + word.length
    }
  }
  return lines
}

/** Words of one colour stay one run. */
function add(line: Glyphs[], glyph: Glyphs): void {
  const last = line.at(-1)
  if (last !== undefined && last.bold === glyph.bold && last.colour === glyph.colour)
    line[line.length - 1] = { ...last, text: last.text + glyph.text }
  else line.push(glyph)
}

function cut(glyphs: readonly Glyphs[]): Glyphs[] {
  let room = COLUMNS
  return glyphs.map((glyph) => {
    const text = glyph.text.length > room ? `${glyph.text.slice(0, Math.max(0, room - 1))}\u2026` : glyph.text
    room -= text.length
    return { ...glyph, text }
  })
}

function folded(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10)
}

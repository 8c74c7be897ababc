/**
 * What a measurement is, what it should come to, and how it is written down. A figure that misses its goal is written down as it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Line } from '../../src/cli/text.ts'

/** The keys of a line of `npm run bench -- --json`. */
export interface Figure {
  readonly figure: string
  readonly ours: number
  /** The same work done by what everybody has. */
  readonly anchor: number
  readonly ratio: number
  readonly unit: 's' | 'ms' | 'MB' | 'MB/s'
}

/** Bounds of the ratio, or of our own number. */
export interface Goal {
  readonly of: 'ratio' | 'ours'
  readonly most?: number
  readonly least?: number
  readonly anchor: string
}

export const GOALS: Readonly<Record<string, Goal>> = {
  'hook-overhead': { of: 'ratio', most: 1.03, anchor: 'emerge without the hook' },
  'hook-overhead-publish': { of: 'ratio', most: 1.03, anchor: 'emerge without the hook' },
  'want-to-run': { of: 'ratio', most: 0.3, anchor: 'emerge -K of it' },
  'place-purge': { of: 'ratio', most: 1.5, anchor: 'GNU tar x + rm -r' },
  archive: { of: 'ratio', most: 1, anchor: "Portage's own gpkg" },
  'swarm-throughput': { of: 'ratio', least: 0.95, anchor: 'bare WebTorrent' },
  'idle-memory-warden': { of: 'ours', most: 60, anchor: 'Node with nothing in it' },
  'idle-memory-peer': { of: 'ours', most: 130, anchor: 'Node with nothing in it' },
  capture: { of: 'ours', most: 50, anchor: 'cp -al of the image' },
}

export function figureOf(figure: string, unit: Figure['unit'], ours: readonly number[], anchor: readonly number[]): Figure {
  const [o, a] = [median(ours), median(anchor)]
  return { figure, ours: rounded(o), anchor: rounded(a), ratio: rounded(o / a), unit }
}

/** The middle one, or the mean of the two in the middle. Of nothing there is none: RangeError. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]]
  if (low === undefined || high === undefined) throw new RangeError('the median of nothing')
  return (low + high) / 2
}

/** Four digits that count: more would only be noise. */
function rounded(number: number): number {
  return Number(number.toPrecision(4))
}

export function isMet(figure: Figure): boolean | undefined {
  const goal = GOALS[figure.figure]
  if (goal === undefined) return undefined
  return figure[goal.of] <= (goal.most ?? Infinity) && figure[goal.of] >= (goal.least ?? -Infinity)
}

export function jsonLine({ figure, ours, anchor, ratio, unit }: Figure): string {
  return JSON.stringify({ figure, ours, anchor, ratio, unit })
}

const WIDTHS = [22, 12, 12, 9, 15]

export function header(): Line {
  return [
    { tone: 'label', text: row(['figure', 'ours', 'anchor', 'ratio', 'goal']) },
    { tone: 'label', text: 'anchor is' },
  ]
}

export function tableLine(figure: Figure): Line {
  const { unit } = figure
  const goal = GOALS[figure.figure]
  const cells = [figure.figure, `${figure.ours} ${unit}`, `${figure.anchor} ${unit}`, String(figure.ratio)]
  const asked = goal === undefined ? '' : `${goal.of} ${goal.most === undefined ? `>= ${goal.least}` : `<= ${goal.most}`}`
  const met = isMet(figure)
  return [
    row(cells),
    met === undefined ? '' : { tone: met ? 'good' : 'bad', text: asked.padEnd(WIDTHS[4] ?? 0) },
    goal?.anchor ?? '',
    met === false ? { tone: 'bad', text: '  missed' } : '',
  ]
}

function row(cells: readonly string[]): string {
  return cells.map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0)).join('')
}

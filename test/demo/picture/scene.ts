/**
 * Chooses what of a recording is shown: all that Portage and standin announce, a taste of what the build writes, and how many lines are left out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError } from '../../../src/base/errors.ts'
import { oursOf } from '../phase.ts'
import type { Recording, Written } from './recording.ts'
import { type Glyphs, shownOn, textOf } from './terminal.ts'

export type Row =
  | {
      readonly kind: 'line'
      /** Seconds since `emerge` and Enter. */
      readonly at: number
      readonly glyphs: readonly Glyphs[]
      readonly tone: 'plain' | 'dim' | 'ours'
      /** The number of its moment. */
      readonly moment: number | undefined
    }
  | { readonly kind: 'folded'; readonly lines: number }

export interface Moment {
  readonly number: number
  readonly at: number
  readonly about: string
}

/** The other person's terminal from one command to the next prompt, lying over the rows from the one after `below` on. */
export interface Card {
  readonly below: number
  readonly at: number
  readonly lines: readonly (readonly Glyphs[])[]
  readonly moment: number | undefined
}

export interface Scene {
  readonly rows: readonly Row[]
  readonly cards: readonly Card[]
  readonly moments: readonly Moment[]
}

/** Lines of a build that are shown before the rest of them is left out. */
const TASTE = 2

const ANNOUNCED =
  /^(Calculating|>>> (Verifying|Emerging|Unpacking source|Configuring|Compiling|Install |Installing|Recording|Completed \())/
const MOMENTS: readonly (readonly [number, RegExp, string])[] = [
  [1, /can be used now/, 'A copy from another host stands in.'],
  [3, /stand-in purged/, 'The copy is gone; Portage merges its own build.'],
  [4, /your own build agrees/, 'The own build confirms it byte for byte.'],
]
const RUN: Pick<Moment, 'number' | 'about'> = { number: 2, about: 'Somebody runs it, while Portage builds it.' }

/** Errors: HostError BAD_STATE for a recording in which one of the moments did not come. */
export function sceneOf({ emerge, other }: Recording): Scene {
  const rows = rowsOf(emerge.filter(({ line }) => !isExit(line)))
  const commands = commandsOf(other)
  const moments = [
    ...MOMENTS.map(([number, , about]) => ({ number, about, at: timeOf(rows, number) })),
    { ...RUN, at: commands[0]?.at ?? Number.NaN },
  ]
  const missing = moments.find(({ at }) => Number.isNaN(at))
  if (missing !== undefined) throw new HostError('BAD_STATE', `the recording has no moment ${missing.number}: ${missing.about}`)
  const cards = commands.map(({ at, lines }, index) => {
    const since = rows.findLastIndex((row) => row.kind === 'line' && row.tone === 'ours' && row.at <= at)
    return { at, lines, below: since, moment: index === 0 ? RUN.number : undefined }
  })
  return { rows, cards, moments: moments.toSorted((a, b) => a.number - b.number) }
}

function rowsOf(emerge: readonly Written[]): Row[] {
  const rows: Row[] = []
  let tasted = 0
  for (const { at, line } of emerge) {
    const glyphs = shownOn(line)
    const text = textOf(glyphs)
    if (text.trim() === '') continue
    const ours = oursOf(line) !== undefined
    if (ours || ANNOUNCED.test(text) || rows.length === 0) {
      rows.push({
        kind: 'line',
        at,
        glyphs,
        tone: ours ? 'ours' : 'plain',
        moment: MOMENTS.find(([, pattern]) => ours && pattern.test(text))?.[0],
      })
      tasted = 0
    } else if (tasted < TASTE && !text.startsWith('>>>') && !text.startsWith(' *')) {
      rows.push({ kind: 'line', at, glyphs, tone: 'dim', moment: undefined })
      tasted += 1
    } else fold(rows)
  }
  return rows
}

function fold(rows: Row[]): void {
  const last = rows.at(-1)
  if (last?.kind === 'folded') rows[rows.length - 1] = { kind: 'folded', lines: last.lines + 1 }
  else rows.push({ kind: 'folded', lines: 1 })
}

function timeOf(rows: readonly Row[], moment: number): number {
  const row = rows.find((one) => one.kind === 'line' && one.moment === moment)
  return row?.kind === 'line' ? row.at : Number.NaN
}

/** A prompt with what was typed, and the lines up to the next one. */
function commandsOf(other: readonly Written[]): { at: number; lines: Glyphs[][] }[] {
  const commands: { at: number; lines: Glyphs[][] }[] = []
  for (const { at, line } of other) {
    const glyphs = shownOn(line)
    if (/^\S+@\S+ /.test(textOf(glyphs))) commands.push({ at, lines: [glyphs] })
    else if (textOf(glyphs) !== '') {
      const last = commands.at(-1)
      if (last !== undefined) commands[commands.length - 1] = { at, lines: [...last.lines, glyphs] }
    }
  }
  return commands.filter(({ lines }) => !isExit(textOf(lines[0] ?? [])))
}

function isExit(line: string): boolean {
  return /(^|[$#] )exit$/.test(textOf(shownOn(line)))
}

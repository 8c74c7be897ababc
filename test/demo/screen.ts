/**
 * Shows a story as it happens: each line with the seconds since the beginning, and while something is waited for a line that moves.
 *
 * On a terminal that line is redrawn in place; anywhere else it is a plain line now and then, and nothing is ever redrawn.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { fitted, type Line, paint } from '../../src/cli/text.ts'

export interface Surface {
  write(text: string): void
  readonly isTerminal: boolean
  readonly colour: boolean
  columns(): number
  /** Milliseconds of a clock that only goes forward. */
  now(): number
  /** Calls `tick` every `ms` until the function that is returned is called. */
  every(ms: number, tick: () => void): () => void
}

export interface Screen {
  /** Seconds since the beginning. */
  seconds(): number
  line(...spans: Line): void
  /** A line without the seconds. */
  plain(...spans: Line): void
  /** Shows that `what` is going on until `task` settles; `detail` says how far it is. */
  during<T>(what: string, task: Promise<T>, detail?: () => string): Promise<T>
}

const FRAMES = ['|', '/', '-', '\\'] as const
const REDRAW_MS = 120
const REMIND_MS = 10_000
const CLEAR = '\r\u001b[2K'

export function openScreen(surface: Surface): Screen {
  const began = surface.now()
  const seconds = (): number => (surface.now() - began) / 1000
  let redraw: (() => void) | undefined

  const put = (line: Line): void => {
    const clear = redraw === undefined ? '' : CLEAR
    surface.write(`${clear}${paint(line, surface.colour)}\n`)
    redraw?.()
  }

  const moving = (what: string, detail: () => string): (() => void) => {
    const since = surface.now()
    let frame = 0
    redraw = () => {
      const text = `${FRAMES[frame % FRAMES.length]} ${what}, ${spent(surface.now() - since)} ${detail()}`
      surface.write(`${CLEAR}${paint(fitted([stamp(seconds()), { tone: 'label', text }], surface.columns() - 1), surface.colour)}`)
    }
    redraw()
    const stop = surface.every(REDRAW_MS, () => {
      frame += 1
      redraw?.()
    })
    return () => {
      stop()
      redraw = undefined
      surface.write(CLEAR)
    }
  }

  const reminding = (what: string, detail: () => string): (() => void) => {
    const since = surface.now()
    return surface.every(REMIND_MS, () => put([stamp(seconds()), `... ${what}, ${spent(surface.now() - since)} ${detail()}`.trimEnd()]))
  }

  return {
    seconds,
    line: (...spans) => put([stamp(seconds()), ...spans]),
    plain: (...spans) => put(spans),
    async during(what, task, detail = () => '') {
      const stop = surface.isTerminal ? moving(what, detail) : reminding(what, detail)
      try {
        return await task
      } finally {
        stop()
      }
    },
  }
}

function stamp(seconds: number): string {
  return `${seconds.toFixed(1).padStart(6)} s  `
}

function spent(ms: number): string {
  return `${Math.floor(ms / 1000)} s`
}

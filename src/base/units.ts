/**
 * Sizes, times and counts as a person reads them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
const STEPS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `1.2 MB`; powers of 1000, as everything that standin says on a terminal. */
export function size(bytes: number): string {
  const step = Math.min(STEPS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const number = bytes / 1000 ** step
  return `${step > 0 && number < 9.95 ? number.toFixed(1) : Math.round(number)} ${STEPS[step]}`
}

/** `1 file`, `2 files`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** `45 s`, `3 min`, `2 h`, `5 d`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 100) return `${seconds} s`
  if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`
  return seconds < 48 * 3600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`
}

/** How long ago the ISO time `since` was; empty for what is no time or lies ahead, as clocks jump. */
export function ago(since: string, now: number): string {
  const ms = now - Date.parse(since)
  return Number.isNaN(ms) || ms < 0 ? '' : duration(ms)
}

/** `2026-11-22 15:50:01 UTC` for an ISO time. */
export function moment(iso: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(iso)
  return match === null ? iso : `${match[1]} ${match[2]} UTC`
}

/**
 * How wide the window of a build was, where that is one number from its beginning to its end; else why it is not known.
 *
 * Programs print as wide as COLUMNS says, and scripts of bash as wide as the terminal that Portage gives a phase. So it is known only where both say the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { MomentValues } from './moment.ts'

type Told = Pick<MomentValues, 'COLUMNS' | 'WINDOW'>

/** What a build was told; nothing where it was told of none. */
export function columnsOf({ COLUMNS: columns, WINDOW: window }: Told): { readonly columns?: number } {
  const told = columns ?? window ?? ''
  return told === '' ? {} : { columns: Number(told) }
}

function whyNoWidth({ COLUMNS: columns, WINDOW: window = columns }: Told): string | undefined {
  if (columns === '') return 'COLUMNS is set to what is no width: unset it'
  if (columns === undefined || window === columns) return undefined
  return `COLUMNS says ${columns}, and the terminal of its phases has ${window} columns: ${REMEDY}`
}

/** Why what was told at the beginning is not the width of the whole build, as its end shows, in one clause with the remedy; undefined where it is. */
export function whyOtherWidth(began: Told, end: Told): string | undefined {
  if (began.WINDOW !== undefined && end.WINDOW !== undefined && began.WINDOW !== end.WINDOW)
    return `its window was resized while it was built, from ${began.WINDOW} to ${end.WINDOW} columns: emerge it in one that stays as wide`
  if (began.COLUMNS !== undefined && end.COLUMNS !== undefined && began.COLUMNS !== end.COLUMNS)
    return `COLUMNS said ${began.COLUMNS} when it began and ${end.COLUMNS} when it was built: ${REMEDY}`
  return whyNoWidth(began) ?? whyNoWidth({ ...began, ...end })
}

const REMEDY = 'emerge it with COLUMNS unset, in a window that stays as wide, or with neither input nor output on one'

/**
 * Columns of words, each as wide as its widest; a column whose words are numbers stands at their ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
export type TableRow = readonly (string | number)[]

/** One line for each row, without blanks at its end; `rows` are as long as `head`. */
export function tableOf(head: readonly string[], rows: readonly TableRow[]): string[] {
  const all: readonly TableRow[] = [head, ...rows]
  const width = (at: number): number => Math.max(...all.map((row) => String(row[at] ?? '').length))
  const isNumber = (at: number): boolean => rows.length > 0 && rows.every((row) => typeof row[at] === 'number')
  const columns = head.map((_, at) => ({ width: width(at), right: isNumber(at) }))
  return all.map((row) =>
    columns
      .map(({ width: wide, right }, at) => (right ? String(row[at] ?? '').padStart(wide) : String(row[at] ?? '').padEnd(wide)))
      .join('  ')
      .trimEnd(),
  )
}

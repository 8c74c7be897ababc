/**
 * What `npm run bench -- ...` was asked for, checked once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { parseArgs } from 'node:util'
import { UserError } from '../../src/base/errors.ts'

export interface Asked<Name extends string> {
  /** In the order in which they are measured. */
  readonly measurements: readonly Name[]
  readonly json: boolean
  /** Of each side; undefined where each figure has its own number. */
  readonly runs: number | undefined
}

/** Errors: UserError USAGE. */
export function askedOf<Name extends string>(argv: readonly string[], known: readonly Name[]): Asked<Name> {
  const { values, positionals } = parsed(argv, known)
  const unknown = positionals.find((name) => !known.some((one) => one === name))
  if (unknown !== undefined) throw new UserError('USAGE', `there is no figure ${JSON.stringify(unknown)}; ${usage(known)}`)
  const runs = values.runs === undefined ? undefined : Number(values.runs)
  if (runs !== undefined && !(Number.isInteger(runs) && runs >= 1 && runs <= 1000))
    throw new UserError('USAGE', `--runs is a number from 1 to 1000; ${usage(known)}`)
  const measurements = known.filter((name) => positionals.length === 0 || positionals.includes(name))
  return { measurements, json: values.json === true, runs }
}

function parsed(argv: readonly string[], known: readonly string[]): { values: { json?: boolean; runs?: string }; positionals: string[] } {
  try {
    return parseArgs({ args: [...argv], options: { json: { type: 'boolean' }, runs: { type: 'string' } }, allowPositionals: true })
  } catch (error) {
    throw new UserError('USAGE', `${error instanceof Error ? error.message : String(error)}; ${usage(known)}`, { cause: error })
  }
}

function usage(known: readonly string[]): string {
  return `usage: npm run bench -- [--json] [--runs N] [${known.join(' | ')}]...`
}

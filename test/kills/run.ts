/**
 * Kills emerge, warden and peer at random moments of real emerges and ends with a table of what was tried and what was found.
 *
 *     node test/kills/run.ts [--seed N] [--times N] [--of VICTIM]... [--only VICTIM:MOMENT:AWAY]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { parseArgs } from 'node:util'
import { StandinError } from '../../src/base/errors.ts'
import { takeGround } from '../support/ground/ready.ts'
import { tableOf } from '../support/table.ts'
import { campaign } from './campaign.ts'
import { type Aim, type Victim, VICTIMS } from './round.ts'

const TIMES = 200

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const values = asked()
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : wholeNumber(values.seed)
const times = values.times === undefined ? TIMES : wholeNumber(values.times)
const only = values.only === undefined ? undefined : aimOf(values.only)
const victims = only === undefined ? (values.of ?? VICTIMS).map(victimOf) : [only.victim]
const release = await ground()
say(`seed ${seed}`)
const { rows, found } = await campaign({ seed, times, victims, only, say })
await release()
const table = tableOf(
  ['killed', 'tried', 'wrong'],
  rows.map(({ victim, tried, wrong }) => [victim, tried, wrong]),
)
process.stdout.write(`\n${table.join('\n')}\n`)
for (const line of found) process.stdout.write(`${line}\n`)
process.stdout.write(`\nseed ${seed}; ${found.length} wrong\n`)
process.exitCode = found.length > 0 || rows.every(({ tried }) => tried === 0) ? 1 : 0

type Values = { readonly [name in 'seed' | 'times' | 'only']?: string } & { readonly of?: string[] }

function asked(): Values {
  const options = {
    seed: { type: 'string' },
    times: { type: 'string' },
    only: { type: 'string' },
    of: { type: 'string', multiple: true },
  } as const
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return misused(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error))
  }
}

function wholeNumber(text: string): number {
  return /^\d{1,10}$/.test(text) ? Number(text) : misused(`${text} is no whole number`)
}

function victimOf(text: string): Victim {
  return VICTIMS.find((one) => one === text) ?? misused(`${text} is none of ${VICTIMS.join(', ')}`)
}

function aimOf(text: string): Aim {
  const [victim = '', after = '', away = '0'] = text.split(':')
  return { victim: victimOf(victim), afterMs: wholeNumber(after), awayMs: wholeNumber(away) }
}

function misused(why: string): never {
  say(`${why}; usage: npm run test:kills -- [--seed N] [--times N] [--of ${VICTIMS.join('|')}]... [--only VICTIM:MOMENT:AWAY]`)
  process.exit(2)
}

async function ground(): Promise<() => Promise<void>> {
  try {
    return (await takeGround(say)).release
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    say(`no emerge can be killed here: ${error.message}`)
    return process.exit(1)
  }
}

/**
 * `npm run bench`: sets up all that it needs and measures standin beside what everybody has, each figure by turns on the same machine.
 *
 *     npm run bench -- [--json] [--runs N] [FIGURE]...
 *
 * Figures go to standard output as they are done; what is being measured, and the load of the machine, to standard error.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { loadavg } from 'node:os'
import { StandinError } from '../../src/base/errors.ts'
import { paint } from '../../src/cli/text.ts'
import { openScreen, type Screen } from '../demo/screen.ts'
import { takeGround } from '../support/ground/ready.ts'
import { createNetwork } from '../support/host/network.ts'
import { type Asked, askedOf } from './arguments.ts'
import { type Figure, header, jsonLine, tableLine } from './figure.ts'
import type { Bench, Measure } from './measure.ts'
import { archive } from './figures/archive.ts'
import { capture } from './figures/capture.ts'
import { hookOverhead, hookOverheadPublish } from './figures/hookOverhead.ts'
import { idleMemory } from './figures/idleMemory.ts'
import { placePurge } from './figures/placePurge.ts'
import { swarmThroughput } from './figures/swarmThroughput.ts'
import { wantToRun } from './figures/wantToRun.ts'

const MEASURES = {
  'hook-overhead': hookOverhead,
  'hook-overhead-publish': hookOverheadPublish,
  'want-to-run': wantToRun,
  'place-purge': placePurge,
  archive,
  'swarm-throughput': swarmThroughput,
  'idle-memory': idleMemory,
  capture,
} satisfies Record<string, Measure>

type Name = keyof typeof MEASURES

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant
const NAMES = Object.keys(MEASURES) as Name[]

const coloured = (stream: NodeJS.WriteStream): boolean => stream.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'

const screen = openScreen({
  write: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY,
  colour: coloured(process.stderr),
  columns: () => process.stderr.columns || 80,
  now: () => performance.now(),
  every(ms, tick) {
    const timer = setInterval(tick, ms)
    return () => clearInterval(timer)
  },
})

try {
  await measureAll(askedOf(process.argv.slice(2), NAMES), screen)
} catch (error) {
  if (!(error instanceof StandinError)) throw error
  fail(error.code === 'NOT_ROOT' ? `${error.message}; run it as root, on a machine or in a container where that is allowed` : error.message)
}

async function measureAll(asked: Asked<Name>, on: Screen): Promise<void> {
  const ground = await takeGround((line) => on.line(line))
  try {
    if (!asked.json) process.stdout.write(`${paint(header(), coloured(process.stdout))}\n`)
    for (const name of asked.measurements) {
      for (const figure of await measure(name, asked, on)) {
        const line = asked.json ? jsonLine(figure) : paint(tableLine(figure), coloured(process.stdout))
        process.stdout.write(`${line}\n`)
      }
    }
  } finally {
    await ground.release()
  }
}

/** A measurement that cannot be made is told, and the others go on. */
async function measure(name: Name, asked: Asked<Name>, on: Screen): Promise<readonly Figure[]> {
  const network = await createNetwork({ name: 'bench' })
  let doing = ''
  const bench: Bench = {
    network,
    runs: (usual) => asked.runs ?? usual,
    tell: (text) => (doing = text),
  }
  try {
    const figures = await on.during(name, MEASURES[name](bench), () => doing)
    on.line(`${name} done; load of this machine ${loadavg()[0]?.toFixed(1)}`)
    return figures
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    fail(`${name}: ${error.message}`)
    return []
  } finally {
    await network.close()
  }
}

function fail(text: string): void {
  process.stderr.write(`the bench failed: ${text}\n`)
  process.exitCode = 1
}

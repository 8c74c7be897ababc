/**
 * `npm run demo`: sets up all that it needs, shows the main job of standin on two hosts with real Portage, and fails where it was not done.
 *
 *     npm run demo -- [--package CATEGORY/NAME] [--json]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { StandinError, UserError } from '../../src/base/errors.ts'
import { paths } from '../support/ground/paths.ts'
import { takeGround } from '../support/ground/ready.ts'
import { createNetwork } from '../support/host/network.ts'
import { type Asked, askedOf } from './arguments.ts'
import { faults, jsonLine, table } from './result.ts'
import { openScreen, type Screen } from './screen.ts'
import { tell } from './story.ts'

/** Lines are coloured where a person reads them: https://no-color.org. */
const colour = process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'

const screen = openScreen({
  write: (text) => void process.stdout.write(text),
  isTerminal: process.stdout.isTTY,
  colour,
  columns: () => process.stdout.columns || 80,
  now: () => performance.now(),
  every(ms, tick) {
    const timer = setInterval(tick, ms)
    return () => clearInterval(timer)
  },
})

try {
  const asked = askedOf(process.argv.slice(2))
  const wrong = await show(asked, screen)
  for (const fault of wrong) process.stderr.write(`the demo failed: ${fault}\n`)
  process.exitCode = wrong.length === 0 ? 0 : 1
} catch (error) {
  if (!(error instanceof StandinError)) throw error
  process.stderr.write(`the demo failed: ${remedied(error)}\n`)
  process.exitCode = 1
}

/** Sentences for what was not as it must be. */
async function show(asked: Asked, on: Screen): Promise<string[]> {
  const [category, name] = asked.package.split('/')
  if (!existsSync(join(paths.repository, category ?? '', name ?? ''))) {
    throw new UserError('NOT_FOUND', `there is no ebuild of ${asked.package}: see test/support/README.md for those that are there`)
  }
  const ground = await takeGround((line) => on.line(line))
  const network = await createNetwork({ name: 'demo' })
  try {
    const { result, told } = await tell(asked, network, on)
    on.plain('')
    for (const line of table(result, told)) on.plain(...line)
    if (asked.json) process.stdout.write(`${jsonLine(result)}\n`)
    return faults(result, told)
  } finally {
    await network.close()
    await ground.release()
  }
}

function remedied(error: StandinError): string {
  return error.code === 'NOT_ROOT'
    ? `${error.message}; run it as root, on a machine or in a container where that is allowed`
    : error.message
}

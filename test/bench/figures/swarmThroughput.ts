/**
 * 200 MB from one process to another on loopback, checked and hashed as standin does it, beside WebTorrent alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { paths } from '../../support/ground/paths.ts'
import { program } from '../../support/ground/program.ts'
import { figureOf } from '../figure.ts'
import type { Measure } from '../measure.ts'
import type { Runs } from '../runs.ts'

/** In a network of its own: what others announce on this machine is not heard. */
const ALONE = 'ip link set lo up && exec "$@"'

export const swarmThroughput: Measure = async ({ runs: count, tell }) => {
  const made = join(paths.made, 'bench')
  mkdirSync(made, { recursive: true })
  const folder = mkdtempSync(join(made, 'swarm-'))
  tell('on a loopback of its own')
  try {
    const node = [process.execPath, join(import.meta.dirname, '../programs/swarm.ts'), folder, String(count(5))]
    const said = await program('measuring swarm-throughput', ['unshare', '--net', 'sh', '-c', ALONE, 'alone', ...node])
    const runs: Runs = JSON.parse(said)
    return [figureOf('swarm-throughput', 'MB/s', runs.ours, runs.anchor)]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

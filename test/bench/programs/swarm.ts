/**
 * Moves one file between two processes, by turns with standin's swarm and with WebTorrent alone, and prints MB/s of each run, as JSON.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { offerOf } from '../../swarm/support.ts'
import { alternate } from '../runs.ts'

const MEGABYTES = 200
const PATIENCE_MS = 120_000

const [folder = '', count = '1'] = process.argv.slice(2)
const path = await makeGiven()
const runs = await alternate(Number(count), { ours: () => move('ours'), anchor: () => move('bare') })
process.stdout.write(`${JSON.stringify(runs)}\n`)

async function move(how: 'ours' | 'bare'): Promise<number> {
  const giver = program('give.ts', path, folder, how)
  try {
    await firstLine(giver)
    return MEGABYTES / Number(await firstLine(program('take.ts', folder, how)))
  } finally {
    giver.kill('SIGKILL')
    for (const left of ['taken', 'give', 'take']) rmSync(join(folder, left), { recursive: true, force: true })
  }
}

function program(name: string, ...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, name), ...args], { stdio: ['ignore', 'pipe', 'inherit'], timeout: PATIENCE_MS })
}

async function firstLine(child: ChildProcess): Promise<string> {
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnargs[1]} ended with ${code}`)
  })
  exited.catch(() => undefined)
  const [chunk] = await Promise.race([once(child.stdout ?? child, 'data'), exited])
  return String(chunk).trim()
}

/** Under the name that it has in its torrent, where WebTorrent looks for it; the offer beside it. */
async function makeGiven(): Promise<string> {
  const draft = join(folder, 'draft')
  const fd = openSync(draft, 'wx')
  for (let at = 0; at < MEGABYTES; at += 1) writeSync(fd, randomBytes(1_000_000))
  closeSync(fd)
  const offer = await offerOf(draft)
  writeFileSync(join(folder, 'offer.json'), JSON.stringify(offer))
  mkdirSync(join(folder, 'given'))
  const given = join(folder, 'given', offer.archive.name)
  renameSync(draft, given)
  return given
}

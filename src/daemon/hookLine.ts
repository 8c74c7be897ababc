/**
 * Hears every line that bash writes into /run/standin/hooks, in order, and drops what is not one of ours with one log line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { constants, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { hostError } from '../base/errors.ts'
import { lineCutter } from '../base/lines.ts'
import { makeFifo } from './fifo.ts'
import { MAX_MOMENT_BYTES, type Moment, parseMoment } from './moment.ts'

export interface HookLine {
  close(): void
}

/**
 * Makes the FIFO and listens. Lines that came in one read are handed over as one batch, so that a warden which was stopped for a while sees
 * the end of a build together with its beginning and doesn't start what is over.
 */
export async function openHookLine(path: string, heard: (batch: Moment[]) => void, log: (line: string) => void): Promise<HookLine> {
  try {
    rmSync(path, { force: true })
    await makeFifo(path)
  } catch (error) {
    throw hostError(`could not make ${path}`, error)
  }
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  const stream = new Socket({ fd, readable: true, writable: false })
  let cutter = lineCutter(MAX_MOMENT_BYTES)
  stream.on('data', (chunk: Buffer) => {
    const batch: Moment[] = []
    try {
      for (const line of cutter.push(chunk)) batch.push(...one(line, log))
    } catch (error) {
      log(`hooks: ${String(error)}`)
      cutter = lineCutter(MAX_MOMENT_BYTES)
    }
    if (batch.length > 0) heard(batch)
  })
  stream.on('error', (error) => log(`hooks: ${error.message}`))
  return {
    close() {
      stream.destroy()
      rmSync(path, { force: true })
    },
  }
}

function one(line: string, log: (line: string) => void): Moment[] {
  try {
    return [parseMoment(line)]
  } catch (error) {
    log(`hooks: ${String(error)}`)
    return []
  }
}

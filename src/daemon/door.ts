/**
 * The door of one build: a FIFO below /run/standin/builds at which bash waits until the way is free; no door, nothing to wait for.
 *
 * It stands from the moment a build is followed until it is settled. Opening a FIFO for reading and writing never blocks, on either side.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { closeSync, constants, lstatSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { hostError, systemCode } from '../base/errors.ts'

export interface Door {
  /** `taken`: heard, keep waiting. `done`: the way is free. A reader that went away is no error: the line is simply lost. */
  answer(word: 'taken' | 'done', nonce: string): void
  remove(): void
}

/** Makes the door `name` (see `buildKey`). Errors: HostError IO, also for a name above 255 bytes. */
export async function makeDoor(folder: string, name: string): Promise<Door> {
  const path = join(folder, name)
  let fd: number
  try {
    rmSync(path, { force: true })
    await execa('mkfifo', ['-m', '0600', path])
    fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  } catch (error) {
    throw hostError(`could not make ${path}`, error)
  }
  let removed = false
  return {
    answer(word, nonce) {
      if (removed) return
      try {
        writeSync(fd, `${word} ${nonce}\n`)
      } catch (error) {
        // A full pipe means that nobody has read 64 KiB of answers: nobody is waiting.
        if (systemCode(error) !== 'EAGAIN') throw hostError(`could not answer at ${path}`, error)
      }
    },
    remove() {
      if (removed) return
      removed = true
      rmSync(path, { force: true })
      closeSync(fd)
    },
  }
}

/** Whether `path` is a FIFO, without following a link. */
export function isFifo(path: string): boolean {
  try {
    return lstatSync(path).isFIFO()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}

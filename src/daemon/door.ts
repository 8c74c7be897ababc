/**
 * The door of one build: a FIFO below /run/standin/builds at which bash waits until the way is free; no door, nothing to wait for.
 *
 * It stands from the moment a build is followed until it is settled. Before that bash has put a plain file there, which says that the build was told
 * of; and who goes on without having been answered puts another beside it, which says that the merge must not be counted on to wait any more.
 * Opening a FIFO for reading and writing never blocks, on either side.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { closeSync, constants, existsSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { hostError, systemCode } from '../base/errors.ts'
import { makeFifo } from './fifo.ts'

export interface Door {
  /** `taken`: heard, keep waiting. `done`: the way is free. A reader that went away is no error: the line is simply lost. */
  answer(word: 'taken' | 'done', nonce: string): void
  /** Whether the merge has gone on without an answer: what is seen of its image may be half moved away, and nothing may be placed any more. */
  isLeft(): boolean
  remove(): void
}

const LEFT = '.alone'

/** Makes the door `name` (see `buildKey`) in place of whatever is there. Errors: HostError IO, also for a name above 245 bytes. */
export async function makeDoor(folder: string, name: string): Promise<Door> {
  const path = join(folder, name)
  const fd = await openNew(path)
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
    isLeft: () => isLeft(folder, name),
    remove() {
      if (removed) return
      removed = true
      try {
        forgetDoor(folder, name)
      } finally {
        closeSync(fd)
      }
    },
  }
}

async function openNew(path: string): Promise<number> {
  let fd: number | undefined
  try {
    rmSync(`${path}.new`, { force: true })
    await makeFifo(`${path}.new`)
    fd = openSync(`${path}.new`, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    renameSync(`${path}.new`, path)
    return fd
  } catch (error) {
    if (fd !== undefined) closeSync(fd)
    throw hostError(`could not make ${path}`, error)
  }
}

export function isLeft(folder: string, name: string): boolean {
  return existsSync(join(folder, `${name}${LEFT}`))
}

/** Removes what bash has put there for a build that is not followed. Idempotent. */
export function forgetDoor(folder: string, name: string): void {
  rmSync(join(folder, name), { force: true })
  rmSync(join(folder, `${name}${LEFT}`), { force: true })
}

/** At start-up: only the builds of `names` are followed. */
export function forgetOtherDoors(folder: string, names: ReadonlySet<string>): void {
  for (const entry of readdirSync(folder)) if (!names.has(entry.replace(/\.(alone|new)$/, ''))) rmSync(join(folder, entry), { force: true })
}

/**
 * What is half there when a peer is killed, or a fetch has stalled, is taken up by the next one that fetches the same torrent, or goes. Nothing of it is believed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { lstat, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hostError } from '../base/errors.ts'

export interface Parts {
  readonly folder: string
  /** Where `size` bytes of the torrent are put. `isLeft`: an earlier peer has put some of them there, and whoever reads must check them. */
  place(infohash: string, size: number): Promise<{ readonly path: string; readonly isLeft: boolean }>
  /** What a fetch has put there is left for the next one, for as long as that is. */
  leave(infohash: string): Promise<void>
  close(): void
}

/** How long what an earlier fetch has left waits for somebody who wants it; most of such files that do. */
const KEEP_MS = 60_000
const MAX_LEFT = 8

/** Errors: HostError IO, DISK_FULL. */
export async function openParts(folder: string): Promise<Parts> {
  const left = new Map<string, NodeJS.Timeout>()
  const forget = (name: string): void => {
    clearTimeout(left.get(name))
    left.delete(name)
    void rm(join(folder, name), { force: true }).catch(() => undefined)
  }
  const keep = (name: string): void => {
    left.set(name, setTimeout(() => forget(name), KEEP_MS).unref())
    const [oldest] = left.keys()
    if (left.size > MAX_LEFT && oldest !== undefined) forget(oldest)
  }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (const name of await whatIsLeft(folder)) keep(name)
  } catch (error) {
    throw hostError(`could not empty ${folder}`, error)
  }
  return {
    folder,
    async place(infohash, size) {
      const path = join(folder, infohash)
      clearTimeout(left.get(infohash))
      if (!left.delete(infohash)) return { path, isLeft: false }
      const found = await lstat(path).catch(() => undefined)
      if (found?.isFile() === true && found.size <= size) return { path, isLeft: true }
      await rm(path, { recursive: true, force: true })
      return { path, isLeft: false }
    },
    async leave(infohash) {
      const path = join(folder, infohash)
      const found = await lstat(path).catch(() => undefined)
      if (found?.isFile() === true && found.size > 0) keep(infohash)
      else await rm(path, { force: true })
    },
    close() {
      for (const timer of left.values()) clearTimeout(timer)
    },
  }
}

/** Names of torrents; whatever else is there is removed. */
async function whatIsLeft(folder: string): Promise<Set<string>> {
  const names = await readdir(folder)
  const kept = names.filter((name) => /^[0-9a-f]{40}$/.test(name)).slice(0, MAX_LEFT)
  for (const name of names) if (!kept.includes(name)) await rm(join(folder, name), { recursive: true, force: true })
  return new Set(kept)
}

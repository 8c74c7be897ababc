/**
 * A made archive, the offer of it, and swarms on loopback that are closed when their test ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Family } from '../../src/package/family.ts'
import { archiveTorrent } from '../../src/swarm/archiveTorrent.ts'
import { openSwarm, type Swarm, type SwarmLine, type SwarmOptions } from '../../src/swarm/swarm.ts'
import type { Offer } from '../../src/swarm/wire.ts'
import { atEnd } from '../support/atEnd.ts'

/** Local discovery is for all processes of the machine: those that test beside each other look for families of their own. */
export const family: Family = {
  repository: 'gentoo',
  category: 'app-misc',
  name: `hello${process.pid}`,
  version: '2.12-r1',
  chost: 'x86_64-pc-linux-gnu',
}

export const otherFamily: Family = { ...family, name: `goodbye${process.pid}` }

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'standin-swarm-'))
  atEnd(t, () => rm(folder, { recursive: true, force: true }))
  return folder
}

export interface Made {
  readonly offer: Offer
  readonly path: string
  readonly bytes: Buffer
}

export async function makeArchive(t: TestContext, size: number): Promise<Made> {
  const path = join(await temporaryFolder(t), 'made.gpkg.tar')
  const bytes = randomBytes(size)
  await writeFile(path, bytes)
  return { offer: await offerOf(path), path, bytes }
}

export async function offerOf(path: string): Promise<Offer> {
  const { sha256, size, name, infohash, pieceLength, pieces } = await archiveTorrent(path)
  const id = 'a'.repeat(64)
  return {
    family,
    slot: '0',
    recipe: id,
    environment: id,
    linkage: id,
    content: id,
    stable: id,
    metadata: id,
    archive: { sha256, size, name, infohash, pieceLength, pieces },
    image: { files: 3, bytes: size },
    requires: [{ category: 'x86_64', sonames: ['libc.so.6'] }],
    attestations: [],
  }
}

export interface TestSwarm extends Swarm {
  readonly lines: SwarmLine[]
  readonly folder: string
}

/** A swarm on loopback: nothing is found unless the test says how. */
export async function testSwarm(t: TestContext, options: Partial<SwarmOptions> = {}): Promise<TestSwarm> {
  const folder = await temporaryFolder(t)
  const lines: SwarmLine[] = []
  const swarm = await openSwarm({
    host: '127.0.0.1',
    lsd: false,
    dht: false,
    trackers: [],
    webSeeds: [],
    cacheFolder: join(folder, 'cache'),
    log: (line) => lines.push(line),
    ...options,
  })
  atEnd(t, () => swarm.close())
  return { ...swarm, lines, folder }
}

/** The first offer that `swarm` hears of. */
export function firstOffer(t: TestContext, swarm: Swarm, of: Family = family): Promise<Offer> {
  const end = new AbortController()
  atEnd(t, () => {
    end.abort()
  })
  return new Promise((resolve) => {
    swarm.find(of, { signal: end.signal, onOffer: resolve })
  })
}

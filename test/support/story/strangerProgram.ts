/**
 * A peer that anybody could run: gives what lies beside it, under offers that say what they like. `/root/stranger.json` names both.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync } from 'node:fs'
import { archiveTorrent } from '../../../src/swarm/archiveTorrent.ts'
import { openSwarm } from '../../../src/swarm/swarm.ts'
import type { Offer } from '../../../src/swarm/wire.ts'

interface Given {
  readonly draft: Omit<Offer, 'archive'>
  readonly path: string
  /** Whether it has the bytes, or only says so. */
  readonly has: boolean
}

const all: Given[] = JSON.parse(readFileSync('/root/stranger.json', 'utf8'))
const swarm = await openSwarm({
  host: '::',
  lsd: true,
  dht: false,
  trackers: [],
  webSeeds: [],
  cacheFolder: '/root/cache',
  log: ({ what, error }) => process.stdout.write(`${what}: ${String(error)}\n`),
})
const offers: Offer[] = []
for (const { draft, path, has } of all) {
  const { sha256, size, name, infohash, pieceLength, pieces } = await archiveTorrent(path)
  const offer = { ...draft, archive: { sha256, size, name, infohash, pieceLength, pieces } }
  if (has) await swarm.seed(offer, path, { checked: true })
  offers.push(offer)
}
for (const offer of offers.slice(0, 1)) swarm.serve(offer.family, () => offers)
process.stdout.write('the stranger is ready\n')

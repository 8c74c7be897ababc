/**
 * Fetches what give.ts seeds, by standin's swarm (`ours`) or by WebTorrent alone (`bare`), and prints the seconds from asking to the whole file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import WebTorrent from 'webtorrent'
import { torrentFromOffer } from '../../../src/swarm/archiveTorrent.ts'
import { openSwarm } from '../../../src/swarm/swarm.ts'
import type { Offer } from '../../../src/swarm/wire.ts'
import { addKept, BARE, LOOPBACK } from './bare.ts'

const [folder = '', how = ''] = process.argv.slice(2)
const wanted: Offer = JSON.parse(readFileSync(`${folder}/offer.json`, 'utf8'))
const into = `${folder}/taken`
mkdirSync(into)
const seconds = how === 'ours' ? await takeOurs() : await takeBare()
process.stdout.write(`${seconds}\n`)
process.exit(0)

/** From the moment that the offer is known: finding it is measured by want-to-run. */
async function takeOurs(): Promise<number> {
  const swarm = await openSwarm({
    host: LOOPBACK,
    lsd: true,
    dht: false,
    trackers: [],
    webSeeds: [],
    cacheFolder: `${folder}/take`,
    log: (line) => void process.stderr.write(`${String(line.error)}\n`),
  })
  const end = new AbortController()
  const offer = await new Promise<Offer>((resolve) => {
    swarm.find(wanted.family, { signal: end.signal, onOffer: resolve })
  })
  const began = performance.now()
  await swarm.get(offer, { signal: end.signal, into })
  return (performance.now() - began) / 1000
}

async function takeBare(): Promise<number> {
  const client = new WebTorrent(BARE)
  const port = readFileSync(`${folder}/port`, 'utf8')
  const began = performance.now()
  const torrent = addKept(client, torrentFromOffer(wanted), { path: into })
  await once(torrent, 'infoHash')
  torrent.addPeer(`${LOOPBACK}:${port}`)
  await once(torrent, 'done')
  return (performance.now() - began) / 1000
}

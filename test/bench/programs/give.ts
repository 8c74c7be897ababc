/**
 * Seeds the file that is its first argument until it is killed, by standin's swarm (`ours`) or by WebTorrent alone (`bare`); says when it is ready.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import WebTorrent from 'webtorrent'
import { torrentFromOffer } from '../../../src/swarm/archiveTorrent.ts'
import { openSwarm } from '../../../src/swarm/swarm.ts'
import type { Offer } from '../../../src/swarm/wire.ts'
import { addKept, BARE, LOOPBACK } from './bare.ts'

const [path = '', folder = '', how = ''] = process.argv.slice(2)
const offer: Offer = JSON.parse(readFileSync(`${folder}/offer.json`, 'utf8'))
if (how === 'ours') await giveOurs()
else await giveBare()
process.stdout.write('ready\n')

async function giveOurs(): Promise<void> {
  const swarm = await openSwarm({
    host: LOOPBACK,
    lsd: true,
    dht: false,
    trackers: [],
    webSeeds: [],
    maxUploadBytesPerSecond: 2 ** 30,
    cacheFolder: `${folder}/give`,
    log: (line) => void process.stderr.write(`${String(line.error)}\n`),
  })
  await swarm.seed(offer, path, { checked: true })
  swarm.serve(offer.family, () => [offer])
}

async function giveBare(): Promise<void> {
  const client = new WebTorrent(BARE)
  const torrent = addKept(client, torrentFromOffer(offer), { path: dirname(path), skipVerify: true })
  await once(torrent, 'ready')
  writeFileSync(`${folder}/port`, String(client.torrentPort))
}

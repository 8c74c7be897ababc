/**
 * A host on which others find each other: a tracker, and the node by which the mainline DHT is entered, each on the network of the test alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { build } from 'esbuild'
import { paths } from '../ground/paths.ts'
import type { Host } from '../host/host.ts'
import type { Network } from '../host/network.ts'
import { startTracker } from '../standin/tracker.ts'

export interface Meeting {
  readonly host: Host
  /** Announce address of the tracker. */
  readonly announce: string
  /** Lines of /etc/hosts by which the DHT's well-known nodes are this one; names that are looked up elsewhere leave the host as DNS. */
  readonly names: string
}

const PORT = 6881
const NODES = ['router.bittorrent.com', 'router.utorrent.com', 'dht.transmissionbt.com', 'dht.libtorrent.org']

const SOURCE = `
import { Client } from 'bittorrent-dht'
const node = new Client({ bootstrap: false })
node.listen(${PORT}, process.argv[2], () => console.log('node listens'))
`

export async function openMeeting(network: Network): Promise<Meeting> {
  const host = await network.createHost({ name: 'meeting' })
  const announce = await startTracker(host)
  const made = await build({
    stdin: { contents: SOURCE, resolveDir: paths.top, loader: 'js' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    logLevel: 'error',
  })
  host.write('/tmp/node.mjs', made.outputFiles[0]?.contents ?? '')
  const node = await host.start(['node', '/tmp/node.mjs', host.address])
  await node.waitFor(/node listens/)
  return { host, announce, names: NODES.map((name) => `${host.address} ${name}\n`).join('') }
}

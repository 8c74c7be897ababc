/**
 * A real tracker on a host: `bittorrent-tracker`, bundled, listening on the host's own address.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { build } from 'esbuild'
import { join } from 'node:path'
import { paths } from '../ground/paths.ts'
import type { Host } from '../host/host.ts'

const PORT = 6969

const SOURCE = `
import { Server } from 'bittorrent-tracker'
const server = new Server({ udp: false, ws: false, http: true, stats: false })
server.on('warning', (error) => console.log('warning ' + error.message))
server.listen(${PORT}, process.argv[2], () => console.log('tracker listens'))
`

/** Starts it and gives its announce address. It ends with the host. */
export async function startTracker(host: Host): Promise<string> {
  const result = await build({
    stdin: { contents: SOURCE, resolveDir: paths.top, loader: 'js' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    external: ['bufferutil', 'utf-8-validate'],
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    alias: { 'webrtc-polyfill': join(paths.top, 'packaging/no-webrtc/index.js') },
    logLevel: 'error',
  })
  host.write('/tmp/tracker.mjs', result.outputFiles[0]?.contents ?? '')
  const tracker = await host.start(['node', '/tmp/tracker.mjs', host.address])
  await tracker.waitFor(/tracker listens/)
  return `http://${host.address}:${PORT}/announce`
}

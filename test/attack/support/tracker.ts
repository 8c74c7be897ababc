/**
 * A tracker that tells everybody the same addresses, or does what no tracker should.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import { portOf } from '../../swarm/stranger.ts'
import { atEnd } from '../../support/atEnd.ts'

/** Gives back its announce address. */
export async function startTracker(t: TestContext, answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_request, response) => {
    response.on('error', () => undefined)
    answer(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(t, () => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${portOf(server)}/announce`
}

/** Names these addresses, in their order. */
export function naming(addresses: readonly string[]): (response: ServerResponse) => void {
  const compact = addresses.map((address) => {
    const [host = '', port = ''] = address.split(':')
    return Buffer.from([...host.split('.').map(Number), Number(port) >> 8, Number(port) & 0xff])
  })
  const peers = Buffer.concat(compact)
  return (response) => void response.end(Buffer.concat([Buffer.from(`d8:intervali900e5:peers${peers.length}:`), peers, Buffer.from('e')]))
}

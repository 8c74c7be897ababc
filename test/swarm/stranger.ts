/**
 * A peer that keeps to the BitTorrent protocol just as far as its test says: raw sockets, so that each fault goes out exactly as it is written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { EXTENSION } from '../../src/swarm/wire.ts'
import { atEnd } from '../support/atEnd.ts'

/** The number that a stranger gives `standin_offers` in its extended handshake. */
export const OFFERS = 7

export interface Stranger {
  readonly socket: Socket
  send(id: number, payload?: Uint8Array): void
  extended(id: number, payload: Uint8Array | string): void
  /** Calls back for each message that comes in: its id and its payload. */
  onMessage(hear: (id: number, payload: Buffer) => void): void
  /** Resolves when the other side has closed the connection. */
  readonly closed: Promise<void>
}

/** Calls the swarm at `port` for `infohash` and says hello. `listens` is what it says of its own port, `host` where it calls from. */
export async function callAs(
  t: TestContext,
  port: number,
  infohash: string,
  listens: number = 0,
  host: string = '127.0.0.1',
): Promise<Stranger> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: host })
  await once(socket, 'connect')
  return greet(t, socket, infohash, listens)
}

/** Waits for the swarm to call; `behave` gets each connection after the hello. Gives back its port. */
export async function listenAs(
  t: TestContext,
  infohash: string,
  behave: (stranger: Stranger) => void,
  host: string = '127.0.0.1',
): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    behave(greet(t, socket, infohash, 0))
  })
  server.listen(0, host)
  await once(server, 'listening')
  atEnd(t, () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return portOf(server)
}

export function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on a port')
  return address.port
}

export function uint32(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4)
  for (const [index, number] of numbers.entries()) bytes.writeUInt32BE(number, index * 4)
  return bytes
}

/** The hello of a connection that is there already. */
export function greet(t: TestContext, socket: Socket, infohash: string, listens: number): Stranger {
  atEnd(t, () => socket.destroy())
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve()
    })
  })
  const reserved = Buffer.from([0, 0, 0, 0, 0, 0x10, 0, 0x04])
  socket.write(
    Buffer.concat([Buffer.from('\x13BitTorrent protocol'), reserved, Buffer.from(infohash, 'hex'), Buffer.from('-XX0000-stranger1234')]),
  )
  const send = (id: number, payload: Uint8Array = Buffer.alloc(0)): void => {
    socket.write(Buffer.concat([uint32(payload.byteLength + 1), Buffer.from([id]), payload]))
  }
  const extended = (id: number, payload: Uint8Array | string): void => {
    send(20, Buffer.concat([Buffer.from([id]), Buffer.from(payload)]))
  }
  return {
    socket,
    closed,
    send,
    extended,
    onMessage(hear) {
      let held = Buffer.alloc(0)
      let greeted = false
      socket.on('data', (chunk) => {
        held = Buffer.concat([held, chunk])
        if (!greeted) {
          if (held.byteLength < 68) return
          held = held.subarray(68)
          greeted = true
          // After the other's hello, as webtorrent does it: before that nobody is there to hear of extensions.
          extended(0, `d1:md${EXTENSION.length}:${EXTENSION}i${OFFERS}ee1:pi${listens}ee`)
        }
        while (held.byteLength >= 4 && held.byteLength >= 4 + held.readUInt32BE(0)) {
          const end = 4 + held.readUInt32BE(0)
          const message = held.subarray(4, end)
          held = held.subarray(end)
          if (message.byteLength > 0) hear(message[0] ?? 0, message.subarray(1))
        }
      })
    },
  }
}

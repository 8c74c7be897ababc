/**
 * A hostile peer: one port that answers at the rendezvous and for every torrent, on an address of its own, as its test says.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { canonicalBytes } from '../../../src/base/canonical.ts'
import type { Family } from '../../../src/package/family.ts'
import { rendezvousTorrent } from '../../../src/swarm/rendezvous.ts'
import type { Offer } from '../../../src/swarm/wire.ts'
import { greet, OFFERS, portOf, type Stranger, uint32 } from '../../swarm/stranger.ts'
import { atEnd } from '../../support/atEnd.ts'

/** The number that our side gives its extension, fixed by the order of `wire.use`. */
export const OURS = 3

export type Behave = (stranger: Stranger) => void

export interface LiarOptions {
  readonly family: Family
  /** 127.0.0.2 unless told. */
  readonly host?: string
  /** What it does at the rendezvous. */
  readonly meets: Behave
  /** What it does for an archive. */
  readonly gives?: Behave
}

/** Gives back its address. */
export async function startLiar(t: TestContext, { family, host = '127.0.0.2', meets, gives }: LiarOptions): Promise<string> {
  const { infohash: meeting } = rendezvousTorrent(family)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', (hello: Buffer) => {
      const infohash = hello.toString('hex', 28, 48)
      const stranger = greet(t, socket, infohash, portOf(server))
      const behave = infohash === meeting ? meets : gives
      if (behave === undefined) socket.destroy()
      else behave(stranger)
      socket.unshift(hello)
    })
  })
  server.listen(0, host)
  await once(server, 'listening')
  atEnd(t, () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `${host}:${portOf(server)}`
}

/** Answers the question with these offers, each in a message of its own. */
export function offering(offers: readonly Offer[]): Behave {
  const messages = offers.map((offer) => canonicalBytes({ say: 'offers', offers: [offer], more: false }))
  return (stranger) => {
    stranger.onMessage((id, payload) => {
      if (id !== 20 || payload[0] !== OFFERS) return
      for (const message of messages) stranger.extended(OURS, message)
    })
  }
}

/** Says that it has everything, and answers each request as `give` does. */
export function giving(give: (stranger: Stranger, index: number, offset: number, length: number) => void): Behave {
  return (stranger) => {
    let greeted = false
    stranger.onMessage((id, payload) => {
      if (!greeted) {
        greeted = true
        stranger.send(14)
        stranger.send(1)
      }
      if (id === 6) give(stranger, payload.readUInt32BE(0), payload.readUInt32BE(4), payload.readUInt32BE(8))
    })
  }
}

export function sendPiece(stranger: Stranger, index: number, offset: number, bytes: Uint8Array): void {
  stranger.send(7, Buffer.concat([uint32(index, offset), bytes]))
}

export const rubbish: Behave = giving((stranger, index, offset, length) => sendPiece(stranger, index, offset, Buffer.alloc(length)))

export const silent: Behave = giving(() => undefined)

/** One block, and then nothing. */
export function oneBlock(bytes: Buffer, pieceLength: number): Behave {
  let given = 0
  return giving((stranger, index, offset, length) => {
    const at = index * pieceLength + offset
    if (given++ === 0) sendPiece(stranger, index, offset, bytes.subarray(at, at + length))
  })
}

/**
 * No message of a stranger makes the wire protocol hold more than a bounded number of bytes, or throw where nobody catches.
 *
 * bittorrent-protocol 5 reads a length of up to 2 GB and holds what comes, and several of its handlers throw on hostile input (an extended
 * handshake `d1:md1:ad8:toStringi1eeee` is enough) from inside a stream, where the process ends. A connection that does either is closed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* oxlint-disable no-underscore-dangle -- the methods that have to be bounded are the protocol's own */
import Wire from 'bittorrent-protocol'
import { MAX_MESSAGE_BYTES } from './wire.ts'

/** The largest message a peer may send: one of ours with its headers. A block of 128 KiB, the largest that is ever served, is below that. */
export const MAX_WIRE_BYTES: number = MAX_MESSAGE_BYTES + 1024

/** Requests that a peer may have open at once; told to it as `reqq` (BEP 10). With blocks of 16 KiB that is 2 MiB on its way. */
export const MAX_REQUESTS = 128

/** Answers that may wait for a peer that does not read, in bytes. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024

/** As its parser sets it once a wire has ended: nothing more is read. */
const NOTHING_MORE = Number.MAX_VALUE

const guarded = Symbol('guarded')

/** Applies to every wire of this process, from its first byte: a wire can speak before webtorrent tells anybody that it is there. */
export function guardWires(): void {
  const wire: Wire & { [guarded]?: true } = Wire.prototype
  if (wire[guarded]) return
  wire[guarded] = true
  boundMessages(wire)
  catchFaults(wire)
  boundRequests(wire)
}

function boundMessages(wire: Wire): void {
  const parse = wire._parse
  wire._parse = function (this: Wire, size, parser): void {
    if (size > MAX_WIRE_BYTES && size !== NOTHING_MORE && isStranger(this)) {
      parse.call(this, NOTHING_MORE, () => undefined)
      this.destroy()
      return
    }
    parse.call(this, size, parser)
  }
}

function catchFaults(wire: Wire): void {
  const onMessage = wire._onMessage
  wire._onMessage = function (this: Wire, buffer): void {
    try {
      onMessage.call(this, buffer)
    } catch {
      this.destroy()
    }
  }
}

function boundRequests(wire: Wire): void {
  const onRequest = wire._onRequest
  wire._onRequest = function (this: Wire, index, offset, length): void {
    const busy = this.peerRequests.length >= MAX_REQUESTS || this._readableState.buffered > MAX_WAITING_BYTES
    if (!busy || !isStranger(this)) onRequest.call(this, index, offset, length)
    else if (this.hasFast) this.reject(index, offset, length)
    else this.destroy()
  }
}

/** Web seeds are wires too, to a server that this host's own settings name, and move whole pieces in one message. */
function isStranger(wire: Wire): boolean {
  return wire.type.startsWith('tcp')
}

/**
 * Two peers of a rendezvous tell each other what they have, and neither can make the other read, hold or say more than a bounded amount.
 *
 * One exchange is one connection. It says nothing before the other side has named the extension in its BEP 10 handshake.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Wire } from 'webtorrent'
import { canonicalBytes } from '../base/canonical.ts'
import { StandinError, StrangerError } from '../base/errors.ts'
import { checkJson } from '../base/schema.ts'
import { torrentFromOffer } from './archiveTorrent.ts'
import { pack, unpack } from './pack.ts'
import {
  EXTENSION,
  MAX_MESSAGE_BYTES,
  MAX_MESSAGES,
  MAX_OFFERS_A_MESSAGE,
  MAX_OFFERS_A_PEER,
  message,
  type Message,
  type Offer,
  type PackedOffer,
} from './wire.ts'

export interface ExchangeOptions {
  /** Whether an offer is of the family that this rendezvous is for. */
  readonly ours: (offer: Offer) => boolean
  /** What this host has, or undefined when it serves nothing here. */
  readonly have: () => readonly Offer[] | undefined
  /** Whether this host wants to know what others have. */
  readonly wants: () => boolean
  /** `port` is where the other side says that it listens. */
  readonly onOffers: (offers: readonly Offer[], port: number | undefined) => void
  /** The other side did what no peer of ours does; the connection is to be dropped. */
  readonly onFault: (error: StandinError) => void
}

export interface Exchange {
  /** Asks the other side, once, if it can be asked by now and this host wants to know. */
  ask(): void
}

/** Questions that one connection may ask: more than that is a flood. */
const MAX_ASKS = 8

/** Adds the extension to a wire. Call it from webtorrent's `wire` event, before the extended handshake goes out. */
export function exchangeOn(wire: Wire, options: ExchangeOptions): Exchange {
  const state = { ready: false, asked: false, ended: false, port: undefined as number | undefined, messages: 0, asks: 0, offers: 0 }

  const say = (what: Message): void => {
    wire.extended(EXTENSION, canonicalBytes(what))
  }
  const ask = (): void => {
    if (!state.ready || state.asked || state.ended || wire.destroyed || !options.wants()) return
    state.asked = true
    say({ say: 'ask' })
  }
  const fault = (error: unknown): void => {
    state.ended = true
    if (!(error instanceof StandinError)) {
      // A fault of this host's own, which the wire's guard must not take for the stranger's.
      queueMicrotask(() => {
        throw error
      })
      return
    }
    options.onFault(error)
  }
  const hear = (bytes: Uint8Array): void => {
    if (++state.messages > MAX_MESSAGES) throw new StrangerError('PROTOCOL', `more than ${MAX_MESSAGES} messages`)
    const heard = checkJson(message, bytes, 'a message', MAX_MESSAGE_BYTES)
    if (heard.say === 'ask') answer()
    else take(heard.offers.map(unpack))
  }
  const answer = (): void => {
    if (++state.asks > MAX_ASKS) throw new StrangerError('PROTOCOL', `more than ${MAX_ASKS} questions`)
    const have = options.have()
    if (have !== undefined) for (const part of inMessages(have)) say(part)
  }
  const take = (offers: readonly Offer[]): void => {
    if (!state.asked) throw new StrangerError('PROTOCOL', 'offers that nobody asked for')
    state.offers += offers.length
    if (state.offers > MAX_OFFERS_A_PEER) throw new StrangerError('PROTOCOL', `more than ${MAX_OFFERS_A_PEER} offers`)
    for (const offer of offers) {
      if (!options.ours(offer)) throw new StrangerError('WRONG_FAMILY', 'an offer of another family')
      torrentFromOffer(offer)
    }
    options.onOffers(offers, state.port)
  }

  class Offers {
    onExtendedHandshake(handshake: Record<string, unknown>): void {
      const port = handshake['p']
      state.ready = true
      state.port = typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined
      ask()
    }

    onMessage(bytes: Uint8Array): void {
      if (state.ended) return
      try {
        hear(bytes)
      } catch (error) {
        fault(error)
      }
    }
  }
  // bittorrent-protocol takes the extension's name from its prototype.
  Object.defineProperty(Offers.prototype, 'name', { value: EXTENSION })
  wire.use(Offers)
  return { ask }
}

/** Offers in messages that no peer refuses: attestations that do not fit are left out, an offer that still does not fit too. */
export function inMessages(have: readonly Offer[]): Message[] {
  const groups: PackedOffer[][] = [[]]
  let bytes = 0
  for (const offer of have.slice(0, MAX_OFFERS_A_PEER)) {
    const fitting = pack(offer, ROOM)
    if (fitting === undefined) continue
    const size = canonicalBytes(fitting).byteLength + 1
    const group = groups.at(-1) ?? []
    if (group.length > 0 && (bytes + size > ROOM || group.length === MAX_OFFERS_A_MESSAGE)) {
      groups.push([fitting])
      bytes = size
    } else {
      group.push(fitting)
      bytes += size
    }
  }
  return groups.map((group, index) => ({ say: 'offers', offers: group, more: index < groups.length - 1 }))
}

/** What a message has left beside its own words. */
const ROOM = MAX_MESSAGE_BYTES - 64

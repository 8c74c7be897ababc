/**
 * Meets the peers of a family at its rendezvous: asks them what they have, answers what this host has, and drops whoever misbehaves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { canonicalId, canonicalText } from '../base/canonical.ts'
import type { StandinError } from '../base/errors.ts'
import type { Family } from '../package/family.ts'
import { formatAddress, networkOf } from './address.ts'
import { exchangeOn, type Exchange } from './exchange.ts'
import type { Finder } from './finder.ts'
import { rendezvousTorrent } from './rendezvous.ts'
import type { Sources } from './sources.ts'
import { emptyStore } from './store.ts'
import type { Door, Torrents } from './torrents.ts'
import { MAX_ATTESTATIONS, type Offer } from './wire.ts'

export interface FindOptions {
  /** Ends the search. */
  readonly signal: AbortSignal
  /** Called once for each distinct offer; `from` is an address that offered it. */
  readonly onOffer: (offer: Offer, from: string) => void
}

export interface Meetings {
  readonly find: (family: Family, options: FindOptions) => void
  readonly serve: (family: Family, offers: () => readonly Offer[]) => () => void
  /** Somebody else's address for a rendezvous, as a finder heard it; `near` when it came from this network. */
  readonly meet: (infohash: string, address: string, near: boolean) => void
}

export interface MeetingsOptions {
  readonly torrents: Torrents
  readonly sources: Sources
  readonly finders: readonly Finder[]
  readonly onFault: (infohash: string, error: StandinError, peer: string) => void
}

/** Most distinct offers that one search hands on, in all and of one host: no stranger can make its caller judge more, or be deaf to others. */
const MAX_OFFERS = 512
const MAX_OFFERS_OF_A_HOST = 64

/** Once hosts have filled that, a few of each of many others are still heard. */
const MAX_LATE = 4
const MAX_LATE_HOSTS = 128

/** Attestations that one host may have judged, and what is left to each of its offers beyond. */
const MAX_ATTESTATIONS_OF_A_HOST: number = 2 * MAX_ATTESTATIONS
const FEW_ATTESTATIONS = 64

/** Most torrents that one host may name for one content, which has one in each encoding. */
const MAX_TORRENTS = 2

interface Meeting {
  readonly family: Family
  readonly infohash: string
  readonly finds: Set<FindOptions>
  /** With the network of the other side. */
  readonly exchanges: Map<Exchange, string>
  /** By the hash of the offer. */
  readonly heard: Map<string, { readonly offer: Offer; readonly from: string; readonly network: string }>
  /** Gives its torrent up. */
  leave: () => Promise<void>
  have: (() => readonly Offer[]) | undefined
}

export function openMeetings(options: MeetingsOptions): Meetings {
  const { torrents, finders } = options
  const meetings = new Map<string, Meeting>()

  const enter = (family: Family): Meeting => {
    const { infohash, torrentFile } = rendezvousTorrent(family)
    const there = meetings.get(infohash)
    if (there !== undefined) return there
    const meeting: Meeting = {
      family,
      infohash,
      finds: new Set(),
      exchanges: new Map(),
      heard: new Map(),
      leave: () => Promise.resolve(),
      have: undefined,
    }
    meetings.set(infohash, meeting)
    meeting.leave = torrents.put(infohash, doorOf(meeting, torrentFile, options))
    return meeting
  }
  const leaveIfDone = (meeting: Meeting): void => {
    if (meeting.finds.size > 0 || meeting.have !== undefined) return
    meetings.delete(meeting.infohash)
    for (const finder of finders) finder.stop(meeting.infohash)
    void meeting.leave()
  }

  return {
    find(family, find) {
      if (find.signal.aborted) return
      const meeting = enter(family)
      meeting.finds.add(find)
      for (const { offer, from } of meeting.heard.values()) find.onOffer(offer, from)
      for (const finder of finders) finder.look(meeting.infohash, meeting.have !== undefined)
      for (const exchange of meeting.exchanges.keys()) exchange.ask()
      find.signal.addEventListener(
        'abort',
        () => {
          meeting.finds.delete(find)
          forgetGone(meeting)
          leaveIfDone(meeting)
        },
        { once: true },
      )
    },
    serve(family, offers) {
      const meeting = enter(family)
      meeting.have = offers
      for (const finder of finders) finder.look(meeting.infohash, true)
      return () => {
        if (meeting.have !== offers) return
        meeting.have = undefined
        leaveIfDone(meeting)
      }
    },
    meet(infohash, address, near) {
      const meeting = meetings.get(infohash)
      if (meeting === undefined) return
      // A host that only serves waits to be called, except by its neighbours: a tracker's list names fifty for each of hundreds of families.
      if (near || meeting.finds.size > 0) torrents.connect(infohash, address)
    },
  }
}

function doorOf(meeting: Meeting, torrentFile: Uint8Array, { torrents, sources, onFault }: MeetingsOptions): Door {
  return {
    torrentFile,
    pieces: 1,
    store: () => Promise.resolve(emptyStore(16_384)),
    holds: 'none',
    upload: false,
    wanted: false,
    keep: () => meeting.finds.size > 0,
    onWire(wire, torrent, remote) {
      const exchange = exchangeOn(wire, {
        ours: (offer) => canonicalText(offer.family) === canonicalText(meeting.family),
        have: () => meeting.have?.(),
        wants: () => meeting.finds.size > 0,
        onOffers(offers, said) {
          const from = remote.source ?? (said === undefined ? undefined : formatAddress({ host: remote.host, port: said }))
          // Whoever came in and does not say where it listens cannot be asked for anything.
          if (from === undefined) return
          for (const offer of offers) hear(meeting, sources, { offer, from, network: networkOf(remote.host) })
        },
        onFault(error) {
          torrents.drop(torrent, wire)
          onFault(meeting.infohash, error, remote.host)
        },
      })
      meeting.exchanges.set(exchange, networkOf(remote.host))
      wire.once('close', () => {
        meeting.exchanges.delete(exchange)
        forgetGone(meeting)
      })
    },
  }
}

interface Said {
  readonly offer: Offer
  readonly from: string
  readonly network: string
}

function hear(meeting: Meeting, sources: Sources, { offer, from, network }: Said): void {
  const id = canonicalId(offer)
  const ofNetwork = [...meeting.heard.values()].filter((one) => one.network === network)
  if (!meeting.heard.has(id) && isTooMuch(meeting.heard.size, offer, ofNetwork)) return
  sources.add(offer.archive.infohash, from)
  if (meeting.heard.has(id)) return
  const heard = { ...offer, attestations: offer.attestations.slice(0, attestationsLeft(ofNetwork)) }
  meeting.heard.set(id, { offer: heard, from, network })
  for (const { onOffer } of meeting.finds) onOffer(heard, from)
}

function isTooMuch(heard: number, { content, archive }: Offer, ofNetwork: readonly Said[]): boolean {
  const torrents = new Set(ofNetwork.filter(({ offer }) => offer.content === content).map(({ offer }) => offer.archive.infohash))
  if (!torrents.has(archive.infohash) && torrents.size >= MAX_TORRENTS) return true
  if (heard < MAX_OFFERS) return ofNetwork.length >= MAX_OFFERS_OF_A_HOST
  return ofNetwork.length >= MAX_LATE || heard >= MAX_OFFERS + MAX_LATE * MAX_LATE_HOSTS
}

/** Whoever offers much gets fewer signatures checked of each. */
function attestationsLeft(ofNetwork: readonly Said[]): number {
  const said = ofNetwork.reduce((sum, { offer }) => sum + offer.attestations.length, 0)
  return Math.max(FEW_ATTESTATIONS, MAX_ATTESTATIONS_OF_A_HOST - said)
}

/** Once nobody searches, only what can be asked for again at once is remembered: a flood of yesterday must not stand for a family for ever. */
function forgetGone({ finds, exchanges, heard }: Meeting): void {
  if (finds.size > 0) return
  const there = new Set(exchanges.values())
  for (const [id, { network }] of heard) if (!there.has(network)) heard.delete(id)
}

/**
 * The messages between warden and peer: one line of JSON each, over a socket pair that nobody else holds. Nothing here has behaviour.
 *
 * The peer may be taken over, so what it says is checked like a stranger's word; the warden never follows a path that the peer names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import * as v from 'valibot'
import { count, hex40, hex64, plainText } from '../base/schema.ts'
import { family } from '../package/family.ts'
import { offer } from '../swarm/wire.ts'

/** Longest line in either direction; an offer with its attestations is the largest part of one. */
export const MAX_PEER_LINE = 1024 * 1024

const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/))

/** What the peer may do in the network; sent first, and again whenever standin.conf has changed. */
export const peerSettings = v.strictObject({
  cacheFolder: plainText(4095),
  listen: plainText(64),
  port: count(65_535),
  localDiscovery: v.boolean(),
  dht: v.boolean(),
  trackers: v.pipe(v.array(plainText(2048)), v.maxLength(32)),
  webSeeds: v.pipe(v.array(plainText(2048)), v.maxLength(32)),
  uploadBytesPerSecond: count(),
  downloadBytesPerSecond: count(),
  connections: count(10_000),
  cacheBytes: count(),
  /** `seed` is set: what was fetched here is kept and given to others. */
  seedFetched: v.boolean(),
  maxPackageBytes: count(),
})

/** An offer of our own before its torrent is known; the peer hashes the pieces. */
export const ownOffer = v.omit(offer, ['archive'])

export const toPeer = v.variant('t', [
  v.strictObject({ t: v.literal('settings'), settings: peerSettings }),
  v.strictObject({ t: v.literal('find'), id, family, seconds: count(600) }),
  v.strictObject({ t: v.literal('get'), id, offer, seconds: count(3600) }),
  v.strictObject({ t: v.literal('stop'), id }),
  /** What was staged under `id` has been placed: with `seed` it may be given on. */
  v.strictObject({ t: v.literal('pass'), id }),
  v.strictObject({
    t: v.literal('share'),
    archive: v.strictObject({ sha256: hex64, size: count() }),
    path: plainText(4095),
    draft: ownOffer,
  }),
  v.strictObject({ t: v.literal('unshare'), sha256: hex64 }),
  v.strictObject({ t: v.literal('transfers'), id }),
])

export const transfer = v.strictObject({
  name: plainText(300),
  direction: v.picklist(['down', 'up']),
  bytes: count(),
  total: count(),
  bytesPerSecond: count(),
  peers: count(),
})

export const fromPeer = v.variant('t', [
  v.strictObject({ t: v.literal('ready'), pid: count() }),
  v.strictObject({ t: v.literal('listening'), port: count(65_535) }),
  v.strictObject({ t: v.literal('offer'), id, offer, from: plainText(100) }),
  v.strictObject({ t: v.literal('found'), id, offers: count() }),
  v.strictObject({ t: v.literal('staged'), id, seconds: v.number() }),
  v.strictObject({ t: v.literal('failed'), id, code: plainText(40), message: plainText(500) }),
  v.strictObject({ t: v.literal('sharing'), sha256: hex64, infohash: hex40 }),
  v.strictObject({ t: v.literal('transfers'), id, transfers: v.pipe(v.array(transfer), v.maxLength(1000)) }),
])

export type PeerSettings = v.InferOutput<typeof peerSettings>
export type OwnOffer = v.InferOutput<typeof ownOffer>
export type ToPeer = v.InferOutput<typeof toPeer>
export type FromPeer = v.InferOutput<typeof fromPeer>
export type Transfer = v.InferOutput<typeof transfer>

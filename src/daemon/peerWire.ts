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
export const MAX_PEER_LINE: number = 4 * 1024 * 1024

/** Most archives of others that are given on. */
export const MAX_PASSED_ON = 2000

/** Most archives that are kept for the time of a build. */
export const MAX_HELD = 1000

/** Most addresses that one archive is asked of. */
export const MAX_FROM = 32

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
  /** What fetched archives may take on disk. */
  roomBytes: count(),
  /** Fetched archives that are given to others, where they are still there; every other one goes. Null: nobody knows, so none is given and none goes. */
  passOn: v.nullable(v.pipe(v.array(hex64), v.maxLength(MAX_PASSED_ON))),
  /** Fetched archives that are kept until they are released, as if they had been passed by this peer. */
  held: v.pipe(v.array(hex64), v.maxLength(MAX_HELD)),
  maxPackageBytes: count(),
})

/** An offer of our own before its torrent is known; the peer hashes the pieces. */
export const ownOffer = v.omit(offer, ['archive'])

export const toPeer = v.variant('t', [
  v.strictObject({ t: v.literal('settings'), settings: peerSettings }),
  v.strictObject({ t: v.literal('find'), id, family, seconds: count(600) }),
  /** `from`: addresses that an earlier peer named, of which this one may know nothing. */
  v.strictObject({ t: v.literal('get'), id, offer, from: v.pipe(v.array(plainText(100)), v.maxLength(MAX_FROM)), seconds: count(3600) }),
  /** What is fetched under `id` may be had elsewhere, too: it is waited for no longer than one waits beside others. */
  v.strictObject({ t: v.literal('hurry'), id }),
  v.strictObject({ t: v.literal('stop'), id }),
  /** What was staged under `id` has been placed. Its archive is kept until it is released; with `seed` it is given on, and kept for that. */
  v.strictObject({ t: v.literal('pass'), id, seed: v.boolean() }),
  /** The own build has been held against it. */
  v.strictObject({ t: v.literal('release'), sha256: hex64 }),
  v.strictObject({ t: v.literal('room'), bytes: count() }),
  v.strictObject({
    t: v.literal('share'),
    archive: v.strictObject({ sha256: hex64, size: count() }),
    path: plainText(4095),
    draft: ownOffer,
  }),
  /** Is given no more; unless it is to be kept, what was fetched goes. */
  v.strictObject({ t: v.literal('unshare'), sha256: hex64, keep: v.boolean() }),
  v.strictObject({ t: v.literal('transfers'), id }),
  v.strictObject({ t: v.literal('ping') }),
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
  /** Said at once, whatever else is being done. */
  v.strictObject({ t: v.literal('pong') }),
  v.strictObject({ t: v.literal('listening'), port: count(65_535) }),
  v.strictObject({ t: v.literal('offer'), id, offer, from: plainText(100) }),
  v.strictObject({ t: v.literal('found'), id, offers: count() }),
  v.strictObject({ t: v.literal('staged'), id, seconds: v.number() }),
  v.strictObject({ t: v.literal('failed'), id, code: plainText(40), message: plainText(500) }),
  v.strictObject({ t: v.literal('sharing'), sha256: hex64, infohash: hex40 }),
  /** Somebody has begun to fetch it from here. */
  v.strictObject({ t: v.literal('used'), sha256: hex64 }),
  v.strictObject({ t: v.literal('transfers'), id, transfers: v.pipe(v.array(transfer), v.maxLength(1000)) }),
])

export type PeerSettings = v.InferOutput<typeof peerSettings>
export type OwnOffer = v.InferOutput<typeof ownOffer>
export type ToPeer = v.InferOutput<typeof toPeer>
export type FromPeer = v.InferOutput<typeof fromPeer>
export type Transfer = v.InferOutput<typeof transfer>

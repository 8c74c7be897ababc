/**
 * The requests that the control socket takes and the answers it gives, one line of JSON each. Nothing here has behaviour.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import * as v from 'valibot'
import { count, hex64, plainText } from '../base/schema.ts'
import { STATES } from './dispute.ts'
import { transfer } from './peerWire.ts'

/** Longest request; a hook's line with a very long USE is the largest. */
export const MAX_REQUEST_BYTES = 131_072

/** Longest answer line that a client reads. */
export const MAX_ANSWER_BYTES: number = 16 * 1024 * 1024

export const request = v.variant('t', [
  v.strictObject({ t: v.literal('moment'), line: v.pipe(v.string(), v.maxLength(65_536)) }),
  v.strictObject({ t: v.literal('status') }),
  v.strictObject({ t: v.literal('watch') }),
  v.strictObject({ t: v.literal('list') }),
  v.strictObject({ t: v.literal('why') }),
  v.strictObject({ t: v.literal('purge'), ids: v.pipe(v.array(plainText(64)), v.maxLength(1000)) }),
])

/** One rule's word on one package, for `standin why`. */
export const verdict = v.strictObject({ rule: plainText(60), passed: v.boolean(), text: plainText(2000) })

/** How one package fared the last time that it was asked for. */
export const course = v.strictObject({
  cpv: plainText(300),
  repository: plainText(80),
  slot: plainText(80),
  at: plainText(40),
  /** Whether a stand-in was placed, or an earlier one could still be used. */
  placed: v.optional(v.boolean(), false),
  outcome: plainText(2000),
  verdicts: v.array(verdict),
})

/** A stand-in that is on the live filesystem now. */
export const liveStandin = v.strictObject({
  id: plainText(64),
  cpv: plainText(300),
  repository: plainText(80),
  slot: plainText(80),
  state: plainText(20),
  level: count(3),
  files: count(),
  bytes: count(),
  since: plainText(40),
})

/** What this host built, and gives to others where `seed` or `publish` is set. */
export const ownBuild = v.strictObject({
  cpv: plainText(300),
  repository: plainText(80),
  slot: plainText(80),
  recipe: hex64,
  content: hex64,
  archive: hex64,
  size: count(),
  shared: v.boolean(),
  audit: plainText(40),
})

/** One process of the daemon. */
export const processReport = v.strictObject({ pid: count(), megabytes: count() })

/** The part of it that talks to the network; `answers`: whether it gives a sign of life. One that hangs is ended after a while. */
export const peerReport = v.strictObject({ ...processReport.entries, answers: v.boolean() })

/** A file of the user's that a purge put aside, and where. */
export const keptFile = v.strictObject({ path: plainText(4095), keptAs: plainText(4095) })

/** Two contents of one recipe and linkage that this host has seen. */
export const disputeReport = v.strictObject({
  cpv: plainText(300),
  recipe: hex64,
  /** How many files differ. */
  differing: count(),
  /** Folder that keeps what there is of both sides. */
  kept: plainText(4095),
  /** See dispute.ts. */
  state: v.picklist(STATES),
  files: v.picklist(['both', 'own', 'none']),
  /** How it stands, in words. */
  text: plainText(5000),
})

export const answer = v.variant('t', [
  v.strictObject({ t: v.literal('word'), word: plainText(40) }),
  v.strictObject({
    t: v.literal('status'),
    version: plainText(40),
    /** What make.conf switches on; null: Portage could not be asked, see `whyUnknown`. */
    features: v.nullable(v.array(plainText(40))),
    whyUnknown: v.exactOptional(plainText(2000)),
    warden: processReport,
    peer: v.nullable(peerReport),
    live: v.array(liveStandin),
    kept: v.array(keptFile),
    transfers: v.array(transfer),
    disputes: v.array(disputeReport),
  }),
  v.strictObject({ t: v.literal('list'), live: v.array(liveStandin), builds: v.array(ownBuild) }),
  v.strictObject({ t: v.literal('why'), courses: v.array(course) }),
  v.strictObject({ t: v.literal('purged'), lines: v.array(plainText(5000)), failed: count() }),
  v.strictObject({ t: v.literal('error'), code: plainText(40), message: plainText(5000) }),
])

export type Request = v.InferOutput<typeof request>
export type Answer = v.InferOutput<typeof answer>
export type Verdict = v.InferOutput<typeof verdict>
export type CourseReport = v.InferOutput<typeof course>
export type LiveStandin = v.InferOutput<typeof liveStandin>
export type OwnBuild = v.InferOutput<typeof ownBuild>
export type KeptReport = v.InferOutput<typeof keptFile>
export type DisputeReport = v.InferOutput<typeof disputeReport>

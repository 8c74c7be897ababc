/**
 * The documents that `--json` prints, each named with its version: within one version nothing goes away and nothing changes its meaning.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import * as v from 'valibot'
import { count, hex64 } from '../base/schema.ts'
import { course, disputeReport, keptFile, liveStandin, ownBuild, peerReport, processReport } from '../daemon/controlWire.ts'
import { transfer } from '../daemon/peerWire.ts'

const daemon = v.strictObject({ version: v.string(), warden: processReport, peer: v.nullable(peerReport) })

export const statusDocument = v.strictObject({
  standin: v.literal('status-1'),
  /** Null: it does not answer, and the rest is what it wrote down last. */
  daemon: v.nullable(daemon),
  /** What the host's configuration switches on for all packages; null: Portage could not be asked. */
  features: v.nullable(v.array(v.string())),
  live: v.array(liveStandin),
  kept: v.array(keptFile),
  transfers: v.array(transfer),
  disputes: v.array(disputeReport),
})

/** `shared` is null where the daemon did not say it: only it knows. */
const build = v.strictObject({ ...ownBuild.entries, shared: v.nullable(v.boolean()) })

export type ListedBuild = v.InferOutput<typeof build>

export const listDocument = v.strictObject({
  standin: v.literal('list-1'),
  /** Whether the daemon said so, or its files did. */
  daemon: v.boolean(),
  live: v.array(liveStandin),
  builds: v.array(build),
})

export const whyDocument = v.strictObject({ standin: v.literal('why-1'), daemon: v.boolean(), courses: v.array(course) })

export const purgeDocument = v.strictObject({
  standin: v.literal('purge-1'),
  daemon: v.boolean(),
  pretend: v.boolean(),
  /** What goes, or with `pretend` would go. */
  standins: v.array(v.strictObject({ id: v.string(), cpv: v.string() })),
  /** What was said of it. */
  lines: v.array(v.string()),
  failed: count(),
})

export const hookDocument = v.strictObject({
  standin: v.literal('hook-1'),
  path: v.string(),
  /** After the change, or with `pretend` before it. */
  state: v.picklist(['on', 'off', 'outdated']),
  changed: v.boolean(),
  pretend: v.boolean(),
  removed: v.array(v.string()),
  added: v.array(v.string()),
  /** Stand-ins that were taken away first. */
  purged: v.array(v.string()),
})

export const doctorDocument = v.strictObject({
  standin: v.literal('doctor-1'),
  findings: v.array(
    v.strictObject({
      check: v.string(),
      state: v.picklist(['ok', 'note', 'wrong']),
      text: v.string(),
      remedy: v.nullable(v.string()),
    }),
  ),
  wrong: count(),
})

export const keyDocument = v.strictObject({
  standin: v.literal('key-1'),
  keyid: hex64,
  /** The raw 32 bytes, in base64. */
  publicKey: v.string(),
  /** Section for the policy file of another host. */
  policy: v.string(),
})

/** In the place of any other, when a command fails. */
export const errorDocument = v.strictObject({ standin: v.literal('error-1'), code: v.string(), message: v.string() })

export type StatusDocument = v.InferOutput<typeof statusDocument>
export type ListDocument = v.InferOutput<typeof listDocument>
export type WhyDocument = v.InferOutput<typeof whyDocument>
export type PurgeDocument = v.InferOutput<typeof purgeDocument>
export type HookDocument = v.InferOutput<typeof hookDocument>
export type DoctorDocument = v.InferOutput<typeof doctorDocument>
export type KeyDocument = v.InferOutput<typeof keyDocument>

/**
 * The shape of what an archive holds, as the unprivileged side hands it to the privileged one: records and metadata, no bytes of files.
 *
 * In staging it lies as `manifest.json` beside `files/HEX`, one regular file for each distinct SHA-256, so that no name that a stranger
 * chose ever becomes a path there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import * as v from 'valibot'
import { hex64 } from '../base/schema.ts'
import { imageRecord, MAX_RECORDS } from './record.ts'

/** Metadata keys of a gpkg that an archive carries (PMS and Portage names); everything else stays at home, `environment.bz2` first of all. */
export const METADATA_KEYS = [
  'BDEPEND',
  'CATEGORY',
  'CFLAGS',
  'CHOST',
  'CXXFLAGS',
  'DEFINED_PHASES',
  'DEPEND',
  'EAPI',
  'IDEPEND',
  'IUSE',
  'IUSE_EFFECTIVE',
  'KEYWORDS',
  'LDFLAGS',
  'LICENSE',
  'NEEDED.ELF.2',
  'PDEPEND',
  'PF',
  'PROVIDES',
  'RDEPEND',
  'REQUIRES',
  'RESTRICT',
  'SIZE',
  'SLOT',
  'USE',
  'repository',
] as const

export type MetadataKey = (typeof METADATA_KEYS)[number]

/** Key to value, without the trailing newline that Portage's files have. Keys that the build did not have are absent. */
export type Metadata = Readonly<Partial<Record<MetadataKey, string>>>

// What is not well-formed has no canonical JSON, so no id.
const metadataValue = v.pipe(
  v.string(),
  v.maxLength(4 * 1024 * 1024),
  v.check((text) => text.isWellFormed(), 'not well-formed text'),
)

export const metadata = v.pipe(v.record(v.picklist(METADATA_KEYS), metadataValue))

export const manifest = v.strictObject({
  standin: v.literal('manifest-1'),
  metadata,
  /** Sorted by path bytes, each path once. */
  records: v.pipe(v.array(imageRecord), v.maxLength(MAX_RECORDS)),
  /** Exact content id, as the sender computed it; the reader computes it again. */
  contentId: hex64,
})

export type Manifest = v.InferOutput<typeof manifest>

/** Most bytes that a staged `manifest.json` may have. */
export const MAX_MANIFEST_BYTES: number = 64 * 1024 * 1024

/**
 * A family names what offers are looked up by: one version of one package of one repository for one CHOST.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import * as v from 'valibot'
import { canonicalBytes } from '../base/canonical.ts'

// PMS 3.1: category, package and repository names, and version with revision.
const category = v.pipe(v.string(), v.maxLength(80), v.regex(/^[A-Za-z0-9_][A-Za-z0-9+_.-]*$/))
const name = v.pipe(v.string(), v.maxLength(120), v.regex(/^[A-Za-z0-9_][A-Za-z0-9+_-]*$/))
const repository = v.pipe(v.string(), v.maxLength(80), v.regex(/^[A-Za-z0-9_][A-Za-z0-9_-]*$/))
const version = v.pipe(
  v.string(),
  v.maxLength(80),
  v.regex(/^\d+(\.\d+)*[a-z]?(_(alpha|beta|pre|rc|p)\d*)*(-r\d+)?$/, 'expected a version as PMS 3.2 has it'),
)
const chost = v.pipe(v.string(), v.maxLength(60), v.regex(/^[a-z0-9_]+(-[a-z0-9_.]+){1,3}$/))

export const family = v.strictObject({ repository, category, name, version, chost })

/** `version` is PVR: with the revision where there is one. */
export type Family = v.InferOutput<typeof family>

/** The bytes that a rendezvous torrent of this family holds: equal for everybody who knows the five words. */
export function familyBytes(of: Family): Buffer {
  return canonicalBytes({ standin: 'family-1', ...of })
}

/** `cat/pkg-1.2-r3`, as Portage writes a CPV. */
export function cpvOf(of: Family): string {
  return `${of.category}/${of.name}-${of.version}`
}

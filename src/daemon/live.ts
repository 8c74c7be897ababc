/**
 * What the rules want to know of the stand-ins that are live: which packages they are, what they provide, what they depend on. Each is read once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Metadata } from '../package/manifest.ts'
import type { Candidate } from '../portage/atom.ts'
import { parseSonames, type Sonames } from '../portage/sonames.ts'
import { splitCpv } from '../portage/version.ts'

export interface LiveStandin {
  readonly cpv: string
  /** Undefined only for an entry whose name is no package's. */
  readonly candidate: Candidate | undefined
  readonly provides: Sonames
  readonly metadata: Metadata
}

/** What is asked of the journal. */
export interface Unsettled {
  unsettled(): readonly { readonly id: number; readonly cpv: string }[]
}

/** What is asked of the store of placed copies. */
export interface Manifests {
  load(id: number): { readonly manifest: { readonly metadata: Metadata } } | undefined
}

/** A manifest may have 100,000 records: read again for every plan, the live ones would cost more than all else a plan needs. */
export function openLive(journal: Unsettled, stood: Manifests): () => readonly LiveStandin[] {
  const known = new Map<number, LiveStandin>()
  return () => {
    const entries = journal.unsettled()
    const ids = new Set(entries.map(({ id }) => id))
    for (const id of known.keys()) if (!ids.has(id)) known.delete(id)
    return entries.map(({ id, cpv }) => {
      const metadata = known.get(id) === undefined ? stood.load(id)?.manifest.metadata : undefined
      const one = known.get(id) ?? liveOf(cpv, metadata ?? {})
      // One that is just being placed has no manifest in the store yet, and gets one.
      if (metadata !== undefined) known.set(id, one)
      return one
    })
  }
}

function liveOf(cpv: string, metadata: Metadata): LiveStandin {
  const { SLOT: slot, repository } = metadata
  const parts = splitCpv(cpv)
  const candidate = parts && { ...parts, ...(slot === undefined ? {} : { slot }), ...(repository === undefined ? {} : { repository }) }
  return { cpv, candidate, provides: parseSonames(metadata.PROVIDES ?? ''), metadata }
}

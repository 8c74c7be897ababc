/**
 * Says what a package needs that is not here, and what it blocks or is blocked by: against what is installed and what stands in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { StandinError } from '../base/errors.ts'
import type { Metadata } from '../package/manifest.ts'
import { type Candidate, matches } from '../portage/atom.ts'
import { readText } from '../portage/bounded.ts'
import { type Blocker, blockersOf, unmetAtoms } from '../portage/depend.ts'
import type { InstalledPackage } from '../portage/vdb.ts'
import type { LiveStandin } from './live.ts'

/** What each installed package blocks; an entry lives as long as the package is the one that was read. */
export type InstalledBlockers = WeakMap<InstalledPackage, Blocking>

/** `unreadable`: dependencies that cannot be read, whole; what is named in them counts as blocked. */
interface Blocking {
  readonly blockers: readonly Blocker[]
  readonly unreadable: string
}

export interface NeedQuestion {
  readonly cpv: string
  readonly candidate: Candidate
  /** Of the archive. Portage has left of its dependencies what the builder's USE let count, and bound its slots. */
  readonly metadata: Metadata
  readonly installed: readonly InstalledPackage[]
  readonly live: readonly LiveStandin[]
  /** Known not to be Portage's business: package.provided. */
  readonly provided: readonly Candidate[]
  readonly cache: InstalledBlockers
}

const OWN_KEYS = ['RDEPEND', 'PDEPEND', 'IDEPEND', 'BDEPEND', 'DEPEND'] as const
const RUNTIME_KEYS = ['RDEPEND', 'PDEPEND', 'IDEPEND'] as const
const MAX_TEXT_BYTES = 1024 * 1024

/** Clauses of RDEPEND that nothing meets, in words. Errors: StrangerError for an archive whose RDEPEND is none. */
export function unmetOf({ metadata, installed, live, provided }: NeedQuestion): string[] {
  const here = [...installed.map(candidateOf), ...live.flatMap(({ candidate }) => candidate ?? []), ...provided]
  return unmetAtoms(metadata.RDEPEND ?? '', useOf(metadata), here)
}

/** Each in words. Errors: StrangerError for an archive whose dependencies are none. */
export function blockersBetween(question: NeedQuestion): string[] {
  const { cpv, candidate, metadata, installed, live, cache } = question
  const others = [
    ...installed.map((one) => ({ cpv: one.cpv, candidate: candidateOf(one), blocking: (): Blocking => blockingOf(one, cache) })),
    ...live.map((one) => ({
      cpv: one.cpv,
      candidate: one.candidate,
      blocking: () =>
        blockingIn(
          RUNTIME_KEYS.map((key) => one.metadata[key]),
          useOf(one.metadata),
        ),
    })),
  ].filter((one) => one.cpv !== cpv)
  const own = OWN_KEYS.flatMap((key) => blockersOf(metadata[key] ?? '', useOf(metadata)))
  return others.flatMap(({ cpv: other, candidate: theirs, blocking }) => [
    ...own.filter(({ atom }) => theirs !== undefined && matches(atom, theirs)).map(({ text }) => `it blocks ${other} (${text})`),
    ...blockedBy(other, blocking(), candidate),
  ])
}

function blockedBy(other: string, { blockers, unreadable }: Blocking, candidate: Candidate): string[] {
  const found = blockers.filter(({ atom }) => matches(atom, candidate)).map(({ text }) => `${other} blocks it (${text})`)
  const named = unreadable.includes(`${candidate.category}/${candidate.name}`)
  return named ? [...found, `${other} names it in dependencies that cannot be read`] : found
}

/** Errors: HostError UNREADABLE. */
export function blockingOf(one: InstalledPackage, cache: InstalledBlockers): Blocking {
  const known = cache.get(one)
  if (known !== undefined) return known
  // The flags were applied when it was merged, except by a Portage of before EAPI 5; there every condition counts.
  const read = blockingIn(
    RUNTIME_KEYS.map((key) => readText(join(one.folder, key), MAX_TEXT_BYTES)),
    'any',
  )
  cache.set(one, read)
  return read
}

function blockingIn(texts: readonly (string | undefined)[], use: Parameters<typeof blockersOf>[1]): Blocking {
  const all = texts.filter((text) => text?.includes('!') === true).join(' ')
  try {
    return { blockers: blockersOf(all, use), unreadable: '' }
  } catch (error) {
    if (error instanceof StandinError) return { blockers: [], unreadable: all }
    throw error
  }
}

export function candidateOf({ category, name, version, slot, subslot, repository }: InstalledPackage): Candidate {
  return { category, name, version, slot: `${slot}/${subslot}`, ...(repository === '' ? {} : { repository }) }
}

function useOf(metadata: Metadata): ReadonlySet<string> {
  return new Set((metadata.USE ?? '').split(/\s+/).filter((flag) => flag !== ''))
}

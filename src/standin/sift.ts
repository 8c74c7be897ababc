/**
 * Takes each file and link of an image to the first rule that leaves it out or refuses it, and to the place that takes it; pure.
 *
 * Folders are not sifted: one is made where something lies in it, and not otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { byPath, type ImageRecord } from '../package/record.ts'
import type { PlanInput } from './host.ts'
import { kindOfFile } from './rules/kinds.ts'
import { parentsOf } from './rules/names.ts'
import { ownNamesOf } from './rules/own.ts'
import { placeOf } from './rules/places.ts'
import type { LeftOut, PlaceRule, Rule, SieveRule, Sifting } from './rules/rule.ts'

export interface Sifted {
  readonly kept: readonly ImageRecord[]
  readonly leftOut: readonly LeftOut[]
  /** How much each place took, by its id. */
  readonly placed: ReadonlyMap<string, number>
  /** The first path that each place refuses the package for. */
  readonly refused: ReadonlyMap<string, string>
}

type Entry = Exclude<ImageRecord, { type: 'dir' }>

interface Judged {
  readonly record: Entry
  /** Undefined only where the table has no last row. */
  readonly place: PlaceRule | undefined
}

export function sift(input: PlanInput, rules: readonly Rule[]): Sifted {
  const places = rules.filter((rule) => rule.scope === 'place')
  const from = rules.findIndex((rule) => rule.scope === 'place')
  const records = input.manifest.records.toSorted(byPath)
  const own = ownNamesOf(input.family, records)
  const folders = records.filter((record) => record.type === 'dir')
  const leftOut: LeftOut[] = []

  const first = sievesIn(from < 0 ? rules : rules.slice(0, from))
  const before: Sifting = { input, own, kept: new Set() }
  const judged: Judged[] = []
  for (const record of records) {
    if (record.type === 'dir') continue
    const rule = first.find((sieve) => sieve.hits(record, before))
    if (rule !== undefined) leftOut.push({ path: record.path, rule: rule.id, needed: false })
    else judged.push({ record, place: placeOf(record.path, own, places) })
  }
  const fates = Map.groupBy(judged, (one) => fateOf(one, input))
  for (const { record, place } of fates.get('left') ?? []) leftOut.push({ path: record.path, rule: place?.id ?? 'no-place', needed: false })
  // What the package is refused for stays in, so that every later rule judges it whole.
  const refused = fates.get('refused') ?? []
  const kept = [
    ...refused,
    ...sieved(fates.get('taken') ?? [], refused, from < 0 ? [] : sievesIn(rules.slice(from)), { input, own }, leftOut),
  ]
  return {
    kept: [...folders, ...kept.map(({ record }) => record)].toSorted(byPath),
    leftOut,
    placed: counted(kept),
    refused: new Map(refused.toReversed().map(({ record, place }) => [place?.id ?? '', record.path])),
  }
}

function sievesIn(rules: readonly Rule[]): SieveRule[] {
  return rules.filter((rule) => rule.scope === 'sieve')
}

function fateOf({ record, place }: Judged, { facts }: PlanInput): 'taken' | 'left' | 'refused' {
  if (place === undefined) return 'left'
  const fits = record.type === 'link' ? place.takes.length > 0 : place.takes.includes(kindOfFile(record, facts.get(record.sha256)))
  if (fits) return 'taken'
  return place.otherwise === 'leave' ? 'left' : 'refused'
}

/** What a link leads to may be left out after it, so this repeats until nothing changes. */
function sieved(
  taken: readonly Judged[],
  refused: readonly Judged[],
  sieves: readonly SieveRule[],
  { input, own }: Pick<Sifting, 'input' | 'own'>,
  leftOut: LeftOut[],
): readonly Judged[] {
  let kept = taken
  for (let count = Infinity; kept.length < count;) {
    count = kept.length
    const sifting: Sifting = { input, own, kept: namesOf([...kept, ...refused]) }
    kept = kept.filter(({ record, place }) => {
      const rule = sieves.find((sieve) => sieve.hits(record, sifting))
      if (rule === undefined) return true
      const needed = place?.needed === true && rule.spares?.(record, sifting) !== true
      leftOut.push({ path: record.path, rule: rule.id, needed })
      return false
    })
  }
  return kept
}

function namesOf(kept: readonly Judged[]): ReadonlySet<string> {
  const names = new Set<string>()
  let last = ''
  for (const {
    record: { path },
  } of kept) {
    names.add(path)
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    if (folder === last) continue
    last = folder
    for (const above of parentsOf(path)) names.add(above)
  }
  return names
}

function counted(kept: readonly Judged[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { place } of kept) if (place !== undefined) counts.set(place.id, (counts.get(place.id) ?? 0) + 1)
  return counts
}

/**
 * Decides what of an archive stands in, or why nothing does; pure, and every decision is one row of the rule table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type FileRecord, type ImageRecord } from '../package/record.ts'
import type { FileFacts } from './elf.ts'
import type { PlanInput } from './host.ts'
import { fitForTerminal, parentsOf } from './rules/names.ts'
import { recordsHere } from './merged.ts'
import type { LeftOut, Rule, Surveyed } from './rules/rule.ts'
import { RULES } from './rules/table.ts'
import { sift, type Sifted } from './sift.ts'

/** One thing to make. Paths are relative to the root, parents come before what lies in them, nothing of it exists yet. */
export type Operation =
  | { readonly kind: 'dir'; readonly path: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | {
      readonly kind: 'file'
      readonly path: string
      readonly mode: number
      readonly size: number
      readonly sha256: string
      /** What the plan believed of the file; placing compares it with what the checked copy says. */
      readonly facts: FileFacts | undefined
    }

/** One line of `standin why`. */
export interface Verdict {
  readonly rule: string
  readonly passed: boolean
  /** What the rule asks for, or how it was broken. */
  readonly text: string
}

export interface Reason {
  readonly rule: string
  readonly text: string
}

interface Judged {
  readonly leftOut: readonly LeftOut[]
  readonly verdicts: readonly Verdict[]
}

export type Plan =
  | (Judged & { readonly kind: 'place'; readonly operations: readonly Operation[]; readonly bytes: number })
  | (Judged & { readonly kind: 'refuse'; readonly reasons: readonly Reason[] })

const ROOT_FOLDER_MODE = 0o755

/** `rules` is there so that a test can take one out and see it missed. */
export function planStandin(given: PlanInput, rules: readonly Rule[] = RULES): Plan {
  const input = { ...given, manifest: { ...given.manifest, records: [...recordsHere(given.manifest.records, given.host.sbinIsBin)] } }
  const sifted = sift(input, rules)
  const { kept, leftOut } = sifted
  const operations = operationsOf(kept, input)
  const bytes = kept.reduce((sum, record) => sum + (record.type === 'file' ? record.size : 0), 0)
  const surveyed: Surveyed = { input, kept, leftOut, operations: operations.length, bytes }
  const verdicts = rules.flatMap((rule) => judge(rule, surveyed, sifted) ?? [])
  const reasons = verdicts.filter((verdict) => !verdict.passed).map(({ rule, text }) => ({ rule, text }))
  if (reasons.length > 0) return { kind: 'refuse', reasons, leftOut, verdicts }
  return { kind: 'place', operations, bytes, leftOut, verdicts }
}

/** Of the many places only those that something lies in have a word. */
function judge(rule: Rule, surveyed: Surveyed, { leftOut, placed, refused }: Sifted): Verdict | undefined {
  const { id, why } = rule
  if (rule.scope === 'package') {
    const broken = rule.stops(surveyed)
    return { rule: id, passed: broken === undefined, text: broken ?? why }
  }
  if (rule.scope === 'entry') {
    const hit = surveyed.input.manifest.records.find((record) => rule.hits(record, surveyed.input))
    return { rule: id, passed: hit === undefined, text: hit === undefined ? why : `${why}: ${fitForTerminal(hit.path)}` }
  }
  const path = refused.get(id)
  if (path !== undefined) return { rule: id, passed: false, text: `${why}: /${fitForTerminal(path)}` }
  const left = leftOut.filter((entry) => entry.rule === id).length
  const counts = [placed.get(id) ?? 0, left] as const
  const words = [counts[0] > 0 ? `${counts[0]} placed` : '', left > 0 ? `${left} left out` : ''].filter((word) => word !== '')
  if (words.length > 0) return { rule: id, passed: true, text: `${why}: ${words.join(', ')}` }
  return rule.scope === 'place' ? undefined : { rule: id, passed: true, text: why }
}

/** Files and links that are kept, and the missing folders above them; a folder of the image that nothing is kept in is not made. */
function operationsOf(kept: readonly ImageRecord[], input: PlanInput): readonly Operation[] {
  const modes = new Map(kept.filter((record) => record.type === 'dir').map((record) => [record.path, record.mode]))
  const made = new Set<string>()
  const operations: Operation[] = []
  for (const record of kept) {
    if (record.type === 'dir') continue
    for (const folder of parentsOf(record.path)) {
      if (made.has(folder) || input.host.exists(folder) !== 'absent') continue
      made.add(folder)
      operations.push({ kind: 'dir', path: folder, mode: modes.get(folder) ?? ROOT_FOLDER_MODE })
    }
    operations.push(record.type === 'link' ? { kind: 'link', path: record.path, target: record.target } : fileOperation(record, input))
  }
  return operations
}

function fileOperation(record: FileRecord, input: PlanInput): Operation {
  const { path, mode, size, sha256 } = record
  return { kind: 'file', path, mode, size, sha256, facts: input.facts.get(sha256) }
}

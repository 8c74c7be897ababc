/**
 * Decides what of an archive stands in, or why nothing does; pure, and every decision is one row of the rule table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { byPath, type FileRecord, type ImageRecord } from '../package/record.ts'
import type { FileFacts } from './elf.ts'
import type { PlanInput } from './host.ts'
import { fitForTerminal, parentsOf } from './rules/names.ts'
import type { EntryRule, PackageRule, Rule, Surveyed } from './rules/rule.ts'
import { RULES } from './rules/table.ts'

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

export interface LeftOut {
  readonly path: string
  readonly rule: string
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
export function planStandin(input: PlanInput, rules: readonly Rule[] = RULES): Plan {
  const { kept, leftOut } = sift(input, rules)
  const operations = operationsOf(kept, input)
  const bytes = kept.reduce((sum, record) => sum + (record.type === 'file' ? record.size : 0), 0)
  const surveyed: Surveyed = { input, kept, leftOut, operations: operations.length, bytes }
  const verdicts = rules.map((rule) => judge(rule, surveyed))
  const reasons = verdicts.filter((verdict) => !verdict.passed).map(({ rule, text }) => ({ rule, text }))
  if (reasons.length > 0) return { kind: 'refuse', reasons, leftOut, verdicts }
  return { kind: 'place', operations, bytes, leftOut, verdicts }
}

/**
 * Takes each file and link to the first rule that leaves it out. What a link points to may go too, so this repeats until nothing changes.
 * Folders are not sifted: one is made where something lies in it, and not otherwise.
 */
function sift(input: PlanInput, rules: readonly Rule[]): { kept: readonly ImageRecord[]; leftOut: readonly LeftOut[] } {
  const sieves = rules.filter((rule): rule is EntryRule => rule.scope === 'entry' && rule.effect === 'leave')
  const leftOut: LeftOut[] = []
  let kept: readonly ImageRecord[] = input.manifest.records.toSorted(byPath)
  for (let before = Infinity; kept.length < before;) {
    before = kept.length
    const paths = new Set(kept.map((record) => record.path))
    kept = kept.filter((record) => {
      if (record.type === 'dir') return true
      const rule = sieves.find((sieve) => sieve.hits(record, input, paths))
      if (rule !== undefined) leftOut.push({ path: record.path, rule: rule.id })
      return rule === undefined
    })
  }
  return { kept, leftOut }
}

function judge(rule: Rule, surveyed: Surveyed): Verdict {
  if (rule.scope === 'package') return judgePackage(rule, surveyed)
  if (rule.effect === 'leave') {
    const count = surveyed.leftOut.filter((entry) => entry.rule === rule.id).length
    return { rule: rule.id, passed: true, text: count === 0 ? rule.why : `${rule.why}: ${count} left out` }
  }
  const hit = surveyed.input.manifest.records.find((record) => rule.hits(record, surveyed.input, new Set()))
  return { rule: rule.id, passed: hit === undefined, text: hit === undefined ? rule.why : `${rule.why}: ${fitForTerminal(hit.path)}` }
}

function judgePackage(rule: PackageRule, surveyed: Surveyed): Verdict {
  const broken = rule.stops(surveyed)
  return { rule: rule.id, passed: broken === undefined, text: broken ?? rule.why }
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

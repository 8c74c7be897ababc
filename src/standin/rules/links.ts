/**
 * Rules about what is left once every place is judged: links that lead somewhere, a package that is whole, and something to use.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { ImageRecord } from '../../package/record.ts'
import { pathHere } from '../merged.ts'
import { fitForTerminal, isCommand, leadsTo } from './names.ts'
import { placeOf } from './places.ts'
import type { PackageRule, Rule, SieveRule } from './rule.ts'

/** A link is as good as what it leads to: something that is placed with it, or something in an allowed place that exists. */
const linkWithin: SieveRule = {
  scope: 'sieve',
  id: 'link-within',
  why: 'links lead to what is placed with them or to what exists in an allowed place',
  hits: (record, { input, own, kept }) => {
    if (record.type !== 'link') return false
    const led = leadsTo(record.path, record.target)
    const target = led === undefined ? undefined : pathHere(led, input.host.sbinIsBin)
    if (target === undefined || target === record.path) return true
    if (kept.has(target)) return false
    const place = placeOf(target, own)
    return place === undefined || place.takes.length === 0 || input.host.exists(target) === 'absent'
  },
  // Its settings below /etc, say: the program does without them, and so without the link.
  spares: (record, { own }) => {
    const target = record.type === 'link' ? leadsTo(record.path, record.target) : undefined
    const place = target === undefined ? undefined : placeOf(target, own)
    return place?.otherwise === 'leave' && place.takes.length === 0
  },
}

const complete: PackageRule = {
  scope: 'package',
  id: 'complete',
  why: 'nothing that it needs had to be left out',
  stops: ({ leftOut }) => {
    const missing = leftOut.find((one) => one.needed)
    return missing === undefined
      ? undefined
      : `it would not run without /${fitForTerminal(missing.path)}, which may not be placed (${missing.rule})`
  },
}

const isUse = (record: ImageRecord): boolean =>
  record.type !== 'dir' && (isCommand(record.path) || /^usr\/lib[^/]*\/[^/]+\.so[.\d]*$/.test(record.path))

const useful: PackageRule = {
  scope: 'package',
  id: 'useful',
  why: 'a command or a library of it can be used',
  stops: ({ kept, input }) => {
    if (kept.some((record) => isUse(record) || (record.type === 'file' && record.path.startsWith('opt/')))) return undefined
    return input.manifest.records.some(isUse) ? 'no command or library of it is left to use' : 'it has no command and no library'
  },
}

export const LINK_RULES: readonly Rule[] = [linkWithin]
export const WHOLE_RULES: readonly PackageRule[] = [complete, useful]

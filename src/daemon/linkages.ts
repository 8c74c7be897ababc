/**
 * Says in what two linkages differ, and whether one of them is that of its files and could be that of a build on this host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Linkage } from '../package/linkage.ts'
import type { ImageRecord } from '../package/record.ts'
import { boundIn } from '../portage/depend.ts'
import { plainLine } from '../portage/terminal.ts'
import type { ElfFacts, FileFacts } from '../standin/elf.ts'

/** Most names of each kind that a line shows. */
const NAMED = 3

export function isBoundAlike(a: Linkage, b: Linkage): boolean {
  return a.bound.length === b.bound.length && a.bound.every((one, at) => one === b.bound[at])
}

/** What each has that the other has not, for a person to read. */
export function differingLinkage(copy: Linkage, own: Linkage): string {
  const [theirs, ours] = [namesIn(copy), namesIn(own)]
  return plainLine(`the copy has ${inOne(theirs, ours)}, your build ${inOne(ours, theirs)}`)
}

function namesIn({ bound, requires }: Linkage): string[] {
  return [...bound, ...requires.map(({ category, soname }) => `${soname} (${category})`)]
}

function inOne(all: readonly string[], others: readonly string[]): string {
  const left = all.filter((one) => !others.includes(one))
  return left.length === 0 ? 'nothing more' : `${left.slice(0, NAMED).join(' ')}${left.length > NAMED ? ' ...' : ''}`
}

/** What is asked of the facts of a file. */
export type Needs = Pick<ElfFacts, 'kind' | 'category' | 'needed' | 'soname'> | Exclude<FileFacts, ElfFacts>

/**
 * Why REQUIRES is not what its files need; undefined where it is. A soname too many or too few makes another linkage, and a build of another linkage
 * is held against nothing. (An ebuild that sets REQUIRES_EXCLUDE, as those of binaries do, gets no stand-in by this.)
 */
export function falseRequires(
  { requires }: Linkage,
  records: readonly ImageRecord[],
  facts: ReadonlyMap<string, Needs>,
): string | undefined {
  const elves = records.flatMap((record) => {
    const fact = record.type === 'file' ? facts.get(record.sha256) : undefined
    return fact?.kind === 'elf' ? [{ fact, name: record.path.slice(record.path.lastIndexOf('/') + 1) }] : []
  })
  const own = new Set(elves.flatMap(({ fact, name }) => [fact.soname, name].map((one) => `${fact.category} ${one}`)))
  const needed = new Set(elves.flatMap(({ fact }) => fact.needed.map((soname) => `${fact.category} ${soname}`)))
  const said = new Set(requires.map(({ category, soname }) => `${category} ${soname}`))
  const extra = [...said].find((one) => !needed.has(one))
  if (extra !== undefined) return plainLine(`its REQUIRES names ${extra}, which none of its files needs`)
  const missing = [...needed].find((one) => !own.has(one) && !said.has(one))
  return missing === undefined ? undefined : plainLine(`its REQUIRES does not name ${missing}, which its files need`)
}

export interface Bindable {
  readonly category: string
  readonly name: string
  readonly slot: string
  readonly subslot: string
}

export interface BoundQuestion {
  readonly linkage: Linkage
  /** RDEPEND and DEPEND of the ebuild here, and the flags that it is built with. */
  readonly depends: string
  readonly use: ReadonlySet<string>
  readonly installed: readonly Bindable[]
}

/**
 * Why a build of the same recipe on this host, now, could not be bound as this copy says it was; undefined where it could. Its dependencies are
 * merged before a build begins, so what is bound must be installed, and be what the ebuild binds to.
 */
export function notBoundHere({ linkage, depends, use, installed }: BoundQuestion): string | undefined {
  const here = new Set(installed.map(({ category, name, slot, subslot }) => `${category}/${name}:${slot}/${subslot}=`))
  // Portage leaves the sub-slot away where it is the slot.
  const isHere = (bound: string): boolean => here.has(bound.includes('/', bound.indexOf(':')) ? bound : bound.replace(/:(.*)=$/, ':$1/$1='))
  const away = linkage.bound.find((bound) => !isHere(bound))
  if (away !== undefined) return `it was built against ${away.slice(0, 200)}, which is not installed here`
  const { always, maybe } = boundIn(depends, use)
  const names = new Set(linkage.bound.map((bound) => bound.slice(0, bound.indexOf(':'))))
  const odd = [...names].find((name) => !maybe.has(name))
  if (odd !== undefined) return `it says that it is bound to ${odd.slice(0, 200)}, which its ebuild does not bind to`
  const installedNames = new Set(installed.map(({ category, name }) => `${category}/${name}`))
  const missing = [...always].find((name) => installedNames.has(name) && !names.has(name))
  return missing === undefined ? undefined : `it does not say what slot of ${missing} it is bound to`
}

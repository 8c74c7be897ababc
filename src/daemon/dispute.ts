/**
 * A dispute is two contents of one recipe and linkage that this host has seen: evidence until a clean rebuild has had the last word. Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import * as v from 'valibot'
import { hex64, plainText } from '../base/schema.ts'
import { envelope } from '../trust/wire.ts'

/** So that a row stays well below the bound for reading one. */
export const MAX_PATHS = 400
export const MAX_SIGNED = 64

/**
 * `open`: one of the builds may have been changed, be it the copy itself, so it accuses nobody, and a clean rebuild has the last word. `accuses`: the copy is not what its
 * recipe gives here. `resolved`: a clean rebuild has given what the copy had. `irreproducible`: it has given a third content, so a difference in the same
 * files says nothing.
 */
export const STATES = ['open', 'accuses', 'resolved', 'irreproducible'] as const

type State = (typeof STATES)[number]

const pathList = v.pipe(v.array(v.pipe(v.string(), v.maxLength(4095))), v.maxLength(MAX_PATHS))

export const dispute = v.strictObject({
  cpv: plainText(300),
  recipe: hex64,
  linkage: hex64,
  /** Exact content ids of the copy and of the own build, and their stable ones. */
  contents: v.tuple([hex64, hex64]),
  stables: v.tuple([hex64, hex64]),
  /** Paths that differ, at most some hundreds of them. */
  paths: pathList,
  /** Folder that keeps what there is of both sides. */
  kept: plainText(4095),
  /** Which archives are in it: the copy's may have been gone, and the oldest disputes keep nothing but this row. */
  files: v.picklist(['both', 'own', 'none']),
  state: v.picklist(STATES),
  /** Whether the own build may have found the copy or what was installed, as one more may: only one that finds neither has the last word then. */
  besideItself: v.exactOptional(v.boolean()),
  /** Once it is irreproducible, the paths in which two builds of this host differ; absent where that is unknown, or too many to name. */
  varies: v.exactOptional(pathList),
  /** Whether all who count say of the copy that it may have been changed where it was built. */
  mayBeChangedThere: v.exactOptional(v.boolean()),
  /** Who signed the copy: the evidence. */
  attestations: v.pipe(v.array(envelope), v.maxLength(MAX_SIGNED)),
})

export type Dispute = v.InferOutput<typeof dispute>

interface Content {
  readonly content: string
  readonly stable: string
}

/** What a clean rebuild says of a dispute; undefined where it gave a third content, or what is known already. */
export function afterCleanRebuild(of: Dispute, { content, stable }: Content): 'resolved' | 'accuses' | undefined {
  if (content === of.contents[0] || stable === of.stables[0]) return 'resolved'
  return content === of.contents[1] || stable === of.stables[1] ? 'accuses' : undefined
}

/** Whether a clean rebuild has ended it. */
export function isOver({ state }: { readonly state: State }): boolean {
  return state === 'resolved' || state === 'irreproducible'
}

/** Whether `of` keeps an offer with this content from standing in: once it is resolved, only what the rebuild has spoken against is refused. */
export function refuses(of: Dispute, content: string): boolean {
  return !isOver(of) || (of.state === 'resolved' && content === of.contents[1])
}

/** Whether a copy that differs from the own build in `paths` alone differs only in what two builds of this host differ in themselves. */
export function explains({ state, varies }: Dispute, paths: readonly string[]): boolean {
  return state === 'irreproducible' && (varies === undefined || paths.every((path) => varies.includes(path)))
}

/** Most files that a line on a terminal names. */
const NAMED = 5

/** `/usr/bin/x /usr/bin/y and 3 more`. */
export function named(paths: readonly string[]): string {
  const first = paths.slice(0, NAMED).map((path) => `/${path}`)
  return `${first.join(' ')}${paths.length > NAMED ? ` and ${paths.length - NAMED} more` : ''}`
}

/** For people: how it stands, and what is left to look at. */
export function describe(of: Dispute): string {
  const left = {
    both: `both archives are in ${of.kept}`,
    own: `the own archive is in ${of.kept}; that of the copy is gone`,
    none: 'its files are gone',
  }[of.files]
  const again = `emerge --oneshot =${of.cpv}`
  const stands = {
    open:
      of.besideItself === true
        ? `open: your build may have found its own stand-in or an installed version, so build it again while none is installed (emerge --unmerge =${of.cpv}, then ${again})`
        : `open: build it again while nothing stands in (${again})`,
    accuses: 'the copy is not what is built here, and nothing stands in for this recipe',
    resolved: 'closed in favour of the copy by a clean rebuild',
    irreproducible: `never built the same twice here${of.varies === undefined ? '' : ` (${named(of.varies)})`}, so nobody is accused`,
  }[of.state]
  return `${stands}; ${left}`
}

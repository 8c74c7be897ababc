/**
 * A dispute is two contents of one recipe and linkage that this host has seen: evidence until a clean rebuild has had the last word. Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import * as v from 'valibot'
import { hex64, plainText } from '../base/schema.ts'
import { areAsWide } from '../trust/compare.ts'
import { columns, envelope } from '../trust/wire.ts'

/** So that a row stays well below the bound for reading one. */
export const MAX_PATHS = 400
export const MAX_SIGNED = 64

/**
 * `open`: one of the builds may have been changed, be it the copy itself, or their windows may have been of other widths, so it accuses nobody, and a clean rebuild has the last word. `accuses`: the copy is not what its
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
  /** How wide the windows were in which the own build and the copy were built, as those say who vouch for that; absent where it is unknown. */
  columns: v.exactOptional(columns),
  theirColumns: v.exactOptional(v.pipe(v.array(columns), v.maxLength(256))),
  /** What a clean rebuild gave in a window of another width than the own build's, where that was neither side. */
  again: v.exactOptional(v.strictObject({ content: hex64, stable: hex64, columns })),
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
  const before = [{ content: of.contents[1], stable: of.stables[1] }, ...(of.again === undefined ? [] : [of.again])]
  return before.some((one) => content === one.content || stable === one.stable) ? 'accuses' : undefined
}

/** What Portage tells a build where it has no terminal. */
const UNTOLD = 80

/**
 * How wide the windows of the copy were, as those say who vouch for it. Where nobody does a build as wide as one without a terminal has the last word: nobody
 * escapes it by leaving the width out.
 */
export function widthsThere({ theirColumns = [] }: Pick<Dispute, 'theirColumns'>): readonly [number, ...number[]] {
  const [first = UNTOLD, ...others] = theirColumns
  return [first, ...others]
}

/** Whether a build in a window of this width may have the last word, though it is not what the copy is: the copy may come of such a one. */
export function isAsWide(of: Dispute, width: number = UNTOLD): boolean {
  return areAsWide(widthsThere(of), [width])
}

/** Whether the copy and the own build may come of windows of other widths. */
export function mayBeOfOtherWidth({ columns: own, theirColumns = [] }: Dispute): boolean {
  return own === undefined || !areAsWide(theirColumns, [own])
}

/** How to build it again, in a window of this width where one is told. */
export function buildAgain({ cpv, besideItself }: Dispute, width?: number): string {
  const again = `${width === undefined ? '' : `stty cols ${width}; `}emerge --oneshot =${cpv}`
  return besideItself === true ? `emerge --unmerge =${cpv}, then ${again}` : again
}

/** Whether a clean rebuild has ended it. */
export function isOver({ state }: { readonly state: State }): boolean {
  return state === 'resolved' || state === 'irreproducible'
}

/**
 * Whether `of` keeps an offer with this content from standing in: once it is resolved, only what the rebuild has spoken against is refused. Between windows of
 * other widths both sides may be right.
 */
export function refuses(of: Dispute, content: string): boolean {
  return !isOver(of) || (of.state === 'resolved' && content === of.contents[1] && !mayBeOfOtherWidth(of))
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
  const stands = {
    open: `open: ${whatToDo(of)}`,
    accuses: 'the copy is not what is built here, and nothing stands in for this recipe',
    resolved: 'closed in favour of the copy by a clean rebuild',
    irreproducible: `never built the same twice here${of.varies === undefined ? '' : ` (${named(of.varies)})`}, so nobody is accused`,
  }[of.state]
  return `${stands}; ${left}`
}

/** `the copy was built in a window of 160 columns`. */
export function windowThere({ theirColumns: [first] = [] }: Pick<Dispute, 'theirColumns'>): string {
  return first === undefined
    ? 'nobody says how wide the window was in which the copy was built'
    : `the copy was built in a window of ${first} columns`
}

function whatToDo(of: Dispute): string {
  const width = mayBeOfOtherWidth(of) ? widthsThere(of)[0] : undefined
  const found = of.besideItself === true ? ['your build may have found its own stand-in or an installed version'] : []
  const other = width === undefined ? [] : [`${windowThere(of)} and yours in one of ${of.columns ?? 'unknown width'}`]
  const why = [...found, ...other].map((reason) => `${reason}, `).join('and ')
  const when = of.besideItself === true ? 'while none is installed' : 'while nothing stands in'
  return `${why}${why === '' ? '' : 'so '}build it again ${when} (${buildAgain(of, width)})`
}

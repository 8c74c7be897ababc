/**
 * What a build says of the disputes about its recipe that were there before it: a clean one has the last word, one beside stand-ins has none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { differingPaths } from '../package/content.ts'
import type { Tone } from '../portage/terminal.ts'
import {
  afterCleanRebuild,
  buildAgain,
  type Dispute,
  isAsWide,
  isOver,
  MAX_PATHS,
  mayBeOfOtherWidth,
  named,
  widthsThere,
  windowThere,
} from './dispute.ts'
import { readSides } from './disputeFiles.ts'
import type { Known } from './known.ts'
import type { Published } from './publish.ts'

export interface RebuildInput {
  readonly known: Pick<Known, 'disputes' | 'changeDispute' | 'saveBuilt'>
  readonly own: Pick<Published, 'build' | 'records'>
  /** Whether stand-ins of other packages were live during this build. */
  readonly standinsLive: boolean
  /** Whether the package was installed during this build; absent where that is not known. */
  readonly replaces?: boolean
}

export interface Word {
  readonly text: string
  readonly tone: Tone
  /** The dispute that is closed by it, where it speaks against the build before it. */
  readonly closed?: Dispute
}

const BESIDE_INSTALLED: Word = {
  text: 'it was installed during this build too, which may have run it: the dispute about it still waits for one while it is not (emerge --unmerge)',
  tone: 'warn',
}

/** One word for each dispute that this build is about. */
export function rebuilt({ known, own, standinsLive, replaces = true }: RebuildInput): Word[] {
  const { columns, offer } = own.build
  const { recipe, linkage } = offer
  const about = known.disputes(recipe).filter((one) => !isOver(one))
  return about.flatMap((one): Word[] => {
    if (standinsLive) {
      if (one.state !== 'open') return []
      return [{ text: 'stand-ins were live during this build too: the dispute about it still waits for a clean rebuild', tone: 'warn' }]
    }
    const state = afterCleanRebuild(one, offer)
    if (one.besideItself === true && replaces && state !== 'resolved') return one.state === 'open' ? [BESIDE_INSTALLED] : []
    if (state === undefined && one.linkage !== linkage) return []
    if (state !== 'resolved' && !isAsWide(one, columns)) return one.state === 'open' ? [inOtherWindow(one, columns)] : []
    if (state === undefined) return [afterThird(one, known, own)]
    if (state === one.state) return []
    const changed: Dispute = { ...one, state }
    known.changeDispute(changed)
    if (state === 'accuses') {
      const text = `your clean rebuild agrees with your build before it, so THE COPY THAT STOOD IN IS WRONG${unless(one)}; nothing stands in for this recipe`
      return [{ text, tone: 'bad' }]
    }
    known.saveBuilt({ recipe, linkage: one.linkage, content: one.contents[0], stable: one.stables[0] })
    const text = 'your clean rebuild agrees with the copy that stood in, so the dispute is closed in its favour; it may stand in again'
    return [{ text, tone: 'good', ...(mayBeOfOtherWidth(one) ? {} : { closed: changed }) }]
  })
}

/** It says nothing of the copy, but that its content is another one. */
function inOtherWindow(of: Dispute, columns: number | undefined): Word {
  const [first] = widthsThere(of)
  const windows = `this build was made in a window of ${columns === undefined ? 'unknown width' : `${columns} columns`}, and ${windowThere(of)}`
  const text = `${windows}: the dispute about it still waits for a clean rebuild in one of ${first}`
  return { text: `${text} (${buildAgain(of, first)})`, tone: 'warn' }
}

/** What else than a lie makes a copy differ from two clean builds. */
function unless({ mayBeChangedThere }: Dispute): string {
  const said =
    mayBeChangedThere === true ? '; whoever signed it says that it may have been changed by what stood in or was installed there' : ''
  return ` (or a header, a static library or a tool, which no recipe names, has another version here)${said}`
}

/** Where two builds of this host differ the copy may differ too. What they have in common, and the copy has not, still speaks against it. */
function afterThird(of: Dispute, known: RebuildInput['known'], own: RebuildInput['own']): Word {
  const kept = readSides(of.kept)
  const varies = kept && differingPaths(kept.own, own.records)
  const foreign = kept === undefined ? [] : differingPaths(kept.stoodIn, own.records).filter((path) => varies?.includes(path) === false)
  if (foreign.length > 0) {
    known.changeDispute({ ...of, state: 'accuses' })
    const text = `your clean rebuild differs from your build before it, but not in ${named(foreign)}: there THE COPY THAT STOOD IN IS WRONG${unless(of)}`
    return { text, tone: 'bad' }
  }
  const { columns, offer } = own.build
  if (columns !== undefined && of.columns !== undefined && columns !== of.columns && columns !== of.again?.columns) {
    known.changeDispute({ ...of, again: { content: offer.content, stable: offer.stable, columns } })
    const before = `your build before it was made in a window of ${of.columns} columns, this one in one of ${columns}`
    const text = `your clean rebuild differs from both sides of the dispute, but ${before}: build it once more as wide as that`
    return { text: `${text} (${buildAgain(of, columns)})`, tone: 'warn' }
  }
  known.changeDispute({ ...of, state: 'irreproducible', ...(varies !== undefined && varies.length <= MAX_PATHS ? { varies } : {}) })
  const text = 'your clean rebuild differs from both sides of the dispute: this package is never built the same twice, so nobody is accused'
  return { text: `${text}, and a copy of it may stand in again`, tone: 'warn' }
}

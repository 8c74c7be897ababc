/**
 * What a build says of the disputes about its recipe that were there before it: a clean one has the last word, one beside stand-ins has none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Tone } from '../portage/terminal.ts'
import { afterCleanRebuild, type Dispute } from './dispute.ts'
import type { Known } from './known.ts'
import type { Published } from './publish.ts'

export interface RebuildInput {
  readonly known: Pick<Known, 'disputes' | 'changeDispute'>
  readonly own: Pick<Published, 'build'>
  /** Whether stand-ins of other packages were live during this build. */
  readonly standinsLive: boolean
}

export interface Word {
  readonly text: string
  readonly tone: Tone
  /** The dispute that is closed by it. */
  readonly closed?: Dispute
}

/** One word for each dispute that this build is about. */
export function rebuilt({ known, own, standinsLive }: RebuildInput): Word[] {
  const { recipe, linkage } = own.build.offer
  const about = known.disputes(recipe).filter(({ state }) => state !== 'resolved')
  return about.flatMap((one): Word[] => {
    if (standinsLive) {
      if (one.state !== 'open') return []
      return [{ text: 'stand-ins were live during this build too: the dispute about it still waits for a clean rebuild', tone: 'warn' }]
    }
    const state = afterCleanRebuild(one, own.build.offer)
    if (state === undefined) {
      if (one.linkage !== linkage) return []
      return [
        { text: 'your clean rebuild agrees with neither side of the dispute: this package is not built the same twice', tone: 'warn' },
      ]
    }
    if (state === one.state) return []
    const changed: Dispute = { ...one, state }
    known.changeDispute(changed)
    if (state === 'accuses') {
      const text = `your clean rebuild agrees with your build before it, so THE COPY THAT STOOD IN IS WRONG; nothing stands in for this recipe`
      return [{ text, tone: 'bad' }]
    }
    const text = 'your clean rebuild agrees with the copy that stood in, so the dispute is closed in its favour; it may stand in again'
    return [{ text, tone: 'good', closed: changed }]
  })
}

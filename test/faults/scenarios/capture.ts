/**
 * The image of a build is captured before its merge, and let go again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { changedSince } from '../../../src/daemon/capture.ts'
import type { Captures } from '../../../src/daemon/captures.ts'
import { dropAll, foldersOf, judgeImage, KEY, layBuild, METADATA, openCaptures } from '../support/built.ts'
import type { Scenario } from '../support/scenario.ts'

const FILES = 4

function take(captures: Captures, top: string): void {
  const { image, tmpdir } = foldersOf(top)
  captures.take(KEY, image, tmpdir, METADATA)
}

/** Whole, or not to be had. */
function check(captures: Captures, isThere: boolean): void {
  const found = captures.load(KEY)
  if (found === undefined && !isThere) return
  const changed = found === undefined ? ['all of it'] : changedSince(found.capture)
  if (found?.capture.files.length !== FILES || changed.length > 0)
    throw new Error(`a capture that is not whole: ${changed.join(' ')}, ${found?.capture.files.length} files`)
}

const base = {
  restart(top: string): void {
    check(openCaptures(top), false)
    dropAll(top)
  },
  judge: judgeImage,
}

const close = (): void => undefined

export const CAPTURING: readonly Scenario[] = [
  {
    ...base,
    name: 'capture',
    prepare: (top) => layBuild(top, true),
    open(top) {
      const captures = openCaptures(top)
      return {
        work: () => take(captures, top),
        again() {
          take(captures, top)
          check(captures, true)
          captures.drop(KEY)
        },
        close,
      }
    },
  },
  {
    ...base,
    name: 'capture-drop',
    prepare(top) {
      layBuild(top, true)
      take(openCaptures(top), top)
    },
    open(top) {
      const captures = openCaptures(top)
      const drop = (): void => captures.drop(KEY)
      return { work: drop, again: drop, close }
    },
  },
]

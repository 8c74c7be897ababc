/**
 * Notes which file names, links, owners, bytes and metadata of an image hold what must not leave this host, while the archive is made of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Metadata, MetadataKey } from '../manifest.ts'
import type { ImageEntry } from '../walk.ts'
import { type Mark, markerFor } from './packed.ts'
import { type PrivateText, searcherFor, type Searcher } from './search.ts'

/** `where` holds what `of` says. */
export interface Leak {
  /** A path of the image, or `metadata KEY`. */
  readonly where: string
  readonly of: LeakOf
}

/** A private text, or a reason why nobody can look for one. */
export type LeakOf = Pick<PrivateText, 'what' | 'remedy'>

export interface Watch {
  readonly leaks: readonly Leak[]
  /** Files that hold what says nothing before it is unpacked; see inside.ts. */
  readonly packed: readonly PackedFile[]
  readonly searcher: Searcher
  entry(entry: ImageEntry): void
  metadata(metadata: Metadata): void
  /** Gives the pieces of the file on as they come, and what their maker returns. */
  file<R>(path: string, size: number, pieces: Generator<Buffer, R>): Generator<Buffer, R>
  /** Whether there was nothing to note. */
  found(where: string, of: LeakOf | undefined): boolean
}

export interface PackedFile {
  readonly path: string
  /** In their order. */
  readonly marks: readonly Mark[]
}

/** Names are looked for where this host has put them in. The other keys are the ebuild's own words, the same for everybody. */
const OF_THIS_HOST: ReadonlySet<MetadataKey> = new Set(['CFLAGS', 'CXXFLAGS', 'LDFLAGS', 'NEEDED.ELF.2', 'PROVIDES', 'REQUIRES'])

/** More are no help to anybody. */
const MAX_LEAKS = 1000

export function watchFor(texts: readonly PrivateText[]): Watch {
  const searcher = searcherFor(texts)
  const paths = searcherFor(texts.filter(({ form }) => form === 'path'))
  const words = new Map(texts.filter(({ form }) => form === 'word').map((of) => [of.text, of]))
  const leaks: Leak[] = []
  const packed: PackedFile[] = []
  const found = (where: string, of: LeakOf | undefined): boolean => {
    if (of !== undefined && leaks.length < MAX_LEAKS) leaks.push({ where, of })
    return of === undefined
  }
  const note = (path: string, marks: readonly Mark[]): void => {
    // Brotli has no magic number.
    const all: Mark[] = path.endsWith('.br') && texts.length > 0 ? [{ at: 0, how: 'brotli' }, ...marks] : [...marks]
    if (all.length > 0) packed.push({ path, marks: all })
  }
  return {
    leaks,
    packed,
    searcher,
    found,
    entry(entry) {
      const target = entry.type === 'link' ? entry.target : ''
      found(entry.path, searcher.whole(Buffer.from(entry.path)) ?? searcher.whole(Buffer.from(target)))
      found(entry.path, words.get(entry.owner) ?? words.get(entry.group))
    },
    metadata(metadata) {
      for (const [key, value] of Object.entries(metadata)) {
        const of = [...OF_THIS_HOST].some((own) => own === key) ? searcher : paths
        found(`metadata ${key}`, of.whole(Buffer.from(value)))
      }
    },
    *file(path, size, pieces) {
      const marker = markerFor()
      let search = undefined
      for (let step = pieces.next(); ; step = pieces.next()) {
        if (step.done === true) {
          marker.end()
          if (found(path, search?.end())) note(path, marker.marks)
          return step.value
        }
        if (texts.length > 0) marker.add(step.value)
        if (step.value.length === size) {
          found(path, searcher.whole(step.value))
        } else {
          search ??= searcher.begin()
          search.add(step.value)
        }
        yield step.value
      }
    },
  }
}

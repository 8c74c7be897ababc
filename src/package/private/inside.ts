/**
 * Searches what is packed inside an image, and what is packed in that again, in bounded memory, depth and time; what it can't look into is told like a find.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { layerFor, type Looked } from './layer.ts'
import { type Mark, MAX_MARKS, type Packed } from './packed.ts'
import { type Ended, GIVEN_BYTES, headOf, type Source, type Take, unpack, unpackFiles } from './unpack.ts'
import type { LeakOf, PackedFile, Watch } from './watch.ts'

export interface InsideLimits {
  /** How often something may be packed. */
  readonly depth: number
  /** All that is unpacked of one build; nothing real is larger, and what is not searched is not published. */
  readonly bytes: number
  /** What is held of one stream in which something else is packed. */
  readonly held: number
  readonly milliseconds: number
}

export const INSIDE_LIMITS: InsideLimits = { depth: 3, bytes: 16 * 2 ** 30, held: 128 * 2 ** 20, milliseconds: 30 * 60 * 1000 }

export interface InsideOptions {
  readonly limits?: InsideLimits | undefined
  readonly signal?: AbortSignal | undefined
}

/** Files that one program unpacks one after the other. */
const AT_ONCE = 200

/** What a few chance bytes never unpack to. */
const REAL_BYTES = 4096

interface Dig {
  readonly watch: Watch
  readonly limits: InsideLimits
  readonly signal: AbortSignal
  /** Bytes that may still be unpacked. */
  left: number
  readonly until: number
}

/** Adds what is found to `watch`. Errors: HostError MISSING_PROGRAM, TIMED_OUT when it was called off, IO. */
export async function searchInside(root: string, watch: Watch, { limits = INSIDE_LIMITS, signal }: InsideOptions = {}): Promise<void> {
  const dig: Dig = {
    watch,
    limits,
    signal: signal ?? new AbortController().signal,
    left: limits.bytes,
    until: performance.now() + limits.milliseconds,
  }
  // Starting programs is what takes long, so they are started side by side: whoever typed emerge waits for the line about this build.
  const groups = Map.groupBy(watch.packed.filter(isOwn), ({ marks: [first] }) => first?.how)
  const others = watch.packed.filter((file) => !isOwn(file))
  await Promise.all([...[...groups.values()].map((files) => digGroups(dig, root, files)), digFiles(dig, root, others)])
}

/** Formats with a program that takes many files. */
const OWN: ReadonlySet<string> = new Set(['gzip', 'bzip2', 'xz', 'zstd'])

function isOwn({ marks: [first] }: PackedFile): boolean {
  return first?.at === 0 && OWN.has(first.how)
}

async function digGroups(dig: Dig, root: string, files: readonly PackedFile[]): Promise<void> {
  for (let at = 0; at < files.length; at += AT_ONCE) await digGroup(dig, root, files.slice(at, at + AT_ONCE))
}

/** Halved until it is known which of them holds something. */
async function digGroup(dig: Dig, root: string, group: readonly PackedFile[]): Promise<void> {
  const [first, second] = group
  if (first === undefined) return
  if (second === undefined) return digFile(dig, root, first)
  const { found, marks, isWhole } = await lookAtFiles(dig, root, group, true)
  if (found === undefined && marks.length === 0 && isWhole) return
  const half = Math.ceil(group.length / 2)
  await digGroup(dig, root, group.slice(0, half))
  await digGroup(dig, root, group.slice(half))
}

async function digFile(dig: Dig, root: string, file: PackedFile): Promise<void> {
  const looked = await lookAtFiles(dig, root, [file], false)
  dig.watch.found(file.path, looked.found)
  if (looked.found !== undefined) return
  if (!(await digDeeper(dig, file.path, looked, 1))) return
  // Something else follows, or it only looks like this.
  if (!looked.isWhole) await digFiles(dig, root, [file])
}

async function digFiles(dig: Dig, root: string, files: readonly PackedFile[]): Promise<void> {
  for (const { path, marks } of files) {
    if (marks.length === MAX_MARKS) dig.watch.found(path, tooMuch('more packed parts than are looked into'))
    else await digMarks(dig, path, { path: `${root}/${path}` }, marks, 0, false)
  }
}

/** Whether all of it was looked into and nothing was found. `isCut`: the source had more than there is of it here. */
async function digMarks(dig: Dig, where: string, from: Source, marks: readonly Mark[], depth: number, isCut: boolean): Promise<boolean> {
  let past = 0
  for (const mark of marks) {
    // What looks packed inside of something packed comes by chance, or comes out of it.
    if (mark.at < past) continue
    if (mark.how === 'closed') return dig.watch.found(where, closed(mark.what))
    const how = mark.how
    const looked = await look(dig, false, (take) => unpack(from, mark.at, how, take, dig.signal))
    if (looked.found !== undefined) return dig.watch.found(where, looked.found)
    const isLarge = looked.size >= REAL_BYTES
    // The end of zlib is a checksum, its beginning two bytes.
    if (depth === dig.limits.depth && (looked.isWhole || (isLarge && how !== 'zlib')))
      return dig.watch.found(where, tooMuch(`what is packed more than ${depth} times`))
    if (!looked.isWhole && isLarge && !isOver(dig)) {
      if (isCut) return dig.watch.found(where, tooLarge(dig))
      if (isBroken(how, looked) && !isPixels(from, mark.at)) return dig.watch.found(where, closed('something packed that breaks off'))
    }
    if (depth < dig.limits.depth && !(await digDeeper(dig, where, looked, depth + 1))) return false
    if (looked.isWhole) past = mark.at + looked.taken
  }
  return true
}

async function digDeeper(dig: Dig, where: string, looked: Looked, depth: number): Promise<boolean> {
  if (isOver(dig)) return dig.watch.found(where, tooMuch('more than is unpacked of one build'))
  if (looked.marks.length === MAX_MARKS || looked.marks.some(({ at }) => at >= looked.held.length)) return dig.watch.found(where, tooLarge(dig))
  return digMarks(dig, where, { bytes: looked.held }, looked.marks, depth, looked.isCut)
} // prettier-ignore

/**
 * xz says of lzma that it breaks off wherever something follows, and Node of zstd where that has filled its last piece; what is no larger unpacked was
 * stored, and seen as it is.
 */
function isBroken(how: Packed, { size, taken }: Looked & Ended): boolean {
  return how !== 'lzma' && !(how === 'zstd' && size % GIVEN_BYTES === 0) && size > taken
}

/** Pictures are one stream in parts of PNG, of which the first is a picture as well. */
function isPixels(from: Source, at: number): boolean {
  return at >= 4 && headOf(from, at - 4).toString('latin1', 0, 4) === 'IDAT'
}

function isOver({ left, until }: Dig): boolean {
  return left < 0 || performance.now() > until
}

async function lookAtFiles(dig: Dig, root: string, files: readonly PackedFile[], isMany: boolean): Promise<Looked & Ended> {
  const how = files[0]?.marks[0]?.how
  if (how === undefined || how === 'closed') return look(dig, isMany, () => Promise.resolve({ isWhole: false, taken: 0 }))
  const paths = files.map(({ path }) => `${root}/${path}`)
  return look(dig, isMany, async (take) => ({ isWhole: await unpackFiles(how, paths, take, dig.signal), taken: 0 }))
}

async function look(dig: Dig, isMany: boolean, unpacked: (take: Take) => Promise<Ended>): Promise<Looked & Ended> {
  const layer = layerFor(dig.watch.searcher, dig.limits.held, isMany)
  const ended = await unpacked((piece) => {
    layer.add(piece)
    dig.left -= piece.length
    return dig.left >= 0 && performance.now() <= dig.until
  })
  return { ...layer.end(), ...ended }
}

const CAN = 'install it unpacked, or packed once with gzip, bzip2, xz, zstd or zip'

function closed(what: string): LeakOf {
  return { what: `${what}, which can't be searched for words of this host`, remedy: CAN }
}

function tooMuch(what: string): LeakOf {
  return { what: `${what}, which is not searched for words of this host`, remedy: CAN }
}

function tooLarge({ limits }: Dig): LeakOf {
  return tooMuch(`something packed in another packed thing of more than ${Math.floor(limits.held / 2 ** 20)} MiB`)
}

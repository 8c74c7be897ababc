/**
 * Finds the four members of an archive without reading their bytes; anything but exactly these, in their order, is refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readSync } from 'node:fs'
import { StrangerError } from '../../base/errors.ts'
import { pathProblem } from '../paths.ts'
import { type MemberName, MEMBERS, outerEntry } from './format.ts'
import { encodeEntry, paddedSize, type TarEntry } from './tarblock.ts'
import { nextEntry } from './tarread.ts'

export interface Member {
  readonly name: MemberName
  /** Where its bytes begin in the file. */
  readonly at: number
  readonly size: number
}

export interface Outer {
  readonly folder: string
  readonly members: readonly Member[]
}

/** Errors: StrangerError BAD_ARCHIVE. */
export function readOuter(fd: number, size: number): Outer {
  const members: Member[] = []
  let at = 0
  let folder: string | undefined
  for (const name of MEMBERS) {
    const read = entryAt(fd, at)
    if (read.entry === undefined) throw bad(`has no member ${name}`)
    folder ??= folderOf(read.entry)
    const { size: memberSize } = read.entry
    if (!encodeEntry(outerEntry(folder, name, memberSize)).equals(encodeEntry(read.entry))) throw bad(`has not ${name} where it belongs`)
    members.push({ name, at: read.next, size: memberSize })
    const end = read.next + paddedSize(memberSize)
    if (end > size) throw bad('ends too early')
    if (readExactly(fd, read.next + memberSize, end - read.next - memberSize).some((byte) => byte !== 0))
      throw bad('has padding that is not zero')
    at = end
  }
  const last = entryAt(fd, at)
  if (last.entry !== undefined) throw bad('has members that do not belong there')
  if (last.next !== size) throw bad('goes on after its end')
  return { folder: folder ?? '', members }
}

function folderOf(entry: TarEntry): string {
  const [folder = '', name, ...more] = entry.name.split('/')
  if (name !== MEMBERS[0] || more.length > 0 || pathProblem(folder) !== undefined) throw bad('does not begin with gpkg-1')
  return folder
}

/** The entry whose headers begin at `at`, and where they end. */
function entryAt(fd: number, at: number): { entry: TarEntry | undefined; next: number } {
  const parser = nextEntry()
  let step = parser.next()
  let next = at
  while (step.done !== true) {
    const bytes = readExactly(fd, next, step.value.bytes)
    next += bytes.length
    step = parser.next(bytes)
  }
  return { entry: step.value, next }
}

/** Errors: StrangerError BAD_ARCHIVE when the file ends before. */
export function readExactly(fd: number, position: number, length: number): Buffer {
  const room = Buffer.alloc(length)
  for (let at = 0; at < length;) {
    const got = readSync(fd, room, at, length - at, position + at)
    if (got === 0) throw bad('ends too early')
    at += got
  }
  return room
}

function bad(what: string): StrangerError {
  return new StrangerError('BAD_ARCHIVE', `the archive ${what}`)
}

/**
 * Reads of an ELF file what decides whether it runs here, touching a bounded number of bytes whatever a stranger put into it.
 *
 * System V gABI (ELF header, program headers, dynamic section), GNU symbol versioning (elf-versions.ts) and the x86-64 psABI's
 * `.note.gnu.property`. Section headers are never used: a loader does not use them either.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Bytes, cursorOf, type Cursor, OddElf } from './elf-cursor.ts'
import { readDefined, readWanted, type WantedVersion } from './elf-versions.ts'

export interface ElfFacts {
  readonly kind: 'elf'
  /** As Portage names it in REQUIRES: `x86_64`, `x86_32`, `arm_64`. */
  readonly category: string
  readonly needed: readonly string[]
  readonly soname: string | undefined
  /** PT_INTERP, absolute. */
  readonly interpreter: string | undefined
  /** Symbol versions of glibc that it needs, such as `GLIBC_2.34`; weak ones are not needed. */
  readonly glibc: readonly string[]
  /** Symbol versions of other libraries that it needs, likewise. */
  readonly wants: readonly WantedVersion[]
  /** Symbol versions that it has itself. */
  readonly defines: readonly string[]
  /** GNU_PROPERTY_X86_ISA_1_NEEDED: bit 0 baseline, 1 v2, 2 v3, 3 v4. */
  readonly isa: number
}

/** `data` is neither program nor script; `odd` starts like an ELF file or a script and is none that anybody could run. */
export type FileFacts =
  | ElfFacts
  | { readonly kind: 'script'; readonly interpreter: string; readonly argument: string | undefined }
  | { readonly kind: 'data' }
  | { readonly kind: 'odd'; readonly why: string }

const MAX_HEADERS = 64
const MAX_DYNAMIC = 4096
const MAX_NOTE_BYTES = 65536
const MAX_TEXT = 4096

const PT = { load: 1, dynamic: 2, interp: 3, note: 4, property: 0x6474e553 } as const
const DT = {
  needed: 1,
  strtab: 5,
  soname: 14,
  verdef: 0x6ffffffc,
  verdefnum: 0x6ffffffd,
  verneed: 0x6ffffffe,
  verneednum: 0x6fffffff,
} as const
const ISA_NEEDED = 0xc0008002

/** Portage's names (multilib_category.py there) of e_machine, before the class is added. */
const MACHINES: ReadonlyMap<number, string> = new Map([
  [2, 'sparc'],
  [3, 'x86'],
  [8, 'mips'],
  [20, 'ppc'],
  [21, 'ppc'],
  [22, 's390'],
  [40, 'arm'],
  [62, 'x86'],
  [183, 'arm'],
  [243, 'riscv'],
  [258, 'loong'],
])

interface Segment {
  readonly type: number
  readonly offset: number
  readonly address: number
  readonly size: number
}

/** Facts of a file of `size` bytes that begins with the ELF magic. Never throws for anything that the bytes may hold. */
export function elfFacts(bytes: Bytes): FileFacts {
  try {
    return readFacts(bytes)
  } catch (error) {
    if (error instanceof OddElf || error instanceof RangeError) return { kind: 'odd', why: error.message }
    throw error
  }
}

function readFacts(bytes: Bytes): ElfFacts {
  if (bytes.size < 64) throw new OddElf('too short for an ELF header')
  const ident = bytes.read(0, 16)
  const wide = ident[4] === 2
  if (ident[4] !== 1 && ident[4] !== 2) throw new OddElf('unknown ELF class')
  if (ident[5] !== 1 && ident[5] !== 2) throw new OddElf('unknown ELF byte order')
  const cursor = cursorOf(bytes, { wide, little: ident[5] === 1 })
  const segments = readSegments(cursor)
  const dynamic = readDynamic(cursor, segments)
  const only = (tag: number): number | undefined => dynamic.find((entry) => entry.tag === tag)?.value
  const strings = only(DT.strtab)
  const text = (at: number): string => cursor.text(offsetOf(strings ?? 0, segments) + at, MAX_TEXT)
  const soname = only(DT.soname)
  const interpreter = segments.find(({ type }) => type === PT.interp)
  const table = (tag: number, number: number): { at: number; count: number } | undefined => {
    const address = only(tag)
    return address === undefined ? undefined : { at: offsetOf(address, segments), count: only(number) ?? 0 }
  }
  const wanted = readWanted(cursor, text, table(DT.verneed, DT.verneednum))
  return {
    kind: 'elf',
    category: categoryOf(cursor.u16(18), wide),
    needed: dynamic.filter(({ tag }) => tag === DT.needed).map(({ value }) => text(value)),
    soname: soname === undefined ? undefined : text(soname),
    interpreter: interpreter === undefined ? undefined : cursor.text(interpreter.offset, MAX_TEXT),
    glibc: [...new Set(wanted.map(({ version }) => version).filter((name) => isOfGlibc(name)))].toSorted(),
    wants: wanted.filter(({ version }) => !isOfGlibc(version)),
    defines: readDefined(cursor, text, table(DT.verdef, DT.verdefnum)),
    isa: readIsa(cursor, segments),
  }
}

const isOfGlibc = (version: string): boolean => version.startsWith('GLIBC_')

function categoryOf(machine: number, wide: boolean): string {
  const name = MACHINES.get(machine) ?? `machine${machine}`
  if (machine === 62 && !wide) return 'x86_x32'
  return `${name}_${wide ? '64' : '32'}`
}

function readSegments(cursor: Cursor): Segment[] {
  const { wide } = cursor
  const start = cursor.word(wide ? 32 : 28)
  const step = cursor.u16(wide ? 54 : 42)
  const number = cursor.u16(wide ? 56 : 44)
  if (number > MAX_HEADERS || step < (wide ? 56 : 32)) throw new OddElf('too many or too small program headers')
  return Array.from({ length: number }, (_, index) => {
    const at = start + index * step
    return {
      type: cursor.u32(at),
      offset: cursor.word(at + (wide ? 8 : 4)),
      address: cursor.word(at + (wide ? 16 : 8)),
      size: cursor.word(at + (wide ? 32 : 16)),
    }
  })
}

/** Where in the file an address of the loaded program comes from. */
function offsetOf(address: number, segments: readonly Segment[]): number {
  const segment = segments.find(({ type, address: from, size }) => type === PT.load && address >= from && address < from + size)
  if (segment === undefined) throw new OddElf('an address outside of what is loaded')
  return segment.offset + (address - segment.address)
}

function readDynamic(cursor: Cursor, segments: readonly Segment[]): { tag: number; value: number }[] {
  const segment = segments.find(({ type }) => type === PT.dynamic)
  const entries: { tag: number; value: number }[] = []
  if (segment === undefined) return entries
  const step = cursor.wide ? 16 : 8
  for (let at = segment.offset; at + step <= segment.offset + segment.size; at += step) {
    const tag = cursor.word(at)
    if (tag === 0) return entries
    if (at - segment.offset >= MAX_DYNAMIC * step) throw new OddElf('too many dynamic entries')
    if (Object.values(DT).some((known) => known === tag)) entries.push({ tag, value: cursor.word(at + step / 2) })
  }
  return entries
}

function readIsa(cursor: Cursor, segments: readonly Segment[]): number {
  let isa = 0
  for (const { offset, size } of segments.filter(({ type }) => type === PT.note || type === PT.property)) {
    const end = offset + Math.min(size, MAX_NOTE_BYTES)
    for (let at = offset; at + 12 <= end;) {
      const [nameSize, size_, type] = [cursor.u32(at), cursor.u32(at + 4), cursor.u32(at + 8)]
      const body = at + 12 + align(nameSize, 4)
      if (type === 5 && nameSize === 4 && cursor.text(at + 12, 4) === 'GNU') isa |= isaOf(cursor, body, Math.min(body + size_, end))
      at = align(body + size_, cursor.wide && type === 5 ? 8 : 4)
    }
  }
  return isa
}

function isaOf(cursor: Cursor, from: number, end: number): number {
  let isa = 0
  for (let at = from; at + 8 <= end;) {
    const size = cursor.u32(at + 4)
    if (cursor.u32(at) === ISA_NEEDED && size === 4) isa |= cursor.u32(at + 8)
    at = align(at + 8 + size, cursor.wide ? 8 : 4)
  }
  return isa
}

function align(value: number, to: number): number {
  return Math.ceil(value / to) * to
}

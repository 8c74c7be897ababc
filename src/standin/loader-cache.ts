/**
 * Says where the dynamic loader finds a library on this host: by /etc/ld.so.cache, and in the folders that it always looks into.
 *
 * Format: glibc's `cache.h`, "glibc-ld.so.cache1.1", which is what its ldconfig has written alone since 2.32. An older one counts as none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../base/errors.ts'

/** Paths of libraries, absolute, best first; the caller looks whether a file is there and of the category. */
export type LibraryPaths = (category: string, soname: string) => readonly string[]

const MAGIC = 'glibc-ld.so.cache1.1'
const HEADER_BYTES = 48
const ENTRY_BYTES = 24
const MAX_BYTES = 32 * 1024 * 1024

/** The kind of library that an entry is for: `FLAG_ELF_LIBC6` with the bits of its architecture (glibc's `ldconfig.h`). */
const FLAGS: ReadonlyMap<string, number> = new Map([
  ['x86_32', 0x0003],
  ['x86_64', 0x0303],
  ['x86_x32', 0x0803],
  ['ppc_64', 0x0503],
  ['arm_64', 0x0a03],
])

const FOLDERS = ['lib64', 'usr/lib64', 'lib', 'usr/lib', 'lib32', 'usr/lib32', 'libx32', 'usr/libx32']

export function libraryPaths(root: string): LibraryPaths {
  const cached = readCache(join(root, 'etc/ld.so.cache'))
  return (category, soname) => {
    const known = cached.get(`${FLAGS.get(category)} ${soname}`)
    return [...(known === undefined ? [] : [known]), ...FOLDERS.map((folder) => `/${folder}/${soname}`)]
  }
}

/** The first entry of each kind and soname: the one that is taken, but for variants of the very same library for better CPUs. */
function readCache(path: string): ReadonlyMap<string, string> {
  const bytes = bytesOf(path)
  const found = new Map<string, string>()
  if (bytes === undefined || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return found
  const count = Math.min(bytes.readUInt32LE(20), Math.floor((bytes.byteLength - HEADER_BYTES) / ENTRY_BYTES))
  const text = (at: number): string => bytes.toString('latin1', at, Math.max(at, bytes.indexOf(0, at)))
  for (let index = 0; index < count; index += 1) {
    const at = HEADER_BYTES + index * ENTRY_BYTES
    const isVariant = bytes.readBigUInt64LE(at + 16) !== 0n
    const key = `${bytes.readUInt32LE(at)} ${text(bytes.readUInt32LE(at + 4))}`
    if (!isVariant && !found.has(key)) found.set(key, text(bytes.readUInt32LE(at + 8)))
  }
  return found
}

/** Undefined where there is none that is fit to be read: then only the folders count. */
function bytesOf(path: string): Buffer | undefined {
  try {
    const { size } = statSync(path)
    return size >= HEADER_BYTES && size <= MAX_BYTES ? readFileSync(path) : undefined
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return undefined
  }
}

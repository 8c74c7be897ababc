/**
 * Looks for needles in bytes and in all that is packed in them, however deep: a magic number anywhere begins something that may be unpacked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { spawnSync } from 'node:child_process'
import type { Needle } from './needles.ts'

const DEEPEST = 4
const MAX_UNPACKED = 256 * 1024 * 1024

/** Each program writes what it could unpack, also of something that is cut off, or that something else follows. `before`: bytes in front of the magic. */
const FORMATS = [
  { program: 'gzip', magic: Buffer.from('1f8b08', 'hex'), before: 0 },
  { program: 'zstd', magic: Buffer.from('28b52ffd', 'hex'), before: 0 },
  { program: 'bzip2', magic: Buffer.from('314159265359', 'hex'), before: 4 },
  { program: 'xz', magic: Buffer.from('fd377a585a00', 'hex'), before: 0 },
] as const

/** A byte in the address of a request. */
const ESCAPED = /%[0-9a-fA-F]{2}/

/** The bytes, and with a name for where they were, all that was packed in them. */
export function layersOf(where: string, bytes: Buffer, depth = 0): { readonly where: string; readonly bytes: Buffer }[] {
  const inner = FORMATS.flatMap(({ program, magic, before }) =>
    positions(bytes, magic).flatMap((at) => {
      // Of a few bytes that look like a magic number by chance nothing comes out.
      const unpacked = depth === DEEPEST || at < before ? undefined : unpackedBy(program, bytes.subarray(at - before))
      return unpacked === undefined ? [] : layersOf(`${where}, ${program} at ${at - before}`, unpacked, depth + 1)
    }),
  )
  const address = depth === 0 && ESCAPED.test(bytes.toString('latin1')) ? layersOf(`${where}, without %`, unescaped(bytes), DEEPEST) : []
  return [{ where, bytes }, ...inner, ...address]
}

/** `WHAT in WHERE at OFFSET` for each needle that is found. */
export function hitsIn(where: string, bytes: Buffer, needles: readonly Needle[]): string[] {
  return layersOf(where, bytes).flatMap((layer) =>
    needles.flatMap((needle) => {
      const at = layer.bytes.indexOf(needle.bytes)
      return at < 0 ? [] : [`${needle.what} in ${layer.where} at ${at}`]
    }),
  )
}

function positions(bytes: Buffer, word: Buffer): number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1)) found.push(at)
  return found
}

function unescaped(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replaceAll(new RegExp(ESCAPED, 'g'), (escape) => String.fromCharCode(parseInt(escape.slice(1), 16)))
  return Buffer.from(text, 'latin1')
}

function unpackedBy(program: string, input: Buffer): Buffer | undefined {
  const { stdout, error } = spawnSync(program, ['-dc'], { input, maxBuffer: MAX_UNPACKED, stdio: ['pipe', 'pipe', 'ignore'] })
  // EPIPE: it had all that it could unpack before it had read the rest.
  if (error !== undefined && !('code' in error && error.code === 'EPIPE')) throw error
  return stdout.length === 0 ? undefined : stdout
}

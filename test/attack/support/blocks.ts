/**
 * Tar blocks by hand: headers that no encoder of ours would write, each with its right checksum unless it says otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { zstdCompressSync } from 'node:zlib'
import { metadataTar } from '../../../src/package/archive/metadatatar.ts'
import { encodeEntry } from '../../../src/package/archive/tarblock.ts'
import { entry, file, FOLDER, type Parts } from '../../package/archive/make.ts'

export interface Fields {
  readonly name?: string | Buffer | undefined
  readonly mode?: string | undefined
  readonly uid?: string | undefined
  /** Octal digits by default of the body's length; bytes for base 256. */
  readonly size?: string | Buffer | undefined
  readonly mtime?: string | Buffer | undefined
  readonly type?: string | undefined
  readonly target?: string | Buffer | undefined
  readonly magic?: string | undefined
  readonly owner?: string | undefined
  readonly prefix?: string | undefined
  readonly checksum?: string | undefined
}

/** A header as `encodeEntry` writes it, but for `fields`, and its body with padding. */
export function block(fields: Fields, body: Buffer | string = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.from(body)
  const header = encodeEntry(file('image/a', bytes.length))
  const put = (at: number, length: number, what: string | Buffer | undefined): void => {
    if (what !== undefined) Buffer.concat([Buffer.from(what), Buffer.alloc(length)]).copy(header, at, 0, length)
  }
  put(0, 100, fields.name)
  put(100, 8, fields.mode)
  put(108, 8, fields.uid)
  put(124, 12, fields.size)
  put(136, 12, fields.mtime)
  put(156, 1, fields.type)
  put(157, 100, fields.target)
  put(257, 8, fields.magic)
  put(265, 32, fields.owner)
  put(345, 155, fields.prefix)
  header.fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  // As node-tar writes it.
  put(148, 8, fields.checksum ?? `${sum.toString(8).padStart(6, '0')} `)
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])
}

/** `LENGTH KEY=VALUE\n`; `length` for one that lies. */
export function record(key: string, value: string | Buffer, length?: number): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')])
  let whole = rest.length + 1
  while (`${whole}`.length + rest.length !== whole) whole++
  return Buffer.concat([Buffer.from(`${length ?? whole}`), rest])
}

/** An extended header before the next entry. */
export function extended(...records: readonly Buffer[]): Buffer {
  return block({ name: 'PaxHeaders/x', type: 'x' }, Buffer.concat(records))
}

/** Parts of an archive whose image holds these blocks after its own folder. */
export function image(...blocks: readonly Buffer[]): Parts {
  return { image: Buffer.concat([entry(FOLDER), ...blocks]) }
}

export function pack(bytes: Buffer): Buffer {
  return zstdCompressSync(bytes, { pledgedSrcSize: bytes.length })
}

/** Metadata whose SIZE is that of the honest files among `blocks`. */
export function metadataFor(blocks: readonly Buffer[]): Buffer {
  const sizes = blocks.map((one) => (one.toString('latin1', 156, 157) === '0' ? parseInt(one.toString('latin1', 124, 135), 8) || 0 : 0))
  return metadataTar({ PF: 'hello-2.12', SIZE: String(sizes.reduce((sum, size) => sum + size, 0)) })
}

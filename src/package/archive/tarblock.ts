/**
 * Encodes one tar entry in the only way in which an archive may hold it: equal entries give equal bytes, and the bytes hold no time and no number of a host.
 *
 * POSIX.1-2024 pax format, "ustar" headers by node-tar; extended records only for what a ustar header cannot say.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { Header } from 'tar/header'
import { Pax } from 'tar/pax'
import { HostError } from '../../base/errors.ts'

export interface TarEntry {
  readonly type: 'file' | 'dir' | 'link'
  /** Whole name inside the tar file; without the trailing slash that a folder gets there. */
  readonly name: string
  readonly mode: number
  readonly owner: string
  readonly group: string
  /** Bytes that follow; 0 for all but files. */
  readonly size: number
  readonly target?: string
  /** `security.capability` as hex. */
  readonly capability?: string
}

export const BLOCK = 512

/** Two blocks of zeros end a tar file. */
export const TAR_END: Buffer = Buffer.alloc(2 * BLOCK)

/** The key that GNU tar and bsdtar use for the capability of a file, with the raw bytes as its value. */
export const CAPABILITY_KEY = 'SCHILY.xattr.security.capability'

const TYPES = { file: 'File', dir: 'Directory', link: 'SymbolicLink' } as const
const EPOCH = new Date(0)

/** A reader that knows no name falls back to the number: nobody's, so that a stranger's set-id file never becomes root's. */
function numberOf(name: string): number {
  return name === 'root' ? 0 : 65534
}

export function paddedSize(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK
}

/** The largest number that the size field of a ustar header holds. */
export const MAX_ENTRY_BYTES: number = 8 * 2 ** 30 - 1

/** Header blocks of `entry`, extended header first where one is needed. Errors: HostError UNSUPPORTED for a size above MAX_ENTRY_BYTES. */
export function encodeEntry(entry: TarEntry): Buffer {
  if (entry.size > MAX_ENTRY_BYTES)
    throw new HostError('UNSUPPORTED', `${entry.name}: ${entry.size} bytes are more than a tar header can say`)
  const header = new Header({
    type: TYPES[entry.type],
    path: entry.type === 'dir' ? `${entry.name}/` : entry.name,
    mode: entry.mode,
    uid: numberOf(entry.owner),
    gid: numberOf(entry.group),
    uname: entry.owner,
    gname: entry.group,
    size: entry.size,
    mtime: EPOCH,
    ...(entry.target === undefined ? {} : { linkpath: entry.target }),
  })
  const block = Buffer.alloc(BLOCK)
  const tooLong = header.encode(block)
  return tooLong || entry.capability !== undefined ? Buffer.concat([encodeExtended(entry, header, tooLong), block]) : block
}

function encodeExtended(entry: TarEntry, header: Header, tooLong: boolean): Buffer {
  const names = tooLong ? { path: header.path ?? '', ...(entry.target === undefined ? {} : { linkpath: entry.target }) } : {}
  const capability = entry.capability === undefined ? [] : [capabilityRecord(entry.capability)]
  const body = Buffer.concat([Buffer.from(new Pax(names).encodeBody()), ...capability])
  const block = Buffer.alloc(BLOCK + paddedSize(body.length))
  new Header({
    type: 'ExtendedHeader',
    path: 'PaxHeaders/x',
    mode: 0o644,
    uid: 0,
    gid: 0,
    uname: 'root',
    gname: 'root',
    size: body.length,
    mtime: EPOCH,
  }).encode(block)
  body.copy(block, BLOCK)
  return block
}

/** `LENGTH KEY=VALUE\n`, where LENGTH counts itself; node-tar's own encoder takes text only. */
function capabilityRecord(hex: string): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${CAPABILITY_KEY}=`), Buffer.from(hex, 'hex'), Buffer.from('\n')])
  let length = rest.length + 1
  while (`${length}`.length + rest.length !== length) length++
  return Buffer.concat([Buffer.from(`${length}`), rest])
}

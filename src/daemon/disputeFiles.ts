/**
 * Keeps both sides of a dispute to be looked at, each in a folder of its own, and no more of them than a stated number of files and bytes.
 *
 * The copy's archive is copied out of the peer's folder, hashed on the way and never opened: what the peer keeps there may be anything.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { copyFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import * as v from 'valibot'
import { hostError, StrangerError, systemCode } from '../base/errors.ts'
import { checkJson } from '../base/schema.ts'
import { MAX_MANIFEST_BYTES } from '../package/manifest.ts'
import type { ImageRecord } from '../package/record.ts'
import type { StoodIn } from './audit.ts'
import type { Dispute } from './dispute.ts'
import { recordList } from './job.ts'
import type { Build, Known } from './known.ts'

/** Disputes that keep files, and the bytes of all of them together; the newest keeps its own however large they are. */
export const MOST_FOLDERS = 20
export const MOST_BYTES: number = 2 * 2 ** 30

export interface Sides {
  readonly stoodIn: StoodIn
  readonly own: { readonly build: Build; readonly records: readonly ImageRecord[] }
  /** Folder of the peer's in which it keeps what it has fetched. */
  readonly fetched: string
}

export interface KeptRecords {
  readonly own: readonly ImageRecord[]
  readonly stoodIn: readonly ImageRecord[]
}

const ownSide = v.object({ records: recordList })
const stoodInSide = v.object({ manifest: v.object({ records: recordList }) })

/** The records of both sides; undefined where somebody has removed or changed what was kept. */
export function readSides(folder: string): KeptRecords | undefined {
  const read = <S extends v.GenericSchema>(schema: S, name: string): v.InferOutput<S> => {
    const path = join(folder, name)
    return checkJson(schema, readFileSync(path), path, MAX_MANIFEST_BYTES)
  }
  try {
    return { own: read(ownSide, 'own.json').records, stoodIn: read(stoodInSide, 'stood-in.json').manifest.records }
  } catch (error) {
    if (!(error instanceof StrangerError) && systemCode(error) !== 'ENOENT') throw error
    return undefined
  }
}

/** Fills `folder`, anew where an earlier try has left something. Where that fails nothing is kept, and `why` says so: the difference is to be told. */
export async function keepSides(folder: string, sides: Sides): Promise<{ readonly files: Dispute['files']; readonly why?: string }> {
  try {
    return { files: await filled(folder, sides) }
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return { files: 'none', why: hostError(`could not keep both sides in ${folder}`, error).message }
  }
}

async function filled(folder: string, { stoodIn, own, fetched }: Sides): Promise<'both' | 'own'> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, 'stood-in.json'), JSON.stringify(stoodIn), { mode: 0o600 })
  await writeFile(join(folder, 'own.json'), JSON.stringify({ offer: own.build.offer, records: own.records }), { mode: 0o600 })
  await copyFile(own.build.path, join(folder, 'own.gpkg.tar'), constants.COPYFILE_FICLONE)
  const { archive } = stoodIn.offer
  return (await copyFetched(fetched, archive, join(folder, 'stood-in.gpkg.tar'))) ? 'both' : 'own'
}

// Not to wait on a FIFO, not to take a terminal, not to follow a link.
const SAFELY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY
const PIECE = 1024 * 1024

/** Copies the archive that the peer has fetched to `to`. False when it is gone, or is anything but that archive; nothing is left then. */
export async function copyFetched(fetched: string, archive: { sha256: string; size: number }, to: string): Promise<boolean> {
  const from = openFetched(fetched, `${archive.sha256}.gpkg.tar`)
  if (from === undefined) return false
  try {
    const stat = fstatSync(from)
    if (!stat.isFile() || stat.size !== archive.size || (await copyHashed(from, archive.size, `${to}.part`)) !== archive.sha256)
      return false
    renameSync(`${to}.part`, to)
    return true
  } finally {
    closeSync(from)
    rmSync(`${to}.part`, { force: true })
  }
}

/** Through the opened folder, which a taken-over peer may have made a link. */
function openFetched(fetched: string, name: string): number | undefined {
  let folder: number | undefined
  try {
    folder = openSync(fetched, SAFELY | constants.O_DIRECTORY)
    return openSync(`/proc/self/fd/${folder}/${name}`, SAFELY)
  } catch (error) {
    if (!['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO'].includes(systemCode(error) ?? '')) throw error
    return undefined
  } finally {
    if (folder !== undefined) closeSync(folder)
  }
}

/** SHA-256 of what was written: at most `size` bytes, others being served between the pieces. */
async function copyHashed(from: number, size: number, path: string): Promise<string> {
  const to = openSync(path, 'w', 0o600)
  try {
    const digest = createHash('sha256')
    const piece = Buffer.allocUnsafe(PIECE)
    for (let left = size; left > 0;) {
      const got = readSync(from, piece, 0, Math.min(PIECE, left), null)
      if (got === 0) break
      digest.update(piece.subarray(0, got))
      for (let at = 0; at < got;) at += writeSync(to, piece, at, got - at)
      left -= got
      await breathe()
    }
    return digest.digest('hex')
  } finally {
    closeSync(to)
  }
}

export interface BoundInput {
  readonly disputes: string
  readonly known: Pick<Known, 'disputes' | 'changeDispute'>
  readonly limits?: { readonly folders: number; readonly bytes: number }
}

/** Removes what the oldest disputes keep, until the rest is within the limits; their rows stay and say so. To be called at start-up and after each. */
export function boundDisputes({ disputes, known, limits = { folders: MOST_FOLDERS, bytes: MOST_BYTES } }: BoundInput): void {
  const newestFirst = known.disputes().toReversed()
  const named = new Set(newestFirst.filter(({ files }) => files !== 'none').map(({ kept }) => basename(kept)))
  for (const name of readdirSync(disputes)) if (!named.has(name)) rmSync(join(disputes, name), { recursive: true, force: true })
  let [folders, bytes] = [0, 0]
  for (const one of newestFirst.filter(({ files }) => files !== 'none')) {
    const folder = join(disputes, basename(one.kept))
    const size = bytesIn(folder)
    folders += 1
    bytes += size ?? 0
    if (size !== undefined && (folders === 1 || (folders <= limits.folders && bytes <= limits.bytes))) continue
    rmSync(folder, { recursive: true, force: true })
    known.changeDispute({ ...one, files: 'none' })
  }
}

/** Undefined where somebody has removed it. */
function bytesIn(folder: string): number | undefined {
  try {
    return readdirSync(folder).reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
    return undefined
  }
}

/**
 * Describes a captured image as records with hashes; nothing about the description depends on times, numbers of owners or the order of the folder.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError } from '../base/errors.ts'
import { type Capabilities, readCapabilities } from './capability.ts'
import type { StableHashes } from './content.ts'
import { newScratch, readOnce } from './once.ts'
import { type OwnerNames, readOwnerNames } from './owners.ts'
import type { ImageRecord } from './record.ts'
import { IMAGE_LIMITS, type ImageEntry, type ImageLimits, type Noted, walkImage } from './walk.ts'

export interface Scan {
  /** Sorted by path. A file with several names is one record for each. */
  readonly records: ImageRecord[]
  /** Stable hashes of the files whose normalised bytes differ from their bytes. */
  readonly stableHashes: StableHashes
  readonly fileBytes: number
}

export interface ScanOptions {
  /** Account names; the host's own by default. */
  readonly owners?: OwnerNames
  /** Capabilities, where they are known better than from the files as they are now, and the same of modes and owners. */
  readonly capabilities?: Capabilities
  readonly noted?: ReadonlyMap<string, Noted>
  readonly signal?: AbortSignal
}

/** Errors: HostError UNSUPPORTED naming the path, CHANGED_UNDERWAY, MISSING_PROGRAM, TIMED_OUT, IO. */
export async function scanImage(root: string, limits: ImageLimits = IMAGE_LIMITS, options: ScanOptions = {}): Promise<Scan> {
  const entries = await listImage(root, limits, options)
  const gathered = gather()
  const scratch = newScratch()
  for (const entry of entries) {
    if (options.signal?.aborted === true)
      throw new HostError('TIMED_OUT', `reading ${root} was called off`, { cause: options.signal.reason })
    if (entry.type !== 'file') {
      gathered.add(entry)
      continue
    }
    const reading = readOnce(root, entry, scratch)
    let step = reading.next()
    while (step.done !== true) step = reading.next()
    gathered.addFile(entry, step.value)
  }
  return gathered.scan
}

/** The walk with everything that it needs from the host. */
export async function listImage(root: string, limits: ImageLimits, options: ScanOptions): Promise<ImageEntry[]> {
  const capabilities = options.capabilities ?? (await readCapabilities(root, options.signal))
  const { owners = readOwnerNames(), noted = new Map<string, Noted>() } = options
  return walkImage({ root, limits, owners, capabilities, noted })
}

export interface Gathered {
  readonly scan: Scan
  add(entry: Exclude<ImageEntry, { type: 'file' }>): void
  addFile(entry: Extract<ImageEntry, { type: 'file' }>, hashes: { sha256: string; stable: string }): void
}

/** Collects entries and hashes into a scan. */
export function gather(): Gathered {
  const records: ImageRecord[] = []
  const stableHashes = new Map<string, string>()
  const scan = { records, stableHashes, fileBytes: 0 }
  return {
    scan,
    add: (entry) => void records.push(entry),
    addFile({ inode: _inode, ...entry }, { sha256, stable }) {
      records.push({ ...entry, sha256 })
      if (stable !== sha256) stableHashes.set(entry.path, stable)
      scan.fileBytes += entry.size
    },
  }
}

/**
 * Prefetches what the plan of one archive will ask about this disk: what exists at its names, and how much room there is around them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readlinkSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from '../package/manifest.ts'
import type { FileFacts } from './elf.ts'
import type { Filesystem, Kind } from './host.ts'
import { pathHere, recordsHere, SBIN_IS_BIN } from './merged.ts'
import { kindOf, statOf } from './look.ts'
import { isSoundPath, leadsTo, namesakes, parentsOf } from './rules/names.ts'
import { interpretersOf } from './rules/run.ts'
import { type Defines, type LibraryCache, surveyLibraries } from './survey-libraries.ts'

export interface HostDisk {
  /** `other` for what can be no path. Throws RangeError for one that was not looked up: a rule that asks for it is a defect of ours. */
  readonly exists: (path: string) => Kind
  readonly filesystems: readonly Filesystem[]
  readonly defines: Defines
  readonly sbinIsBin: boolean
}

export function surveyDisk(
  root: string,
  manifest: Manifest,
  facts: ReadonlyMap<string, FileFacts>,
  libraries: LibraryCache = new Map(),
): HostDisk {
  const kinds = new Map<string, Kind>([['', 'dir']])
  const devices = new Map<bigint, Filesystem>()
  const visit = (path: string): void => {
    for (const step of [...parentsOf(path), path]) {
      if (kinds.has(step)) continue
      const above = kinds.get(step.slice(0, Math.max(0, step.lastIndexOf('/'))))
      const stat = above === 'absent' ? undefined : statOf(join(root, step))
      kinds.set(step, stat === undefined ? 'absent' : kindOf(stat))
      if (stat?.isDirectory() && !devices.has(stat.dev)) devices.set(stat.dev, roomAt(root, step))
    }
  }
  devices.set(statOf(root)?.dev ?? -1n, roomAt(root, ''))
  const sbin = join(root, 'usr/sbin')
  const sbinIsBin = statOf(sbin)?.isSymbolicLink() === true && SBIN_IS_BIN.includes(readlinkSync(sbin))
  for (const path of pathsOf({ ...manifest, records: [...recordsHere(manifest.records, sbinIsBin)] }, facts))
    visit(pathHere(path, sbinIsBin))
  return {
    filesystems: [...devices.values()],
    defines: surveyLibraries(root, facts, libraries),
    sbinIsBin,
    exists: (path) => {
      const kind = isSoundPath(path) || path === '' ? kinds.get(pathHere(path, sbinIsBin)) : 'other'
      if (kind === undefined) throw new RangeError(`nobody looked at ${path} before planning`)
      return kind
    },
  }
}

function* pathsOf(manifest: Manifest, facts: ReadonlyMap<string, FileFacts>): Generator<string> {
  for (const record of manifest.records) {
    if (!isSoundPath(record.path)) continue
    yield record.path
    yield* namesakes(record.path)
    const target = record.type === 'link' ? leadsTo(record.path, record.target) : undefined
    if (target !== undefined && isSoundPath(target)) yield target
  }
  for (const fact of facts.values())
    yield* interpretersOf(fact)
      .flat()
      .filter((path) => isSoundPath(path))
}

function roomAt(root: string, mount: string): Filesystem {
  const { bavail, bsize, files, ffree } = statfsSync(join(root, mount))
  return { mount, freeBytes: bavail * bsize, freeInodes: files === 0 ? undefined : ffree }
}

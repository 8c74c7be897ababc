/**
 * Rules about what no entry of an image may be; one such entry refuses the whole package.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { EntryRule, PackageRule, Rule } from './rule.ts'
import { byPath, MAX_PATH_BYTES } from '../../package/record.ts'
import { isSoundPath, parentsOf } from './names.ts'

const SET_ID = 0o6000
const WORLD_WRITABLE = 0o002

const soundNames: EntryRule = {
  scope: 'entry',
  id: 'sound-names',
  why: 'every name is a plain relative path',
  hits: (record) => !isSoundPath(record.path) || (record.type === 'link' && !isFitTarget(record.target)),
}

function isFitTarget(target: string): boolean {
  const names = target.split('/').filter((name) => name !== '' && name !== '.' && name !== '..')
  return Buffer.byteLength(target) <= MAX_PATH_BYTES && names.every((name) => isSoundPath(name)) && target.isWellFormed()
}

/** Two records for one path, or a path below a file or a link, mean that somebody tries to write through something. */
const oneTree: PackageRule = {
  scope: 'package',
  id: 'one-tree',
  why: 'the entries make one tree',
  stops: ({ input: { manifest } }) => {
    const folders = new Set(manifest.records.filter((record) => record.type === 'dir').map((record) => record.path))
    const others = new Set(manifest.records.filter((record) => record.type !== 'dir').map((record) => record.path))
    if (folders.size + others.size !== manifest.records.length) return 'the image names one path twice'
    if (manifest.records.some((record, at) => at > 0 && byPath(manifest.records[at - 1] ?? record, record) >= 0))
      return 'the image is not in order'
    for (const record of manifest.records) {
      if (others.has(record.path) && folders.has(record.path)) return 'the image names one path as two things'
      if (parentsOf(record.path).some((parent) => others.has(parent))) return 'the image has an entry below a file or a link'
    }
    return undefined
  },
}

const noSetId: EntryRule = {
  scope: 'entry',
  id: 'no-set-id',
  why: 'nothing is set-user-id or set-group-id',
  hits: (record) => record.type !== 'link' && (record.mode & SET_ID) !== 0,
}

const noCapability: EntryRule = {
  scope: 'entry',
  id: 'no-capability',
  why: 'nothing has file capabilities',
  hits: (record) => record.type === 'file' && record.capability !== undefined,
}

const rootOwned: EntryRule = {
  scope: 'entry',
  id: 'root-owned',
  why: 'everything belongs to root',
  hits: (record) => record.owner !== 'root' || record.group !== 'root',
}

const notWorldWritable: EntryRule = {
  scope: 'entry',
  id: 'not-world-writable',
  why: 'nothing can be written by everybody',
  hits: (record) => record.type !== 'link' && (record.mode & WORLD_WRITABLE) !== 0,
}

export const CONTENT_RULES: readonly Rule[] = [soundNames, oneTree, noSetId, noCapability, rootOwned, notWorldWritable]

/**
 * Everything of a stand-in lies in its temporary folders, checked, with its final mode, and is known by its inode; nothing is visible yet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type BigIntStats, chmodSync, closeSync, lchownSync, lstatSync, mkdirSync, openSync, symlinkSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { StrangerError } from '../base/errors.ts'
import type { Breather } from './breather.ts'
import { type Copier, copierOf } from './copy.ts'
import type { JournalPath } from './journal.ts'
import type { Layout } from './layout.ts'
import { foundOf } from './look.ts'
import type { PlaceInput } from './place.ts'
import type { Operation } from './plan.ts'
import { factsOfFile } from './survey.ts'

type FileOperation = Extract<Operation, { kind: 'file' }>

/** Rows for the journal, parents first. Errors: StrangerError BAD_HASH or BAD_ARCHIVE. */
export async function prepare(
  input: PlaceInput,
  layout: Layout,
  temporaries: readonly string[],
  breathe: Breather,
): Promise<JournalPath[]> {
  const copier = copierOf(input.staging)
  const paths: JournalPath[] = []
  for (const unit of layout.units)
    for (const { operation, inside } of unit.parts) {
      if (breathe.isDue()) await breathe.now()
      const path = `${temporaries[unit.temporary]}/${inside}`
      const made = make(operation, path, copier, breathe.now)
      paths.push(rowOf(operation, made instanceof Promise ? await made : made, unit.folder))
      input.step?.('copied', operation.path)
    }
  return paths
}

function make(operation: Operation, path: string, copier: Copier, between: () => Promise<void>): BigIntStats | Promise<BigIntStats> {
  if (operation.kind === 'file') return makeFile(operation, path, copier, between)
  if (operation.kind === 'dir') mkdirSync(path, { mode: operation.mode })
  else symlinkSync(operation.target, path)
  const stat = lstatSync(path, { bigint: true })
  // The umask, and a set-group-id bit of the folder above, both have their say in mkdir.
  if (stat.uid !== 0n || stat.gid !== 0n) lchownSync(path, 0, 0)
  if (operation.kind === 'dir' && Number(stat.mode & 0o7777n) !== operation.mode) chmodSync(path, operation.mode)
  return stat
}

function makeFile(
  operation: FileOperation,
  path: string,
  copier: Copier,
  between: () => Promise<void>,
): BigIntStats | Promise<BigIntStats> {
  const copied = copier.copy(operation, path, between)
  if (operation.facts === undefined) return copied
  if (!(copied instanceof Promise)) return lookAgain(operation, path, copied)
  return copied.then((stat) => lookAgain(operation, path, stat))
}

/** The plan was made from what an untrusted process showed; this copy is what would run. */
function lookAgain(operation: FileOperation, path: string, stat: BigIntStats): BigIntStats {
  const fd = openSync(path, 'r')
  try {
    if (isDeepStrictEqual(factsOfFile(fd, operation.size), operation.facts)) return stat
  } finally {
    closeSync(fd)
  }
  throw new StrangerError('BAD_HASH', `staged file ${operation.sha256} is not what it was when it was planned`)
}

/** A file in a new folder is not changed any more; of one that is linked into a folder which exists `place` knows the last ctime. */
function rowOf(operation: Operation, stat: BigIntStats, inFolder: boolean): JournalPath {
  const { inode, dev, mtimeNs, ctimeNs, birthNs } = foundOf(stat)
  const file = operation.kind === 'file'
  return {
    kind: operation.kind,
    path: operation.path,
    sha256: file ? operation.sha256 : '',
    size: file ? operation.size : 0,
    mode: operation.kind === 'link' ? 0o777 : operation.mode,
    inode,
    dev,
    mtimeNs,
    ctimeNs: file && inFolder ? ctimeNs : '',
    birthNs,
    hadCache: true,
    target: operation.kind === 'link' ? operation.target : '',
  }
}

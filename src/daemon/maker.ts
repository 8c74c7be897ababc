/**
 * Makes the archive of one captured image, in a process of its own so that the warden answers meanwhile; the image is refused when it has changed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync, rmSync } from 'node:fs'
import { setPriority } from 'node:os'
import { execa } from 'execa'
import * as v from 'valibot'
import { writeDurable } from '../base/durable.ts'
import { HostError } from '../base/errors.ts'
import { checkJson, count, hex64, plainText } from '../base/schema.ts'
import { imageFromGpkg } from '../package/archive/own.ts'
import { writeArchive } from '../package/archive/write.ts'
import { metadata } from '../package/manifest.ts'
import { imageRecord, MAX_RECORDS } from '../package/record.ts'
import { changedSince } from './capture.ts'
import { checkOwnPackage, ownPackage } from './ownPackage.ts'

const MAX_JOB_BYTES = 64 * 1024 * 1024

/** What is to be made. Either a captured image with its metadata, or a gpkg that Portage of this host has written. */
export const job = v.strictObject({
  image: plainText(4095),
  gpkg: v.nullable(ownPackage),
  metadata,
  files: v.array(v.strictObject({ path: v.string(), size: count(), mode: count(), mtimeMs: v.number() })),
  resolvedMarch: v.nullable(v.array(v.string())),
  out: plainText(4095),
  /** Where the records go, for the comparison that may follow. */
  records: plainText(4095),
})

export const made = v.strictObject({
  sha256: hex64,
  size: count(),
  contentId: hex64,
  stableId: hex64,
  files: count(),
  fileBytes: count(),
  metadata,
})

export const recordList = v.pipe(v.array(imageRecord), v.maxLength(MAX_RECORDS))

export type Job = v.InferOutput<typeof job>
export type Made = v.InferOutput<typeof made>

/** The whole of the maker process: reads its job, makes the archive, answers in one line. */
export async function runMaker(jobPath: string, answer: (line: string) => void): Promise<void> {
  setPriority(10)
  const wanted = checkJson(job, readFileSync(jobPath), jobPath, MAX_JOB_BYTES)
  const taken = wanted.gpkg === null ? wanted : await imageFromGpkg({ gpkg: wanted.gpkg.path, into: wanted.image })
  if (wanted.gpkg !== null) await checkOwnPackage(wanted.gpkg)
  const written = await writeArchive({
    image: taken.image,
    metadata: taken.metadata,
    out: wanted.out,
    resolvedMarch: wanted.resolvedMarch ?? undefined,
  })
  const changed = changedSince({ folder: '', image: wanted.image, files: wanted.files })
  if (changed.length > 0) {
    rmSync(wanted.out, { force: true })
    throw new HostError('CHANGED_UNDERWAY', `${changed[0] ?? ''} has been changed since the build (${changed.length} files): not published`)
  }
  writeDurable(wanted.records, JSON.stringify(written.records))
  const { sha256, size, contentId, stableId, fileBytes } = written
  const files = written.records.filter(({ type }) => type !== 'dir').length
  answer(JSON.stringify({ sha256, size, contentId, stableId, fileBytes, files, metadata: taken.metadata } satisfies Made))
}

/** How the warden starts it: program and arguments to which the path of the job is added, and the whole environment. */
export interface MakerProgram {
  readonly argv: readonly [string, ...string[]]
  readonly env: Record<string, string>
}

/** Runs a maker to its end. Errors: HostError PROGRAM_FAILED with the maker's own words, SCHEMA when it answers nonsense. */
export async function make(program: MakerProgram, jobPath: string, wanted: Job, signal: AbortSignal): Promise<Made> {
  writeDurable(jobPath, JSON.stringify(wanted))
  try {
    const [file, ...rest] = program.argv
    const ended = await execa(file, [...rest, jobPath], {
      env: program.env,
      extendEnv: false,
      cwd: '/',
      stdin: 'ignore',
      reject: false,
      cancelSignal: signal,
      maxBuffer: MAX_JOB_BYTES,
    })
    if (ended.exitCode !== 0)
      throw new HostError('PROGRAM_FAILED', `the archive was not made: ${ended.stderr.slice(-500) || (ended.shortMessage ?? '')}`)
    return checkJson(made, ended.stdout, 'maker', MAX_JOB_BYTES)
  } finally {
    rmSync(jobPath, { force: true })
  }
}

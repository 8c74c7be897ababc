/**
 * What the warden asks of a maker, what it gets, and how it starts one. The maker itself is a program of its own, so nothing of it is held in memory here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { rmSync } from 'node:fs'
import * as v from 'valibot'
import { writeDurable } from '../base/durable.ts'
import { HostError } from '../base/errors.ts'
import { checkJson, count, hex64, plainText } from '../base/schema.ts'
import { metadata } from '../package/manifest.ts'
import { imageRecord, MAX_RECORDS } from '../package/record.ts'
import { runProgram } from '../portage/run.ts'
import { capabilities, capturedFile } from './capture.ts'
import { ownPackage } from './ownPackage.ts'
import { traces } from './traces.ts'

export const MAX_JOB_BYTES: number = 64 * 1024 * 1024

/** The largest image that is published takes minutes. */
const LONGEST_MS = 2 * 60 * 60 * 1000

/** What is to be made. Either a captured image with its metadata, or a gpkg that Portage of this host has written. */
export const job = v.strictObject({
  image: plainText(4095),
  gpkg: v.nullable(ownPackage),
  metadata,
  files: v.array(capturedFile),
  /** Of those files, where they were read in time. */
  capabilities: v.nullable(capabilities),
  resolvedMarch: v.nullable(v.array(v.string())),
  traces,
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
  /** As it stands in the archive. */
  metadata,
  /** What of this host is in it, in one clause with the remedy: then it may be given to nobody. */
  leak: v.nullable(plainText(6000)),
})

export const recordList = v.pipe(v.array(imageRecord), v.maxLength(MAX_RECORDS))

export type Job = v.InferOutput<typeof job>
export type Made = v.InferOutput<typeof made>

/** How the warden starts it: program and arguments to which the path of the job is added, and the whole environment. */
export interface MakerProgram {
  readonly argv: readonly [string, ...string[]]
  readonly env: Record<string, string>
}

/** Runs a maker to its end. Errors: HostError PROGRAM_FAILED with the maker's own words or TIMED_OUT; StrangerError SCHEMA when it answers nonsense. */
export async function make(program: MakerProgram, jobPath: string, wanted: Job, signal: AbortSignal): Promise<Made> {
  writeDurable(jobPath, JSON.stringify(wanted))
  try {
    const [file, ...rest] = program.argv
    const limits = { timeoutMs: LONGEST_MS, maxBytes: MAX_JOB_BYTES }
    const ended = await runProgram(file, [...rest, jobPath], { env: program.env, ...limits, signal, leash: true })
    if (ended.exitCode !== 0) throw new HostError('PROGRAM_FAILED', `the archive was not made: ${ended.stderr.slice(-500)}`)
    return checkJson(made, ended.stdout, 'maker', MAX_JOB_BYTES)
  } finally {
    rmSync(jobPath, { force: true })
  }
}

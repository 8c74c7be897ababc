/**
 * The ground that placing, purging and recovery stand on, passed in as plain data.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync } from 'node:fs'
import type { Journal } from './journal.ts'
import type { Mounts } from './mounts.ts'

/** Points at which the work may be killed; each comes right after what it names. A test kills there. */
export const STEPS = [
  'planned',
  'marked',
  'temporary-made',
  'copied',
  'written-ahead',
  'claimed',
  'revealed',
  'placed',
  'tidied',
  'purging',
  'temporary-gone',
  'removed',
  'keep-noted',
  'kept',
  'folder-gone',
  'flushed',
  'unmarked',
  'purged',
] as const

export type Step = (typeof STEPS)[number]

export interface Site {
  readonly journal: Journal
  /** Absolute; what all paths of a plan are relative to. */
  readonly root: string
  /** Where what the user changed goes; root's, 0700, made when needed. */
  readonly keepFolder: string
  /** Where the markers for bash lie; see live.ts. */
  readonly markers: string
  /** This boot; see `bootId`. */
  readonly boot: string
  /** Milliseconds since 1970, for display only. */
  readonly now: () => number
  /** What is mounted now, where that is not read of this process. */
  readonly mounts?: () => Mounts
  readonly step?: (step: Step, path: string) => void
}

/** Another value after each boot (random(4)). */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

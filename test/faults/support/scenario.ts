/**
 * One thing that standin does to a disk, told so that it can be cut anywhere, gone on with, and judged.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Way } from './tap.ts'

/**
 * What follows a fault: the same process tries again; it ends, and the next one starts up while the emerge is gone, or still at work; or it ends, and the
 * emerge has merged its own build before the next one starts.
 */
export const COURSES = ['again', 'gone', 'alive', 'merged'] as const

export type Course = (typeof COURSES)[number]

/** What one process has open. */
export interface Stage {
  /** Errors: StandinError. */
  work(): Promise<void> | void
  /** The same process goes on after a fault: it must succeed, and leave nothing. */
  again(): Promise<void> | void
  close(): Promise<void> | void
}

export interface Scenario {
  readonly name: string
  /** Everything lies below `top`, a new folder. Not watched. */
  prepare(top: string): Promise<void> | void
  /** Watched, and so is `work`. */
  open(top: string): Promise<Stage> | Stage
  /** The next process: start-up, and what is left to do then. It must succeed, and leave nothing. */
  restart(top: string, isAlive: boolean): Promise<void> | void
  /** The emerge merges what it has built, whatever has become of the purge; the tree must stay so. Left out where that tells nothing new. */
  merge?(top: string): void
  /** The oracle: one line for each thing that is not as it was before, or as the finished work leaves it. `isFinal`: after a start-up. */
  judge(top: string, isFinal: boolean): string[]
  /** Points that another scenario has already. */
  readonly leaves?: RegExp
  /** Removes what lies elsewhere than below `top`. */
  leave?(top: string): void
}

/** What is tried after a fault of `way`. */
export function coursesOf(scenario: Scenario, way: Way): readonly Course[] {
  return COURSES.filter((course) => (course !== 'again' || way !== 'killed') && (course !== 'merged' || scenario.merge !== undefined))
}

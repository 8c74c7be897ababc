/**
 * One thing that standin does to a disk, told so that it can be cut anywhere, gone on with, and judged.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Fault, Seen, Way } from './tap.ts'

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

export interface Inside {
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

export interface Done {
  readonly seen: readonly Seen[]
  readonly isHit: boolean
  /** What is not as it must be, one line each. */
  readonly wrong: readonly string[]
}

/** One that is several processes, each watched for itself: it does all of it, in a new folder. */
export interface Apart {
  readonly name: string
  readonly leaves?: RegExp
  readonly courses: Readonly<Record<Way, readonly Course[]>>
  tryOut(top: string, fault: Fault | undefined, course: Course): Promise<Done>
}

export type Scenario = Inside | Apart

export function isApart(scenario: Scenario): scenario is Apart {
  return 'tryOut' in scenario
}

/** What is tried after a fault of `way`. */
export function coursesOf(scenario: Scenario, way: Way): readonly Course[] {
  if (isApart(scenario)) return scenario.courses[way]
  return COURSES.filter((course) => (course !== 'again' || way !== 'killed') && (course !== 'merged' || scenario.merge !== undefined))
}

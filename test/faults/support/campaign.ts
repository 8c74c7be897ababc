/**
 * Counts the points of every scenario, tries those that are wanted in every way and course, and says which calls in the sources nobody reaches.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { randomOf } from '../../attack/support/random.ts'
import { SCENARIOS } from '../scenarios/all.ts'
import { takeFolders } from './folders.ts'
import { type Lane, openLane } from './lane.ts'
import { type Course, coursesOf, type Scenario } from './scenario.ts'
import { modulesOf, type Site, sitesIn } from './sites.ts'
import { type Way, WAYS } from './tap.ts'
import { type Reason, UNREACHED } from './unreached.ts'

export interface Wanted {
  readonly seed: number
  /** How many points, each in one way and course; all of them, in every way and course, where it is undefined. */
  readonly points?: number | undefined
  /** `SCENARIO/POINT:WAY`, or the beginning of one. */
  readonly only?: string | undefined
  readonly lanes: number
  readonly say: (line: string) => void
}

export interface Row {
  readonly scenario: string
  readonly points: number
  /** Points times ways that were tried, and runs that this took. */
  readonly tried: number
  readonly runs: number
  readonly wrong: number
}

export interface Report {
  readonly rows: readonly Row[]
  /** What was wrong, with the name to try it again by. */
  readonly found: readonly string[]
  /** Calls in the sources that nobody has reached and nobody has given a reason for, or of which the reason is wrong. */
  readonly uncovered: readonly string[]
}

interface Trial {
  readonly scenario: Scenario
  readonly point: string
  readonly way: Way
  readonly courses: readonly Course[]
}

const nameOf = ({ scenario, point, way }: Trial): string => `${scenario.name}/${point}:${way}`

export async function campaign({ seed, points, only, lanes, say }: Wanted): Promise<Report> {
  const removeFolders = takeFolders()
  const open = Array.from({ length: lanes }, () => openLane())
  try {
    const counted = await countAll(open)
    const all = counted.flatMap(({ scenario, names }) =>
      names.flatMap((point) => WAYS.map((way): Trial => ({ scenario, point, way, courses: coursesOf(scenario, way) }))),
    )
    const trials = only === undefined ? some(all, points, seed) : all.filter((one) => nameOf(one).startsWith(only))
    const found = counted.flatMap(({ scenario, wrong }) => wrong.map((line) => `${scenario.name} without any fault: ${line}`))
    for (const line of found) say(line)
    const done = await tryAll(open, trials, (line) => {
      found.push(line)
      say(line)
    })
    const rows = counted.map(({ scenario, names }): Row => {
      const own = done.filter(({ trial }) => trial.scenario === scenario)
      const wrong = own.filter((one) => one.wrong).length
      return { scenario: scenario.name, points: names.length, tried: own.length, runs: own.reduce((sum, { runs }) => sum + runs, 0), wrong }
    })
    return { rows, found, uncovered: uncovered(new Set(counted.flatMap(({ sites }) => sites))) }
  } finally {
    for (const lane of open) await lane.close()
    removeFolders()
  }
}

interface Counted {
  readonly scenario: Scenario
  readonly names: readonly string[]
  readonly sites: readonly string[]
  readonly wrong: readonly string[]
}

async function countAll(lanes: readonly Lane[]): Promise<Counted[]> {
  const counted: Counted[] = []
  await share(lanes, SCENARIOS, async (lane, scenario) => {
    const { seen, wrong } = await lane.count(scenario.name)
    const names = seen.map(({ point }) => point).filter((point) => scenario.leaves?.test(point) !== true)
    counted.push({ scenario, names, sites: seen.map(({ site }) => site), wrong })
  })
  return counted.toSorted((a, b) => SCENARIOS.indexOf(a.scenario) - SCENARIOS.indexOf(b.scenario))
}

/** As many as are wanted, of every scenario in turn, the same ones for the same seed. */
function some(all: readonly Trial[], points: number | undefined, seed: number): Trial[] {
  if (points === undefined) return [...all]
  const random = randomOf(seed)
  const left = Map.groupBy(all, ({ scenario }) => scenario.name)
  const chosen: Trial[] = []
  while (chosen.length < points && left.size > 0)
    for (const [name, trials] of left) {
      if (trials.length === 0) left.delete(name)
      else if (chosen.length < points)
        for (const one of trials.splice(random.below(trials.length), 1))
          chosen.push({ ...one, courses: one.courses.slice(random.below(one.courses.length)).slice(0, 1) })
    }
  return chosen
}

interface Done {
  readonly trial: Trial
  readonly runs: number
  readonly wrong: boolean
}

async function tryAll(lanes: readonly Lane[], trials: readonly Trial[], say: (line: string) => void): Promise<Done[]> {
  const done: Done[] = []
  await share(lanes, trials, async (lane, trial) => {
    const { courses } = trial
    let wrong = false
    for (const course of courses) {
      const lines = await once(lane, trial, course)
      for (const line of lines) say(`--only ${nameOf(trial)} (${course}): ${line}`)
      wrong ||= lines.length > 0
    }
    done.push({ trial, runs: courses.length, wrong })
  })
  return done
}

async function once(lane: Lane, { scenario, point, way }: Trial, course: Course): Promise<readonly string[]> {
  const { isHit, wrong } = await lane.fault(scenario.name, { point, way }, course)
  return isHit ? wrong : ['its point was not reached', ...wrong]
}

/** Each of `things` once, in order, by whichever lane is free. */
async function share<T>(lanes: readonly Lane[], things: readonly T[], work: (lane: Lane, thing: T) => Promise<void>): Promise<void> {
  const left = things.values()
  await Promise.all(
    lanes.map(async (lane) => {
      for (const thing of left) await work(lane, thing)
    }),
  )
}

function uncovered(reached: ReadonlySet<string>): string[] {
  const sites = sitesIn(modulesOf())
  // One line may be written twice.
  const idle = UNREACHED.filter((reason) => sites.every((of) => !isMeant(reason, of) || reached.has(of.site)))
  const lines = sites.flatMap((of) => {
    if (reached.has(of.site)) return isExcused(of, idle) ? [`${of.site} is reached, and must not be excused`] : []
    return isExcused(of, UNREACHED) ? [] : [`${of.site}: ${of.text}`]
  })
  const stale = UNREACHED.filter((reason) => !sites.some((of) => isMeant(reason, of)))
  return [...lines, ...stale.map(([file, part]) => `${file} has no such call any more: ${part}`)]
}

const isExcused = (of: Site, reasons: readonly Reason[]): boolean => reasons.some((reason) => isMeant(reason, of))

const isMeant = ([file, part]: Reason, of: Site): boolean => of.file === file && of.text.includes(part)

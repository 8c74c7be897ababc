/**
 * One process that scenarios are cut in: it counts points, makes a fault that a process outlives, judges what a killed one has left; or is the killed one.
 *
 *     node --import ./test/faults/tap.ts test/faults/worker.ts              jobs come as lines of JSON, answers go the same way
 *     node --import ./test/faults/tap.ts test/faults/worker.ts NAME TOP POINT
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { StandinError } from '../../src/base/errors.ts'
import { scenarioNamed } from './scenarios/all.ts'
import { folderFor } from './support/folders.ts'
import { type Apart, type Course, type Done, type Inside, isApart, type Stage } from './support/scenario.ts'
import { arm, disarm, type Fault } from './support/tap.ts'

export type Job =
  | { readonly t: 'count'; readonly scenario: string }
  | { readonly t: 'fault'; readonly scenario: string; readonly fault: Fault; readonly course: Course }
  | { readonly t: 'judge'; readonly scenario: string; readonly top: string; readonly course: Course }

const AFTER = 'after the restart'

/** Opens and works, watched. Gives what is open, and what was wrong with how it failed. */
async function begin(scenario: Inside, top: string, fault: Fault | undefined): Promise<{ stage: Stage | undefined; done: Done }> {
  let stage: Stage | undefined
  const wrong: string[] = []
  arm(fault)
  try {
    stage = await scenario.open(top)
    await stage.work()
  } catch (error) {
    if (fault === undefined || !(error instanceof StandinError)) wrong.push(`it failed with ${told(error)}`)
  }
  const { seen, hit } = disarm()
  return { stage, done: { seen, isHit: hit !== undefined, wrong } }
}

function told(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? `, for ${told(error.cause)}` : ''
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)) + cause
}

/** Does it and says what was wrong. */
async function tried(what: string, work: () => Promise<void> | void): Promise<string[]> {
  try {
    await work()
    return []
  } catch (error) {
    return [`${what}: ${told(error)}`]
  }
}

async function faulted(scenario: Inside, fault: Fault | undefined, course: Course): Promise<Done> {
  const top = mkdtempSync(join(folderFor(course), 'one-'))
  try {
    await scenario.prepare(top)
    const { stage, done } = await begin(scenario, top, fault)
    const wrong = [...done.wrong]
    if (course === 'again' && stage !== undefined) {
      wrong.push(...(await tried('the second try', () => stage.again())))
      wrong.push(...judged(scenario, top, 'after the second try'))
    }
    wrong.push(...(await tried('closing', () => stage?.close())))
    wrong.push(...(await restarted(scenario, top, course)))
    return { ...done, wrong }
  } finally {
    scenario.leave?.(top)
    rmSync(top, { recursive: true, force: true })
  }
}

function judged(scenario: Inside, top: string, when: string): string[] {
  try {
    return scenario.judge(top, when === AFTER).map((line) => `${when}: ${line}`)
  } catch (error) {
    return [`${when} nothing could be judged: ${told(error)}`]
  }
}

async function restarted(scenario: Inside, top: string, course: Course): Promise<string[]> {
  if (course === 'merged') scenario.merge?.(top)
  const wrong = await tried('the restart', () => scenario.restart(top, course === 'alive'))
  wrong.push(...judged(scenario, top, AFTER))
  return [...wrong, ...openBelow(top).map((path) => `still open: ${path}`)]
}

function openBelow(top: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`)
      return path.startsWith(`${top}/`) ? [path] : []
    } catch {
      return []
    }
  })
}

async function apart(scenario: Apart, fault: Fault | undefined, course: Course): Promise<Done> {
  const top = mkdtempSync(join(folderFor(course), 'one-'))
  try {
    return await scenario.tryOut(top, fault, course)
  } catch (error) {
    return { seen: [], isHit: false, wrong: [`it could not be tried: ${told(error)}`] }
  } finally {
    rmSync(top, { recursive: true, force: true })
  }
}

const UMASK = process.umask()

async function doneOf(job: Job): Promise<Done> {
  // Whichever scenario this worker had before may have worked with another one, in which no build is laid as its copy was.
  process.umask(UMASK)
  const scenario = scenarioNamed(job.scenario)
  if (isApart(scenario)) return job.t === 'fault' ? apart(scenario, job.fault, job.course) : apart(scenario, undefined, 'gone')
  if (job.t === 'fault') return faulted(scenario, job.fault, job.course)
  if (job.t === 'count') return faulted(scenario, undefined, 'again')
  try {
    return { seen: [], isHit: true, wrong: await restarted(scenario, job.top, job.course) }
  } finally {
    scenario.leave?.(job.top)
    rmSync(job.top, { recursive: true, force: true })
  }
}

const [name, top, point] = process.argv.slice(2)
if (name !== undefined && top !== undefined && point !== undefined) {
  const scenario = scenarioNamed(name)
  if (isApart(scenario)) throw new Error(`${name} is cut in processes of its own`)
  await scenario.prepare(top)
  await begin(scenario, top, { point, way: 'killed' })
} else
  for await (const line of createInterface({ input: process.stdin })) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `lane`
    const done = await doneOf(JSON.parse(line) as Job)
    process.stdout.write(`${JSON.stringify(done)}\n`)
  }

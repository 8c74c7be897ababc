/**
 * Sees every change that code of `src` or `hooks` makes to a disk, a database or a channel, and lets one of them go wrong.
 *
 * A point is one such call, by the scenario's own count: `standin/place.revealFolder.renameSync#2` is the second rename that `revealFolder` makes.
 * Nothing in `src` knows of it: the functions of Node are wrapped before any module of ours is loaded, see tap.ts above this folder.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The call is not made and fails; it is made and fails all the same; it is made and the process ends right there. */
export const WAYS = ['refused', 'unsaid', 'killed'] as const

export type Way = (typeof WAYS)[number]

export interface Fault {
  readonly point: string
  readonly way: Way
}

export interface Seen {
  readonly point: string
  /** `src/standin/place.ts:180 renameSync`: the call in the source that it comes from. */
  readonly site: string
}

/** What a call gives up with, where it is to fail. */
export interface Failing {
  /** The error; undefined where the call itself says nothing when it fails, as one that sends a message. */
  readonly error: (() => Error) | undefined
  /** What is given back in place of an error. */
  readonly instead?: unknown
  /** Gives up what the call has given, as the caller never gets it; or what would have told that it failed. */
  readonly lose?: ((given: unknown) => void) | undefined
}

const TOP = pathToFileURL(join(import.meta.dirname, '../../..')).href
const OURS = /^(?:src|hooks)\//

interface State {
  on: boolean
  fault: Fault | undefined
  hit: string | undefined
  log: string | undefined
  readonly counts: Map<string, number>
  seen: Seen[]
}

const state: State = { on: false, fault: undefined, hit: undefined, log: undefined, counts: new Map(), seen: [] }

/** From now on calls are counted, from the first. `log`: each is written there too, for whoever outlives this process. */
export function arm(fault: Fault | undefined, log?: string): void {
  state.counts.clear()
  Object.assign(state, { on: true, fault, hit: undefined, log, seen: [] })
}

/** Ends the count. `hit`: where the fault came, undefined where its point was not reached. */
export function disarm(): { readonly seen: readonly Seen[]; readonly hit: string | undefined } {
  state.on = false
  return { seen: state.seen, hit: state.hit }
}

/** Makes the call, unless it comes from elsewhere than our sources or its time has come. */
export function tapped<T>(name: string, call: () => T, { error, instead, lose }: Failing): T {
  const way = met(name)
  if (way === undefined) return call()
  if (way === 'refused') {
    if (error !== undefined) return fail(error)
    lose?.(undefined)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a call that says nothing gives what its wrapper knows
    return instead as T
  }
  const result = way === 'killed' ? madeOrDead(call) : call()
  if (result instanceof Promise) return waited(result, way, error)
  if (way === 'killed') die()
  lose?.(result)
  return error === undefined ? result : fail(error)
}

/** A call may fail by itself, as one that looks whether something is there. */
function madeOrDead<T>(call: () => T): T {
  try {
    return call()
  } catch {
    return die()
  }
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the promise keeps the type of the call
function waited<T>(result: Promise<unknown>, way: Way, error: Failing['error']): T {
  const ended = result.then((value) => (way === 'killed' ? die() : error === undefined ? value : fail(error)))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as it came
  return ended as T
}

function fail(error: () => Error): never {
  throw error()
}

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('still there')
}

/** Counts the call, and says what is to become of it. */
export function met(name: string): Way | undefined {
  if (!state.on) return undefined
  const caller = callerOf(name)
  if (caller === undefined) return undefined
  const base = `${caller.label}.${name}`
  const number = (state.counts.get(base) ?? 0) + 1
  state.counts.set(base, number)
  const seen = { point: `${base}#${number}`, site: `${caller.site} ${name}` }
  state.seen.push(seen)
  if (state.log !== undefined) note(JSON.stringify(seen))
  if (state.fault?.point !== seen.point) return undefined
  state.hit = seen.site
  if (state.log !== undefined) note(JSON.stringify({ hit: seen.site }))
  return state.fault.way
}

const write = appendFileSync

/** Appending is made of functions that are watched too. */
function note(line: string): void {
  if (state.log === undefined) return
  state.on = false
  write(state.log, `${line}\n`)
  state.on = true
}

interface Caller {
  readonly label: string
  readonly site: string
}

/** The nearest call that is not Node's own, if it is in our sources. */
function callerOf(name: string): Caller | undefined {
  const { stackTraceLimit } = Error
  // oxlint-disable-next-line typescript/unbound-method -- only put back
  const { prepareStackTrace } = Error
  Error.stackTraceLimit = 40
  Error.prepareStackTrace = (_error, sites) => sites
  const holder: { stack?: unknown } = {}
  Error.captureStackTrace(holder, met)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by the line above
  const sites = holder.stack as NodeJS.CallSite[]
  Object.assign(Error, { prepareStackTrace, stackTraceLimit })
  // What Node's own functions are made of is no call of ours: reading a file, say, opens it.
  if (
    PARTS.has(name) &&
    sites
      .find((site) => !isTap(site.getFileName()))
      ?.getFileName()
      ?.startsWith('node:') === true
  )
    return undefined
  const outside = sites.filter((site) => isOutside(site.getFileName()))
  const file = outside[0]?.getFileName()?.slice(TOP.length + 1)
  if (outside[0] === undefined || file === undefined || !OURS.test(file)) return undefined
  const inFile = outside.filter((site) => site.getFileName()?.endsWith(file) === true)
  const named = inFile.map((site) => site.getFunctionName()?.split('.').at(-1)).find((found) => found !== undefined && found !== '')
  return { label: `${file.replace(/^src\//, '').replace(/\.ts$/, '')}.${named ?? 'top'}`, site: `${file}:${outside[0].getLineNumber()}` }
}

const PARTS = new Set(['openSync', 'writeSync'])

function isOutside(file: string | null | undefined): boolean {
  return typeof file === 'string' && !file.startsWith('node:') && !isTap(file)
}

function isTap(file: string | null | undefined): boolean {
  return file === null || file === undefined || file.includes('/test/faults/support/tap') || file.includes('/test/faults/tap')
}

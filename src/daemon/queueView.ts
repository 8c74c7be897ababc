/**
 * Names what the packages that are still to be merged need for their build: tools that they run, and what they are built against.
 *
 * The list that Portage keeps need not be the asking emerge's own (see queue.ts). A list too many only forbids more, a list too few would let a command
 * stand in that some build may find: so a list, once seen, counts for as long as another emerge runs beside the one that asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { statSync } from 'node:fs'
import { HostError, StandinError } from '../base/errors.ts'
import { packagesIn } from '../portage/depend.ts'
import { cacheEntries } from '../portage/ebuild.ts'
import { runsBeside } from '../portage/emerges.ts'
import { type Queued, queuePath, type Queues, readQueues } from '../portage/queue.ts'
import type { Repository } from '../portage/repos.ts'
import { splitCpv } from '../portage/version.ts'

export interface QueueMemory {
  /** Of mtimedb when it was last read, and what it said. */
  stamp: string
  queues: Queues
  /** CPV to type of all that was ever queued since only one emerge ran. */
  readonly seen: Map<string, string>
  /** What each queued package needs, as long as one emerge has it in its queue. */
  readonly needs: Map<string, Needs>
}

export interface QueueQuestion {
  readonly root: string
  readonly procRoot: string
  readonly repos: ReadonlyMap<string, Repository>
  /** Package that asks; what it needs itself is no reason against it. */
  readonly cpv: string
  /** Pid of the emerge that asks, 0 where it is not known. */
  readonly ownerPid: number
  readonly memory: QueueMemory
}

export interface QueueNames {
  readonly tools: ReadonlySet<string>
  readonly dependencies: ReadonlySet<string>
}

interface Needs {
  readonly tools: readonly string[]
  readonly dependencies: readonly string[]
}

export function queueMemory(): QueueMemory {
  return { stamp: '', queues: { current: [], backup: [] }, seen: new Map(), needs: new Map() }
}

/** Errors: HostError UNREADABLE for an mtimedb, or dependencies of something queued, that cannot be read: then nobody knows what a build may find. */
export function queueOf(question: QueueQuestion): QueueNames {
  const queued = queuedNow(question)
  const { needs } = question.memory
  for (const cpv of needs.keys()) if (!queued.has(cpv)) needs.delete(cpv)
  const tools = new Set<string>()
  const dependencies = new Set<string>()
  for (const [cpv, type] of queued) {
    if (cpv === question.cpv) continue
    const known = needs.get(cpv) ?? needsOf(cpv, type, question)
    needs.set(cpv, known)
    for (const name of known.tools) tools.add(name)
    for (const name of known.dependencies) dependencies.add(name)
  }
  return { tools, dependencies }
}

function queuedNow({ root, procRoot, ownerPid, memory }: QueueQuestion): ReadonlyMap<string, string> {
  const stamp = stampOf(queuePath(root))
  if (stamp !== memory.stamp) {
    const before = typesOf(memory.queues.current)
    Object.assign(memory, { queues: readQueues(root), stamp })
    // A list that only got shorter is of the same emerge; before another one began, ebuilds may have changed.
    const now = memory.queues.current
    if (now.length >= before.size || now.some(({ cpv }) => !before.has(cpv))) memory.needs.clear()
  }
  const current = typesOf(memory.queues.current)
  const others = new Map([...typesOf(memory.queues.backup), ...memory.seen])
  const more = [...others.keys()].some((cpv) => !current.has(cpv))
  const all = more && runsBeside(procRoot, ownerPid) ? new Map([...others, ...current]) : current
  memory.seen.clear()
  for (const [cpv, type] of all) memory.seen.set(cpv, type)
  return all
}

function typesOf(queue: readonly Queued[]): Map<string, string> {
  return new Map(queue.filter(({ action }) => action === 'merge').map(({ cpv, type }) => [cpv, type]))
}

/** By all repositories that have it: the list does not say which one is meant. */
function needsOf(cpv: string, type: string, { root, repos }: QueueQuestion): Needs {
  const parts = splitCpv(cpv)
  const entries = parts === undefined ? [] : [...repos.values()].flatMap((repository) => cacheEntries({ root, repository, cpv: parts }))
  const names = (of: 'BDEPEND' | 'IDEPEND' | 'DEPEND'): string[] => entries.flatMap((entry) => [...namesIn(entry[of] ?? '', cpv, of)])
  if (type === 'binary') return { tools: names('IDEPEND'), dependencies: [] }
  // PMS 8.1: before EAPI 7 there is no BDEPEND, and what a build runs is in DEPEND too.
  const early = entries.some(({ EAPI = '0' }) => /^[0-6]$/.test(EAPI)) ? names('DEPEND') : []
  return { tools: [...names('BDEPEND'), ...names('IDEPEND'), ...early], dependencies: names('DEPEND') }
}

/** Which flags it will be built with only its emerge knows, so all count. */
function namesIn(text: string, cpv: string, key: string): ReadonlySet<string> {
  try {
    return packagesIn(text, 'any')
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    throw new HostError('UNREADABLE', `${key} of ${cpv}, which is queued: ${error.message}`, { cause: error })
  }
}

function stampOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? 'none' : `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs}`
}

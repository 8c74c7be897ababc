/**
 * A control server of the daemon's own code, that answers as a test tells it, and is closed after the test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { TestContext } from 'node:test'
import type { World } from '../../../src/cli/world.ts'
import { openControl, type Responder } from '../../../src/daemon/control.ts'
import type { Answer, CourseReport, LiveStandin, OwnBuild, Request } from '../../../src/daemon/controlWire.ts'
import { atEnd } from '../../support/atEnd.ts'

export type StatusAnswer = Extract<Answer, { t: 'status' }>

export function liveOne(more: Partial<LiveStandin> = {}): LiveStandin {
  return {
    id: '7',
    cpv: 'app-misc/hello-2.12',
    repository: 'gentoo',
    slot: '0',
    state: 'placed',
    level: 1,
    files: 12,
    bytes: 1_234_567,
    since: '2026-03-04T05:03:07.000Z',
    ...more,
  }
}

export function ownOne(more: Partial<OwnBuild> = {}): OwnBuild {
  return {
    cpv: 'app-misc/hello-2.12',
    repository: 'gentoo',
    slot: '0',
    recipe: 'a'.repeat(64),
    content: 'b'.repeat(64),
    archive: 'c'.repeat(64),
    size: 2_700_000,
    shared: true,
    audit: 'agree',
    ...more,
  }
}

export function courseOf(more: Partial<CourseReport> = {}): CourseReport {
  return {
    cpv: 'app-misc/hello-2.12',
    repository: 'gentoo',
    slot: '0',
    at: '2026-03-04T05:00:00.123Z',
    placed: false,
    outcome: 'no stand-in: it has a set-id file',
    verdicts: [
      { rule: 'merge-source', passed: true, text: 'it is built from source' },
      { rule: 'no-setid', passed: false, text: 'no set-id files: usr/bin/su' },
    ],
    ...more,
  }
}

export function disputeOf(): StatusAnswer['disputes'][number] {
  return {
    cpv: 'app-misc/other-1',
    recipe: 'd'.repeat(64),
    differing: 2,
    kept: '/var/lib/standin/disputes/x',
    state: 'accuses',
    files: 'both',
    text: 'the copy is wrong; both archives are in /var/lib/standin/disputes/x',
  }
}

export function statusAnswer(more: Partial<StatusAnswer> = {}): StatusAnswer {
  return {
    t: 'status',
    version: '0.1.0',
    features: ['install', 'publish'],
    warden: { pid: 11, megabytes: 38 },
    peer: { pid: 12, megabytes: 97, answers: true },
    live: [liveOne()],
    kept: [{ path: 'usr/bin/hello', keptAs: '/var/lib/standin/kept/3/usr/bin/hello' }],
    transfers: [
      { name: 'app-misc/hello-2.12', direction: 'down', bytes: 1_200_000, total: 2_700_000, bytesPerSecond: 1_100_000, peers: 3 },
    ],
    disputes: [disputeOf()],
    ...more,
  }
}

/** Listens at the control socket of `world`; the requests come into the list that is given back. */
export async function daemonIn(t: TestContext, world: World, respond: Responder): Promise<Request[]> {
  const asked: Request[] = []
  const server = await openControl(
    world.control,
    async (request, send, signal) => {
      asked.push(request)
      await respond(request, send, signal)
    },
    () => undefined,
  )
  atEnd(t, () => void server.close())
  return asked
}

/** A daemon that gives to each kind of request the answers of that name. */
export function answering(answers: Partial<Record<Request['t'], readonly Answer[]>>): Responder {
  return async (request, send) => {
    for (const answer of answers[request.t] ?? []) send(answer)
  }
}

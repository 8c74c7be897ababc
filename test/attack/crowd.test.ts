/**
 * A crowd that takes every connection it can get, and says nothing, does not keep an honest peer from being asked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rendezvousTorrent } from '../../src/swarm/rendezvous.ts'
import { callAs } from '../swarm/stranger.ts'
import { BOUNDS, report, unlessWhole } from './support/bounds.ts'
import { startHonest } from './support/honest.ts'
import { look, startTaker } from './support/taker.ts'
import { naming, startTracker } from './support/tracker.ts'

test('strangers at many addresses hold all connections that they can get', { skip: unlessWhole() }, async (t) => {
  const honest = await startHonest(t)
  const { infohash } = rendezvousTorrent(honest.family)
  const asked = Promise.withResolvers<void>()
  const crowded = Promise.withResolvers<void>()
  const tracker = await startTracker(t, (response) => {
    asked.resolve()
    void crowded.promise.then(() => naming([honest.address])(response))
  })
  const taker = await startTaker(t, { trackers: [tracker] })
  const looking = look(taker, honest.family)
  await asked.promise

  const count = 2000
  const settled: Promise<void>[] = []
  let refused = 0
  for (let at = 0; at < count; at++) {
    const stranger = await callAs(t, taker.port, infohash, 0, `127.0.${3 + (at >> 7)}.${1 + (at & 127)}`)
    void stranger.closed.then(() => refused++)
    settled.push(Promise.race([stranger.closed, new Promise<void>((resolve) => stranger.onMessage(() => resolve()))]))
  }
  await Promise.all(settled)
  crowded.resolve()
  const { sought, seconds, failures } = await looking
  assert.ok(sought.found, failures.join('\n'))
  assert.ok(taker.megabytes() < BOUNDS.peerMegabytes, `the peer had ${taker.megabytes()} MB`)
  const held = count - refused
  assert.ok(held > 0 && refused > 0, `${held} held and ${refused} refused: the crowd was too small`)
  const found = `${held} let in; honest copy taken after ${seconds.toFixed(2)} s, peer ${Math.round(taker.megabytes())} MB`
  report(t, { what: 'a crowd of real connections at one rendezvous (10,000 scaled down)', tried: count, found })
})

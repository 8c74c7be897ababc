/**
 * Whatever a hostile peer does beside an honest one, the honest copy is staged, a little later than without it; and the peer process stays small.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BOUNDS, isWhole, report } from './support/bounds.ts'
import { HOSTILE } from './support/hostilePeers.ts'
import { startHonest } from './support/honest.ts'
import { look, startTaker } from './support/taker.ts'
import { naming, startTracker } from './support/tracker.ts'

const tried = HOSTILE.filter(({ short }) => isWhole() || short === true)
const costs: { what: string; seconds: number }[] = []
let megabytes = 0

for (const { what, slow, start } of tried) {
  test(`${what}: the honest copy is taken`, async (t) => {
    let named: readonly string[] = []
    const taker = await startTaker(t, { trackers: [await startTracker(t, (response) => naming(named)(response))] })
    const options = slow === true ? { bytesPerSecond: 1_000_000 } : {}

    const calm = await startHonest(t, options)
    named = [calm.address]
    const without = await look(taker, calm.family)
    assert.ok(without.sought.found, without.failures.join('\n'))

    const honest = await startHonest(t, options)
    named = [...(await start(t, honest)), honest.address]
    const withIt = await look(taker, honest.family)
    assert.ok(withIt.sought.found, withIt.failures.join('\n'))
    assert.equal(withIt.sought.copy.weighed.offer.archive.sha256, honest.offer.archive.sha256)

    const seconds = withIt.seconds - without.seconds
    t.diagnostic(
      `without ${without.seconds.toFixed(2)} s, with it ${seconds.toFixed(2)} s more; in vain: ${withIt.failures.join(' | ') || 'none'}`,
    )
    costs.push({ what, seconds })
    megabytes = Math.max(megabytes, taker.megabytes())
    assert.ok(seconds < BOUNDS.peerSeconds, `it cost ${seconds} s`)
    assert.ok(taker.megabytes() < BOUNDS.peerMegabytes, `the peer had ${taker.megabytes()} MB`)
    // What a stranger says reaches the log as text.
    assert.deepEqual(taker.log.filter((line) => /[^\u0020-\uffff]/.test(line)), []) // prettier-ignore
  })
}

test('what hostile peers cost', (t) => {
  const worst = costs.toSorted((a, b) => b.seconds - a.seconds)[0]
  const found = `honest copy taken each time; worst ${worst?.seconds.toFixed(2)} s more (${worst?.what}), peer ${Math.round(megabytes)} MB`
  report(t, { what: 'hostile peers beside an honest one', tried: costs.length, found })
  assert.equal(costs.length, tried.length)
})

/**
 * A peer that hangs is ended after two questions in vain; one that says anything at all, or is down, is left alone, and an idle one is hardly woken.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { type Pulse, pulseOf } from '../../src/daemon/peerPulse.ts'

interface Watched {
  readonly pulse: Pulse
  /** Questions so far, and for how long it had been silent each time that it was ended. */
  readonly pings: () => number
  readonly ends: readonly number[]
  busy: boolean
  /** So many seconds pass, in each of which the warden looks at it. */
  pass(seconds: number): void
}

/** A peer that runs. */
function watched(t: TestContext): Watched {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const ends: number[] = []
  let pings = 0
  const pulse = pulseOf({ ping: () => (pings += 1), isBusy: () => it.busy, hung: (seconds) => ends.push(seconds) })
  const it: Watched = {
    pulse,
    pings: () => pings,
    ends,
    busy: false,
    pass(seconds) {
      for (let second = 0; second < seconds; second++) {
        t.mock.timers.tick(1000)
        pulse.tick()
      }
    },
  }
  pulse.started()
  return it
}

test('one that hangs while something is asked of it is asked twice, and ended after 30 s', (t) => {
  const it = watched(t)
  it.busy = true
  it.pass(15)
  assert.equal(it.pings(), 1)
  it.pass(29)
  assert.deepEqual([it.pings(), it.ends], [2, []])
  it.pass(1)
  assert.deepEqual([it.pings(), it.ends], [2, [30]])
})

test('any word of it counts, also one that comes late', (t) => {
  const it = watched(t)
  it.busy = true
  for (let round = 0; round < 5; round++) {
    it.pass(15 + 29)
    it.pulse.heard()
  }
  assert.deepEqual([it.pings(), it.ends], [10, []])
})

test('an idle one is asked every five minutes', (t) => {
  const it = watched(t)
  for (let round = 0; round < 3; round++) {
    it.pass(300)
    assert.equal(it.pings(), round + 1)
    it.pulse.heard()
  }
  it.pass(300 + 30)
  assert.deepEqual(it.ends, [30])
})

test('one that is down is asked nothing, and the next one begins anew', async (t) => {
  const it = watched(t)
  it.busy = true
  it.pass(15 + 29)
  it.pulse.ended()
  it.pass(1000)
  assert.deepEqual([it.pings(), it.ends], [2, []])
  it.pulse.started()
  it.pulse.heard()
  it.pass(15 + 29)
  assert.deepEqual(it.ends, [])
})

test('whoever asks how it is hears so at once, or within two seconds; and it is ended if that goes on', async (t) => {
  const it = watched(t)
  const well = it.pulse.answers()
  it.pulse.heard()
  assert.equal(await well, true)

  const silent = it.pulse.answers()
  it.pass(2)
  assert.equal(await silent, false)
  assert.equal(await it.pulse.answers(), false, 'nobody waits for it again')
  it.pulse.heard()
  const again = it.pulse.answers()
  it.pulse.heard()
  assert.equal(await again, true)

  const gone = it.pulse.answers()
  it.pulse.ended()
  assert.equal(await gone, false)
  it.pulse.started()
  void it.pulse.answers()
  it.pass(30)
  assert.deepEqual(it.ends, [30])
})

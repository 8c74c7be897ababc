/**
 * Whatever a peer process that was taken over says, the warden stays small, hears everybody else, and logs little, under its own names, and as text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { BOUNDS, isWhole, report } from './support/bounds.ts'
import type { Probe } from './support/wardenProbe.ts'

const run = promisify(execFile)

const SHORT = ['no newline', 'sources of one archive without end']
const WHOLE = [
  ...SHORT,
  'a log without end',
  'bytes that are no text',
  'deep JSON',
  'long words',
  'escapes in a failure',
  'ready, over and over',
  'answers to nobody',
  'transfers that nobody asked for',
  'offers without end',
  'contents without end, all signed',
  'a find that is over at once',
  'a copy that is not there',
  'a log without a newline',
  'deaf',
]

test('a peer process that floods the warden', async (t) => {
  const attacks = isWhole() ? WHOLE : SHORT
  const seconds = isWhole() ? 6 : 1
  let worst = { megabytes: 0, deafSeconds: 0, logLines: 0 }
  for (const attack of attacks) {
    const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'support/wardenProbe.ts'), attack, String(seconds)])
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a program of ours
    const probe = JSON.parse(stdout) as Probe
    t.diagnostic(`${attack}: ${JSON.stringify(probe)}`)
    assert.ok(probe.megabytes < BOUNDS.wardenMegabytes, `${attack}: ${probe.megabytes} MB`)
    assert.ok(probe.deafSeconds < BOUNDS.deafSeconds, `${attack}: deaf for ${probe.deafSeconds} s`)
    assert.equal(probe.steering, 0, attack)
    assert.ok(probe.logLines < 6000 && probe.logLength <= 1100, `${attack}: ${probe.logLines} lines of up to ${probe.logLength}`)
    worst = {
      megabytes: Math.max(worst.megabytes, probe.megabytes),
      deafSeconds: Math.max(worst.deafSeconds, probe.deafSeconds),
      logLines: Math.max(worst.logLines, probe.logLines),
    }
  }
  const found = `worst ${worst.megabytes} MB more, deaf for ${worst.deafSeconds.toFixed(2)} s, ${worst.logLines} lines in its log`
  report(t, { what: `floods of a taken-over peer process, ${seconds} s each`, tried: attacks.length, found })
})

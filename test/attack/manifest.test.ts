/**
 * A manifest that a taken-over peer stages takes neither the memory of root nor its time, whatever its 64 MiB are made of.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { MAX_MANIFEST_BYTES } from '../../src/package/manifest.ts'
import { temporary } from '../package/image.ts'
import { BOUNDS, isWhole, report } from './support/bounds.ts'

/** What stands in the place of the records, and the end. */
const FILLS: readonly [string, string, string, string][] = [
  ['nothing but brackets', '[', '', 'TOO_LARGE'],
  ['empty objects', '{},', '{}]}', 'TOO_LARGE'],
  ['empty lists', '[],', '[]]}', 'TOO_LARGE'],
  ['numbers', '0.5,', '1]}', 'TOO_LARGE'],
  ['one long name', 'x', '', 'SCHEMA'],
  ['escapes', '\\u0041', '"]}', 'SCHEMA'],
]

test('manifests that ask for much', (t) => {
  const fills = isWhole() ? FILLS : FILLS.slice(1, 2)
  let worst = { seconds: 0, megabytes: 0 }
  for (const [what, fill, end, code] of fills) {
    const staging = join(temporary(t), 'stage')
    mkdirSync(join(staging, 'files'), { recursive: true })
    const start = fill === '\\u0041' || fill === 'x' ? '{"records":["' : '{"records":['
    const count = Math.floor((MAX_MANIFEST_BYTES - start.length - end.length) / fill.length)
    writeFileSync(join(staging, 'manifest.json'), start + fill.repeat(count) + end)
    const out = execFileSync(process.execPath, [join(import.meta.dirname, 'support/manifestProbe.ts'), staging], { encoding: 'utf8' })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a program of ours
    const probe = JSON.parse(out) as { code: string; seconds: number; megabytes: number }
    t.diagnostic(`${what}: ${out}`)
    assert.equal(probe.code, code, what)
    assert.ok(probe.megabytes < BOUNDS.wardenMegabytes, `${what}: ${probe.megabytes} MB`)
    assert.ok(probe.seconds < BOUNDS.manifestSeconds, `${what}: deaf for ${probe.seconds} s`)
    worst = { seconds: Math.max(worst.seconds, probe.seconds), megabytes: Math.max(worst.megabytes, probe.megabytes) }
  }
  const found = `all refused; worst ${worst.megabytes} MB more and ${worst.seconds.toFixed(2)} s`
  report(t, { what: 'staged manifests of 64 MiB', tried: fills.length, found })
})

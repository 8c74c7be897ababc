/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeImage, temporary } from '../image.ts'

/** Most memory of a process that does `what`, in MB. */
function memoryOf(...what: string[]): number {
  const out = execFileSync(process.execPath, [join(import.meta.dirname, 'measure.ts'), ...what], { encoding: 'utf8' })
  return Number(out)
}

/** Of the 480 MB that the large image has. */
const MOST = 300

test('memory does not grow with the image, neither when it is written nor when it is read', (t) => {
  const folder = temporary(t)
  const [small, large] = [join(folder, 'small'), join(folder, 'large')]
  makeImage(small, { 'usr/a': 'x' })
  mkdirSync(join(large, 'usr'), { recursive: true })
  const random = randomBytes(8 * 2 ** 20)
  for (let at = 0; at < 60; at++) appendFileSync(join(large, 'usr/a'), at % 2 === 0 ? random : Buffer.alloc(random.length))
  const base = {
    write: memoryOf('write', small, join(folder, 'small.gpkg.tar')),
    read: memoryOf('read', join(folder, 'small.gpkg.tar'), join(folder, 's1')),
  }
  const whole = {
    write: memoryOf('write', large, join(folder, 'large.gpkg.tar')),
    read: memoryOf('read', join(folder, 'large.gpkg.tar'), join(folder, 's2')),
  }
  // Four frames of 4 MiB and their results are in flight, and the collector is late, the more so on a busy machine.
  assert.ok(whole.write - base.write < MOST, `writing: ${base.write} MB for a small image, ${whole.write} MB for a large one`)
  assert.ok(whole.read - base.read < MOST, `reading: ${base.read} MB for a small image, ${whole.read} MB for a large one`)
  t.diagnostic(
    `writing ${base.write.toFixed(0)} and ${whole.write.toFixed(0)} MB, reading ${base.read.toFixed(0)} and ${whole.read.toFixed(0)} MB`,
  )
})

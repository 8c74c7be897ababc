/**
 * The watch over test files ends what is started after it and takes too long, and nobody who was there before.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { atEnd } from './support/atEnd.ts'
import { endOverdue } from './support/overdue.ts'

test('who holds the lock of the run stays', async (t) => {
  const holder = spawn('sleep', ['600'])
  atEnd(t, () => holder.kill('SIGKILL'))
  await once(holder, 'spawn')
  const said: string[] = []
  atEnd(
    t,
    endOverdue(10, (line) => said.push(line)),
  )
  const file = spawn('sleep', ['601'])
  atEnd(t, () => file.kill('SIGKILL'))
  const [, signal] = await once(file, 'exit')
  assert.deepEqual([signal, said], ['SIGKILL', ['601: ended, for it took longer than 0.01 s']])
  assert.deepEqual([holder.exitCode, holder.signalCode], [null, null])
})

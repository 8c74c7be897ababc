/**
 * What can't be logged is lost, and nothing else is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { start } from './support/process.ts'

const LOGS = [process.execPath, join(import.meta.dirname, 'support/logs.ts')]

for (const [name, shell] of [
  ['a disk without room', 'exec "$@" 2> /dev/full'],
  // The reader has ended before the first line is written.
  ['a reader that is gone', 'exec 4>&1; exec 3> >(exec 1>&4 4>&-); wait $!; exec "$@" 2>&3 3>&- 4>&-'],
] as const)
  test(`a log on ${name} ends nobody`, async () => {
    const { code, stdout, stderr } = await start(['bash', '--norc', '-c', shell, 'logs', ...LOGS], {}).ended
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'still there\n', stderr: '' })
  })

test('else each line is one of the log, and steers nothing', async () => {
  const { code, stdout, stderr } = await start(LOGS, {}).ended
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'still there\n', stderr: 'one\ntwo\nthree\n' })
})

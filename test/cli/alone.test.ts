/**
 * A second daemon does not start beside one that is there, and one that was killed is in nobody's way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { expectAlone } from '../../src/cli/alone.ts'
import { answering, daemonIn } from './support/daemon.ts'
import { worldIn } from './support/world.ts'

test('nobody listens: no file, no folder', async (t) => {
  const { control } = worldIn(t)
  await expectAlone(control)
  await expectAlone(`${control}/below`)
})

test('somebody listens: refused, with what to do, and the other one goes on', async (t) => {
  const world = worldIn(t)
  await daemonIn(t, world, answering({}))
  const refused = { name: 'UserError', code: 'USAGE', message: /runs already .*control\.sock.* stop the service/ }
  await assert.rejects(expectAlone(world.control), refused)
  await assert.rejects(expectAlone(world.control), refused)
})

test('a socket whose daemon was killed is nobody', async (t) => {
  const { control } = worldIn(t)
  const script = `require('node:net').createServer().listen(${JSON.stringify(control)}, () => console.log('ready'))`
  const killed = spawn(process.execPath, ['-e', script])
  await once(killed.stdout, 'data')
  await assert.rejects(expectAlone(control), { code: 'USAGE' })
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  assert.ok(existsSync(control))
  await expectAlone(control)
})

test('what cannot be told is not taken for nobody', async (t) => {
  const { control } = worldIn(t)
  writeFileSync(control, '')
  await expectAlone(control) // a file: ECONNREFUSED
  await assert.rejects(expectAlone(`/${'x'.repeat(200)}`), { name: 'HostError' })
})

/**
 * Whoever types emerge reads what becomes of the copy, also where the output goes into a pipe or a file, in colours only where they are wanted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { startDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'

let network: Network
let host: Host
before(async () => {
  network = await createNetwork({ name: 'tty' })
  host = await network.createHost({ name: 'alpha' })
  await installStandin(host, { features: 'install' })
  await startDaemon(host)
  // A slot that is installed gets no stand-in: one line, without any search.
  await host.emerge(['test-misc/nothing'])
})
after(() => network.close())

async function screenOf(command: string): Promise<string> {
  const shell = await host.start(['sh', '-c', command], { pty: true })
  assert.equal((await shell.exited).exitCode, 0)
  return shell.output()
}

test('the output in a pipe: the line comes on the terminal, with colours', async () => {
  const screen = await screenOf('NO_COLOR= TERM=xterm emerge --oneshot test-misc/nothing 2>&1 | cat >/tmp/log')
  assert.ok(screen.includes('\u001b[33;01m*\u001b[39;49;00m standin: test-misc/nothing-1: no stand-in: '), screen)
  assert.doesNotMatch(host.read('/tmp/log'), /standin: test-misc/)
})

for (const option of ['--color=n', '--color n'])
  test(`emerge ${option}: none`, async () => {
    const screen = await screenOf(`NO_COLOR= TERM=xterm emerge ${option} --oneshot test-misc/nothing >/tmp/log 2>&1`)
    assert.match(screen, /^ \* standin: test-misc\/nothing-\S+: no stand-in: /m)
  })

test('emerge --color=y: colours, whatever NO_COLOR says', async () => {
  const screen = await screenOf('NO_COLOR=1 TERM=xterm emerge --color=y --oneshot test-misc/nothing >/tmp/log 2>&1')
  assert.ok(screen.includes('\u001b[33;01m*\u001b[39;49;00m standin: test-misc/nothing-1: no stand-in: '), screen)
})

test('NO_COLOR: none', async () => {
  const screen = await screenOf('NO_COLOR=1 TERM=xterm emerge --oneshot test-misc/nothing >/tmp/log 2>&1')
  assert.match(screen, /^ \* standin: test-misc\/nothing-\S+: no stand-in: /m)
})

test('a terminal that goes with emerge, as sudo makes one: what is said afterwards comes on the one around it', async () => {
  const inner = 'STANDIN_FEATURES=publish emerge --color=n --oneshot test-misc/nothing'
  const shell = await host.start(['sh', '-c', `script -qec '${inner}' /tmp/typescript; echo ended; read end`], { pty: true })
  await shell.waitFor(/ended/)
  await shell.waitFor(/standin: test-misc\/nothing-1: (published|not published)/)
  shell.write('\n')
  assert.equal((await shell.exited).exitCode, 0)
})

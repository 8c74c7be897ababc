/**
 * What README.md has a Gentoo user type is typed here, line by line, and ends with a host on which stand-ins are used.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Ended } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { append, builtStandin } from '../support/standin/built.ts'
import { startDaemon } from '../support/standin/daemon.ts'

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

/** The shell block that holds `line`. */
function blockWith(line: string): string {
  const block = [...readme.matchAll(/^```sh\n([^]*?)^```$/gm)].map((match) => match[1] ?? '').find((text) => text.includes(line))
  assert.ok(block, `README.md has no block with ${line}`)
  return block
}

let network: Network
let host: Host
before(async () => {
  network = await createNetwork({ name: 'readme' })
  host = await network.createHost({ name: 'gentoo' })
  append(host, '/etc/portage/profile/package.provided', 'app-shells/bash-5.2\n')
})
after(() => network.close())

const typed = (text: string): Promise<Ended> => host.run(['bash', '-e'], { input: text, cwd: '/root', check: false })

test('the lines that install it do so', async () => {
  const built = await builtStandin()
  for (const made of [built.tarball, built.overlay]) cpSync(made, join(host.path('/root/dist'), basename(made)), { recursive: true })
  const { exitCode, stdout, stderr } = await typed(blockWith('emerge app-portage/standin'))
  assert.equal(exitCode, 0, stdout + stderr)
  assert.ok(host.exists('/usr/bin/standin'))
})

const filesIn = (folder: string): ReadonlySet<string> => new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }))

test('typed once more they update it: what is newer in the overlay comes, and nothing is there twice', async () => {
  const repository = host.path('/var/db/repos/standin')
  const known = filesIn(repository)
  host.write('/root/dist/overlay/profiles/newer', '')
  const { exitCode, stdout, stderr } = await typed(blockWith('emerge app-portage/standin'))
  assert.equal(exitCode, 0, stdout + stderr)
  assert.deepEqual(filesIn(repository), new Set([...known, 'profiles/newer']))
  for (const file of ['package.use', 'package.accept_keywords'])
    assert.equal(host.read(`/etc/portage/${file}/standin`).trim().split('\n').length, 1)
})

test('the lines that switch it on do so, and the doctor finds nothing wrong but that nobody is trusted yet', async () => {
  const block = blockWith('standin hook --enable')
  assert.match(block, /^rc-update add standin default && rc-service standin start +# or: systemctl enable --now standin$/m)
  await startDaemon(host) // a host of tests has no init
  const { exitCode, stdout } = await typed(block.replace(/^rc-update.*$/m, '').replace('standin doctor', 'standin doctor --json'))
  assert.equal(exitCode, 1)
  const found: { findings: { check: string; state: string }[] } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  assert.deepEqual(
    found.findings.filter(({ state }) => state === 'wrong').map(({ check }) => check),
    ['policy'],
  )
})

test('what it says to look at can be looked at, and it can be switched off', async () => {
  for (const line of ['standin status', 'standin key', 'standin purge --all', 'standin hook --disable']) {
    assert.ok(readme.includes(`\`${line}`), line)
    const { exitCode, stdout, stderr } = await typed(line)
    assert.equal(exitCode, 0, stdout + stderr)
  }
  assert.doesNotMatch(host.exists('/etc/portage/bashrc') ? host.read('/etc/portage/bashrc') : '', /standin/)
})

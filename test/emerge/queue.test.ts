/**
 * When real Portage writes down its queue, when it takes it away, and what becomes of it where an emerge fails or two run at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { queueMemory, queueOf } from '../../src/daemon/queueView.ts'
import { readQueues } from '../../src/portage/queue.ts'
import { readRepos } from '../../src/portage/repos.ts'
import { systemPackages } from '../../src/portage/profile.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'

const GO = '/tmp/go-on'
const [SLOW, FAILS, NOTHING, FLAGS] = ['test-misc/slow', 'test-misc/fails', 'test-misc/nothing', 'test-misc/flags'] as const
const TOOL_USER = `EAPI=8
DESCRIPTION="Builds itself with another"
HOMEPAGE="https://example.org/"
S="\${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
BDEPEND="test-misc/nothing"
`

let network: Network
let host: Host
before(async () => {
  network = await createNetwork({ name: 'queue' })
  host = await network.createHost({ name: 'queued', makeConf: { SLOW_UNTIL: GO } })
  host.write('/var/db/repos/gentoo/test-misc/tooluser/tooluser-1.ebuild', TOOL_USER)
})
after(() => network.close())

function queues(): { current: string[]; backup: string[] } {
  const { current, backup } = readQueues(host.root)
  return { current: current.map(({ cpv }) => cpv), backup: backup.map(({ cpv }) => cpv) }
}

/** What a host's Portage is told by, in a folder that is not behind a link of /proc; `use` is called with it. */
function withCopy<T>(use: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'standin-queue-'))
  try {
    for (const folder of ['etc/portage', 'var/db/repos', 'var/cache/edb'])
      cpSync(join(host.root, folder), join(root, folder), { recursive: true, verbatimSymlinks: true })
    return use(root)
  } finally {
    rmSync(root, { recursive: true })
  }
}

const NONE = { current: [], backup: [] }

test('even a single oneshot package is in the list while it is built, and not after its merge', async () => {
  assert.deepEqual(queues(), NONE)
  const emerge = await host.start(['emerge', '--color=n', '--oneshot', SLOW])
  await emerge.waitFor(/Emerging \(1 of 1\) test-misc\/slow/)
  assert.deepEqual(readQueues(host.root).current, [{ type: 'ebuild', root: '/', cpv: `${SLOW}-1`, action: 'merge' }])
  host.write(GO, '')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.deepEqual(queues(), NONE)
})

test('a failed emerge leaves its list; --pretend and ebuild(1) leave it alone; the next emerge keeps it as a backup', async () => {
  const failed = await host.emerge(['--oneshot', FAILS, NOTHING, FLAGS], { check: false })
  assert.notEqual(failed.exitCode, 0)
  const left = queues()
  assert.deepEqual([left.current.includes(`${FAILS}-1`), left.current.length > 1, left.backup], [true, true, []])

  await host.emerge(['--pretend', FLAGS])
  await host.run(['ebuild', '/var/db/repos/gentoo/test-misc/setid/setid-1.ebuild', 'merge'])
  assert.deepEqual(queues(), left)

  await host.emerge(['--oneshot', FLAGS])
  assert.deepEqual(queues(), { current: [], backup: left.current })
})

test('of two emerges at once the later one\u2019s list lies over the earlier one\u2019s, and the queue still counts both while both run', async () => {
  await host.run(['rm', GO])
  const earlier = await host.start(['emerge', '--color=n', '--oneshot', '--jobs=1', SLOW, 'test-misc/tooluser'])
  await earlier.waitFor(/Emerging \(\d of 3\) test-misc\/slow/)
  const first = queues().current
  const memory = queueMemory()
  const toolsNow = (): string[] =>
    withCopy((root) => [
      ...queueOf({ root, procRoot: join(host.root, 'proc'), repos: readRepos(root), cpv: `${FLAGS}-1`, ownerPid: 0, memory }).tools,
    ])
  assert.ok(first.includes('test-misc/tooluser-1'), first.join(' '))
  assert.deepEqual(toolsNow(), [NOTHING])

  await host.emerge(['--oneshot', FLAGS])
  assert.deepEqual(queues(), { current: [], backup: first })
  assert.deepEqual(toolsNow(), [NOTHING])

  host.write(GO, '')
  assert.equal((await earlier.exited).exitCode, 0, earlier.output())
  assert.deepEqual(queues().current, [])
  assert.deepEqual(toolsNow(), [], 'whatever the backup says, nobody runs any more')
})

test('@system is what Portage itself takes for it', async () => {
  host.write(
    '/var/db/repos/gentoo/profiles/base/packages',
    '*app-misc/hello\n*>=sys-libs/glibc-2.36:2.2\n*virtual/none\ntest-misc/listed\n',
  )
  host.write('/etc/portage/profile/packages', '# mine\n-*virtual/none\n*app-editors/nano # why\n')
  const program = `
import portage
from portage._sets import load_default_config
trees = portage.db[portage.root]
config = load_default_config(portage.settings, trees)
print(" ".join(sorted(atom.cp for atom in config.getSetAtoms("system"))))
`
  const { stdout } = await host.run(['python3', '-c', program])
  const ours = withCopy((root) => [...systemPackages({ root, repos: readRepos(root) })])
  assert.equal(stdout.trim(), ours.toSorted().join(' '))
  assert.deepEqual(ours.toSorted(), ['app-editors/nano', 'app-misc/hello', 'sys-libs/glibc'])
})

/**
 * A warden that runs out of what a machine has, or is robbed of its databases, costs no emerge anything, and what it has placed is gone before the merge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { atEnd } from '../../support/atEnd.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { differences } from '../../support/host/snapshot.ts'
import { killDaemon, startDaemon } from '../../support/standin/daemon.ts'
import { type Consumer, createConsumer } from '../../support/story/consumer.ts'
import { hold, letGo, reached } from '../../support/story/gate.ts'
import { sameLog, settled } from '../../support/story/ours.ts'
import { createPublisher, type Publisher } from '../../support/story/publisher.ts'

const FLAGS = ['--quiet-build=n', 'test-misc/flags']
const PIDS = '/sys/fs/cgroup/pids'
const CLIENTS = 1000

interface Fault {
  readonly name: string
  readonly happens: (consumer: Consumer, t: TestContext) => Promise<unknown> | void
  readonly skip?: string | false
  /** Whether the warden that it happened to goes on being one. */
  readonly goesOn?: true
}

const FAULTS: readonly Fault[] = [
  { name: 'has no descriptor left', happens: withoutDescriptors, goesOn: true },
  {
    name: 'can start no process and no thread',
    happens: withoutProcesses,
    skip: existsSync(PIDS) ? false : 'this kernel has no pids controller of the first kind of control groups',
    goesOn: true,
  },
  { name: `has ${CLIENTS} clients that never speak`, happens: silentClients, goesOn: true },
  { name: 'finds its databases removed', happens: ({ host }) => host.run(['sh', '-c', 'rm /var/lib/standin/*.sqlite*']) },
  {
    name: 'finds its databases overwritten',
    happens: ({ host }) =>
      host.run(['sh', '-c', 'for one in /var/lib/standin/*.sqlite; do dd if=/dev/urandom of="$one" bs=4096 count=3 conv=notrunc; done']),
  },
]

let network: Network
let publisher: Publisher
let log: string
before(async () => {
  network = await createNetwork({ name: 'exhausted' })
  publisher = await createPublisher(network, ['test-misc/flags'])
  const plain = await network.createHost({ name: 'plain', features: 'collision-protect' })
  log = sameLog((await plain.emerge(FLAGS)).stdout)
})
after(() => network.close())

for (const { name, happens, skip = false, goesOn } of FAULTS)
  test(`beside a stand-in that is live, the warden ${name}`, { skip }, async (t) => {
    const consumer = await createConsumer(publisher, 'beta', { features: 'collision-protect', standin: { features: 'install publish' } })
    const { host, daemon } = consumer
    const clean = await consumer.tree()
    for (const phase of ['compile', 'preinst'] as const) hold(host, phase)
    const emerge = await host.start(['emerge', '--color=n', ...FLAGS], { env: { NO_COLOR: '1' } })
    await daemon.waitFor(/can be used now/)
    await reached(host, 'compile')

    await happens(consumer, t)
    letGo(host, 'compile')

    await reached(host, 'preinst')
    assert.deepEqual(differences(clean, await consumer.tree()), [])
    letGo(host, 'preinst')
    const ended = await emerge.exited
    assert.equal(ended.exitCode, 0, ended.stderr)
    assert.equal(sameLog(ended.stdout + ended.stderr).replaceAll(/^ \* standin: .*\n/gm, ''), log)
    if (goesOn === true) assert.ok(existsSync(`/proc/${daemon.pid}`), daemon.output())
    await killDaemon(daemon)
    const next = await startDaemon(host)
    await settled(host)
    await killDaemon(next)
    await host.close()
  })

/** As many as it has at this moment, and no more. */
async function withoutDescriptors({ host, daemon }: Consumer): Promise<void> {
  const open = readdirSync(`/proc/${daemon.pid}/fd`).length
  await host.run(['prlimit', '--pid', String(daemon.insidePid), `--nofile=${open}:${open}`])
}

/** As many as it and its peer are at this moment, in a group of their own. */
function withoutProcesses({ daemon }: Consumer, t: TestContext): void {
  const group = join(PIDS, `standin-test-${process.pid}`)
  mkdirSync(group)
  atEnd(t, () => rmdirSync(group))
  for (const pid of [daemon.pid, ...childrenOf(daemon.pid)]) writeFileSync(join(group, 'cgroup.procs'), String(pid))
  writeFileSync(join(group, 'pids.max'), '1')
}

async function silentClients({ host }: Consumer, t: TestContext): Promise<void> {
  const sockets: Socket[] = []
  atEnd(t, () => sockets.forEach((socket) => socket.destroy()))
  const path = host.path('/run/standin/control.sock')
  const met = Array.from({ length: CLIENTS }, () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    sockets.push(connect(path).on('connect', resolve).on('error', () => resolve()).on('close', () => resolve())) // prettier-ignore
    return promise
  })
  await Promise.all(met)
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
}

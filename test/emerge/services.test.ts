/**
 * The services under the inits that they are made for, OpenRC and systemd, really booted: started, asked, killed, stopped under a live stand-in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import * as v from 'valibot'
import { statusDocument } from '../../src/cli/documents.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { type Booted, bootOpenrc, bootSystemd, OPENRC_BIND } from '../support/standin/booted.ts'
import { installStandin } from '../support/standin/install.ts'
import { valuesOf } from '../support/standin/service.ts'
import { addGate, hold, letGo, reached } from '../support/story/gate.ts'
import { until } from '../support/story/ours.ts'
import { createPublisher, type Publisher } from '../support/story/publisher.ts'

const FLAGS = 'test-misc/flags'

let network: Network
let publisher: Publisher
before(async () => {
  network = await createNetwork({ name: 'services' })
  publisher = await createPublisher(network, [FLAGS])
})
after(() => network.close())

interface Init {
  readonly host: Host
  /** Words before a program that is to run where the init runs. */
  readonly beside: readonly string[]
  readonly start: string
  readonly stop: string
  readonly restart: string
  /** Ends with 0 while the service is up. */
  readonly state: string
}

async function userHost(name: string): Promise<Host> {
  const host = await network.createHost({ name, features: 'collision-protect', binds: OPENRC_BIND })
  await installStandin(host, { features: 'install', policy: publisher.policy })
  addGate(host)
  return host
}

/** Exit code and all output of a shell line. */
async function line({ host, beside }: Init, text: string): Promise<{ code: number; said: string }> {
  const { exitCode, stdout, stderr } = await host.run([...beside, 'sh', '-c', text], { check: false })
  return { code: exitCode, said: stdout + stderr }
}

async function pids(init: Init): Promise<{ warden: number; peer: number }> {
  const { said } = await line(init, 'standin status --json 2>/dev/null')
  const daemon = said === '' ? undefined : v.parse(statusDocument, JSON.parse(said)).daemon
  return { warden: daemon?.warden.pid ?? 0, peer: daemon?.peer?.pid ?? 0 }
}

const warden = async (init: Init): Promise<number> => (await pids(init)).warden

async function startsAndAnswers(init: Init): Promise<void> {
  const { code, said } = await line(init, `${init.start} && standin doctor`)
  assert.equal(code, 0, said)
  assert.equal((await line(init, init.state)).code, 0)
}

/** Held against a program that setpriv leaves what the unit names. */
async function confined(init: Init): Promise<void> {
  const kept = valuesOf(init.host.read('/usr/lib/systemd/system/standin.service'), 'CapabilityBoundingSet')
  const names = kept.map((name) => `+${name.replace('CAP_', '').toLowerCase()}`)
  const fields = 'grep -E "^(Cap(Prm|Eff|Bnd)|NoNewPrivs):" /proc'
  const wanted = await line(init, `setpriv --no-new-privs --bounding-set=-all,${names.join(',')} -- ${fields}/self/status`)
  const found = await line(init, `${fields}/${await warden(init)}/status`)
  assert.match(found.said, /NoNewPrivs:\t1$/m)
  assert.equal(found.said, wanted.said)
  const peer = await until(
    () => pids(init),
    ({ peer: pid }) => pid > 0,
  )
  const seen = await line(init, `cut -d " " -f 5 /proc/${peer.peer}/mountinfo`)
  assert.doesNotMatch(seen.said, /^\/(home|root|run|proc|sys|tmp|var\/(lib|db|tmp))/m)
  assert.match(seen.said, /^\/var\/cache\/standin\/peer$/m)
}

async function comesBack(init: Init): Promise<void> {
  const first = await warden(init)
  await line(init, `kill -KILL ${first}`)
  const second = await until(
    () => warden(init),
    (pid) => pid > 0 && pid !== first,
  )
  assert.equal((await line(init, init.restart)).code, 0)
  assert.ok(![0, first, second].includes(await warden(init)))
}

/** The stand-in outlives the stop, and its own package is merged over nothing. */
async function stopsUnderStandin(init: Init): Promise<void> {
  const { host } = init
  hold(host, 'compile')
  const emerge = await host.start([...init.beside, 'emerge', '--color=n', FLAGS], { pty: true })
  await emerge.waitFor(/can be used now/)
  await reached(host, 'compile')
  const stopped = await line(init, init.stop)
  assert.equal(stopped.code, 0, stopped.said)
  assert.notEqual((await line(init, init.state)).code, 0)
  assert.equal((await line(init, 'pgrep -f [/]usr/lib/standin')).said, '')
  assert.equal((await line(init, 'flags >/dev/null')).code, 0, 'it still stands in')
  letGo(host, 'compile')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  await line(init, init.start)
  const { code, said } = await line(init, 'standin list --json')
  assert.deepEqual([code, JSON.parse(said).live], [0, []], said)
  await line(init, init.stop)
}

const rc = (verb: string): string => `rc-service standin ${verb}`
const ctl = (verb: string): string => `systemctl ${verb} standin`

describe('OpenRC', () => {
  let init: Init
  before(async () => {
    const host = await userHost('openrc')
    await bootOpenrc(host)
    const start = 'rc-update add standin default && rc-service standin start'
    init = { host, beside: [], start, stop: rc('stop'), restart: rc('restart'), state: rc('status') }
  })
  test('started as README says, it answers at once', () => startsAndAnswers(init))
  test('it has what the unit leaves, and no more', () => confined(init))
  test('killed, it comes back by itself; restarted, it is another', () => comesBack(init))
  test('stopped while a stand-in is live', () => stopsUnderStandin(init))
})

describe('systemd', () => {
  let init: Init
  let booted: Booted
  before(async () => {
    const host = await userHost('systemd')
    booted = await bootSystemd(host)
    init = { host, beside: booted.beside, start: ctl('enable --now'), stop: ctl('stop'), restart: ctl('restart'), state: ctl('is-active') }
  })
  after(() => booted.end())
  test('started as README says, it answers at once', () => startsAndAnswers(init))
  test('it has what the unit leaves, and no more, and its calls are filtered', async () => {
    await confined(init)
    const { said } = await line(init, `grep ^Seccomp: /proc/${await warden(init)}/status`)
    assert.match(said, /\t2$/m)
  })
  test('it hears of a name that the host gets later', async () => {
    const inside = `nsenter --target ${await warden(init)} --uts --`
    const named = await line(init, `old=$(hostname) && hostname finch9 && ${inside} hostname; hostname "$old"`)
    assert.deepEqual(named, { code: 0, said: 'finch9\n' })
  })
  test('killed, it comes back by itself; restarted, it is another', () => comesBack(init))
  test('stopped while a stand-in is live', () => stopsUnderStandin(init))
})

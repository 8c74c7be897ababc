/**
 * What a peer is told at its start and when the host's switches change. The peer here writes down what it hears; real ones are in test/emerge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { checkJson } from '../../src/base/schema.ts'
import { foldersBelow } from '../../src/daemon/folders.ts'
import { type Known, openKnown } from '../../src/daemon/known.ts'
import { type PeerLife, peerLife } from '../../src/daemon/peerLife.ts'
import { type FromPeer, MAX_PEER_LINE, toPeer, type ToPeer } from '../../src/daemon/peerWire.ts'
import type { Feature } from '../../src/portage/features.ts'
import { parseConf } from '../../src/portage/settings.ts'
import { until } from '../support/story/ours.ts'
import { buildNamed, id, offerNamed } from './support/offers.ts'
import { atEnd } from '../support/atEnd.ts'

const WRITER = `const channel = new (require('node:net').Socket)({ fd: 3 })
channel.on('end', () => process.exit())
channel.on('data', (chunk) => require('node:fs').appendFileSync(process.argv[1], chunk))
channel.write(process.argv[2])`

/** What make.conf and package.env say of every package; undefined: Portage cannot be asked. */
type Says = readonly Feature[] | undefined

interface Host {
  readonly life: PeerLife
  readonly known: Known
  readonly switches: { says: Says }
  /** The archive of the own build. */
  readonly own: string
  /** What the peer was told after the first `after` messages, once there are `many` more. */
  readonly told: (after: number, many: number) => Promise<ToPeer[]>
}

const OWN = id('archive of own')
const FETCHED = id('fetched')

/** `peerSays` is what the peer says as soon as it runs. */
function hostIn(t: TestContext, says: Says, peerSays: readonly FromPeer[] = []): Host {
  const folder = mkdtempSync(join(tmpdir(), 'standin-life-'))
  const [known, log, own] = [openKnown(join(folder, 'known.sqlite')), join(folder, 'log'), join(folder, 'own')]
  writeFileSync(log, '')
  writeFileSync(own, Buffer.alloc(1000))
  known.saveBuild(buildNamed('own', own))
  known.savePassedOn({ archive: FETCHED, cpv: 'app-misc/other-1', slot: '0', repository: 'gentoo', granted: 'settings' })
  const switches: { says: Says } = { says }
  const life = peerLife({
    peer: { argv: [process.execPath, '-e', WRITER, log, peerSays.map((one) => `${JSON.stringify(one)}\n`).join('')], env: {} },
    folders: foldersBelow(folder),
    settings: parseConf('cache_size = 5000', 'standin.conf').settings,
    known,
    features: { ofPackages: async (packages) => switches.says && packages.map(() => new Set(switches.says)) },
    held: () => [id('held')],
    log: () => undefined,
  })
  atEnd(t, async () => {
    await life.close()
    known.close()
    rmSync(folder, { recursive: true })
  })
  const lines = (): string[] => readFileSync(log, 'utf8').split('\n').slice(0, -1)
  return {
    life,
    known,
    switches,
    own,
    async told(after, many) {
      const all = await until(lines, ({ length }) => length >= after + many)
      return all.slice(after).map((line) => checkJson(toPeer, line, 'warden', MAX_PEER_LINE))
    },
  }
}

const STARTS: readonly [string, Says, string[] | null, boolean][] = [
  ['publish', ['publish'], [], true],
  ['seed', ['seed'], [FETCHED], false],
  ['both', ['publish', 'seed'], [FETCHED], true],
  ['nothing', ['install'], [], false],
  ['what Portage cannot say', undefined, null, false],
]

for (const [what, says, passOn, isShared] of STARTS) {
  test(`the host says ${what}: that is what a fresh peer is told`, async (t) => {
    const { life, told } = hostIn(t, says)
    const [first, ...more] = await told(0, isShared ? 2 : 1)
    assert.ok(first?.t === 'settings')
    // Own archives have 1,000 of the 5,000 bytes that all may have.
    assert.deepEqual([first.settings.passOn, first.settings.roomBytes, first.settings.held], [passOn, 4000, [id('held')]])
    assert.deepEqual(
      more.map((message) => message.t === 'share' && message.archive.sha256),
      isShared ? [OWN] : [],
    )
    assert.deepEqual([...life.shared], [], 'nothing is given before the peer says so')
  })
}

test('what is taken away is given no more at once, what comes back is given again; what was fetched goes', async (t) => {
  const { life, known, switches, told } = hostIn(t, ['publish', 'seed'])
  await told(0, 2)
  switches.says = ['install']
  await life.refresh()
  assert.deepEqual(await told(2, 2), [
    { t: 'unshare', sha256: FETCHED, keep: false },
    { t: 'unshare', sha256: OWN, keep: true },
  ])
  assert.deepEqual(known.passedOn(), [])
  await life.refresh()
  switches.says = ['publish']
  await life.refresh()
  const [again, ...more] = await told(4, 1)
  assert.ok(again?.t === 'share' && again.archive.sha256 === OWN)
  assert.deepEqual(more, [])
})

test('while Portage cannot be asked nothing is given, and nothing is thrown away', async (t) => {
  const { life, known, switches, told } = hostIn(t, ['publish', 'seed'])
  await told(0, 2)
  switches.says = undefined
  await life.refresh()
  const messages = await told(2, 2)
  assert.deepEqual(
    messages.map((message) => message.t === 'unshare' && [message.sha256, message.keep]),
    [
      [FETCHED, true],
      [OWN, true],
    ],
  )
  assert.equal(known.passedOn().length, 1)
  switches.says = ['publish', 'seed']
  await life.refresh()
  const [anew, share] = await told(4, 2)
  assert.ok(anew?.t === 'settings' && share?.t === 'share')
  assert.deepEqual(anew.settings.passOn, [FETCHED])
})

test('while a copy is looked for or fetched the peer is not restarted for what may be given again', async (t) => {
  const { life, switches, told } = hostIn(t, undefined)
  await told(0, 1)
  const { pid } = life
  const [before, wanted] = [pid(), new AbortController()]
  const fetching = life.client.get(offerNamed('x'), [], 10, wanted.signal)
  switches.says = ['publish']
  await life.refresh()
  wanted.abort()
  await assert.rejects(fetching)
  assert.deepEqual(
    (await told(1, 2)).map((message) => message.t),
    ['get', 'stop'],
  )
  assert.equal(pid(), before)
  await life.refresh()
  const [anew, share] = await told(3, 2)
  assert.ok(anew?.t === 'settings' && share?.t === 'share')
})

test('a build whose archive somebody has removed is given no more, forgotten, and leaves its room; what is there stays', async (t) => {
  const { life, known, own, told } = hostIn(t, ['publish'])
  await told(0, 2)
  life.forgetGone()
  assert.equal(known.builds().length, 1)
  rmSync(own)
  life.forgetGone()
  assert.deepEqual(await told(2, 2), [
    { t: 'unshare', sha256: OWN, keep: true },
    { t: 'room', bytes: 5000 },
  ])
  assert.deepEqual(known.builds(), [])
  writeFileSync(own, Buffer.alloc(1000))
  const build = buildNamed('own', own)
  known.saveBuild(build)
  life.share(build)
  assert.deepEqual(
    (await told(4, 2)).map((message) => message.t),
    ['room', 'share'],
  )
})

test('a new build leaves less room for what was fetched', async (t) => {
  const { life, known, told } = hostIn(t, ['publish'])
  await told(0, 2)
  const build = buildNamed('second', '/nowhere')
  known.saveBuild(build)
  life.share(build)
  const [room, share] = await told(2, 2)
  assert.deepEqual(room, { t: 'room', bytes: 3000 })
  assert.ok(share?.t === 'share' && share.archive.sha256 === build.archive.sha256)
})

test('what somebody fetches is written down as used, and only what is given can be', async (t) => {
  const before = Date.now()
  const { known } = hostIn(
    t,
    ['publish'],
    [
      { t: 'used', sha256: FETCHED },
      { t: 'used', sha256: OWN },
    ],
  )
  const [build] = await until(
    () => known.builds(),
    ([first]) => first !== undefined && first.used > 0,
  )
  assert.ok((build?.used ?? 0) >= before)
})

/**
 * Nothing private leaves: neither with what two hosts give each other, nor with any packet by which they look for each other, by every way that is on.
 *
 * Each is searched for with the words of its own secrets, packed or not, and for what must be there, which shows that the search looks into all of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import fg from 'fast-glob'
import { sha256Hex } from '../../src/base/canonical.ts'
import { checkJson } from '../../src/base/schema.ts'
import { build, type Build } from '../../src/daemon/known.ts'
import { rendezvousTorrent } from '../../src/swarm/rendezvous.ts'
import { MIN_PIECE_LENGTH } from '../../src/swarm/wire.ts'
import type { Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { type Spoken, spokenIn } from '../support/privacy/bittorrent.ts'
import { type Capture, captureFrom } from '../support/privacy/capture.ts'
import { type Meeting, openMeeting } from '../support/privacy/meeting.ts'
import { type Needle, needlesOf } from '../support/privacy/needles.ts'
import { type Packet, streamsOf } from '../support/privacy/pcap.ts'
import { hitsIn } from '../support/privacy/search.ts'
import { type Planted, plantedAs } from '../support/privacy/secrets.ts'
import { archivesOn, keyIdOf, policyNaming } from '../support/standin/ask.ts'
import { append } from '../support/standin/built.ts'
import { startDaemon, stopDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'
import { typeEmerge } from '../support/story/typed.ts'

const FLAGS = 'test-misc/flags'
const PUBLIC = { repository: 'gentoo', category: 'test-misc', name: 'flags', version: '1', chost: 'x86_64-pc-linux-gnu' }

/** All that the HTTP client says to a tracker. */
const HEADERS = [
  'accept-encoding: gzip, deflate',
  'accept-language: *',
  'accept: */*',
  'connection: keep-alive',
  'host: HOST',
  'sec-fetch-mode: cors',
  'user-agent: standin',
]

/** All that BEP 10 has a client say of itself: what it speaks, and its port. */
const HANDSHAKE = /^d1:md11:lt_donthavei2e(15:standin_offers4i3e)?11:ut_metadatai1ee13:metadata_sizei\d+e1:pi\d+e4:reqqi128ee$/

interface Watched {
  readonly host: Host
  readonly planted: Planted
  readonly capture: Capture
  readonly daemon: Started
  readonly needles: Needle[]
  packets: readonly Packet[]
}

let network: Network
let meeting: Meeting
let giver: Watched
let taker: Watched

/** Every way by which others are found is on. */
async function watched(planted: Planted, features: string, policy?: string): Promise<Watched> {
  const host = await network.createHost(planted.options)
  const settings = { local_discovery: 'yes', dht: 'yes', trackers: meeting.announce }
  await installStandin(host, { features, settings, ...(policy === undefined ? {} : { policy }) })
  planted.plant(host, meeting.host.address)
  append(host, '/etc/hosts', meeting.names)
  const capture = await captureFrom(host, meeting.host.address)
  const daemon = await startDaemon(host)
  return { host, planted, capture, daemon, needles: await planted.needles(host), packets: [] }
}

async function emerged({ host, planted, daemon }: Watched, last: RegExp): Promise<string> {
  const emerge = await typeEmerge(host, ['--oneshot', FLAGS, planted.privatePackage], { env: planted.env })
  await emerge.waitFor(last)
  const known = new RegExp(`^${planted.privatePackage}-1: not published: publish_repos does not name`, 'm')
  await Promise.all([daemon.waitFor(known), daemon.waitFor(/^archive \S+ is given to others$/m)])
  emerge.write('\n')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  return emerge.output()
}

let output: string

before(async () => {
  network = await createNetwork({ name: 'privacy' })
  meeting = await openMeeting(network)
  giver = await watched(plantedAs('alpha', 'zephyrant'), 'install publish')
  await emerged(giver, />>> Completed \(2 of 2\)/)
  taker = await watched(plantedAs('beta', 'quincunx'), 'install publish', policyNaming(keyIdOf(giver.host)))
  output = await emerged(taker, />>> Completed \(2 of 2\)/)
  // Taking leave is something that is said too.
  for (const one of [giver, taker]) {
    await stopDaemon(one.daemon)
    one.packets = await one.capture.end()
  }
})
after(() => network.close())

const both = (): Watched[] => [giver, taker]
const datagrams = ({ packets }: Watched): Packet[] => packets.filter(({ protocol }) => protocol === 'udp')

interface Sent {
  readonly where: string
  readonly bytes: Buffer
}

/** All that programs of a host sent: connections as a whole, what was given in blocks once more without their heads, and each datagram. */
function sentBy(one: Watched): Sent[] {
  const streams = streamsOf(one.packets).map(({ name, bytes }) => ({ where: name, bytes }))
  const given = streams.flatMap(({ where, bytes }) => {
    const spoken = spokenIn(bytes, MIN_PIECE_LENGTH)
    return spoken === undefined ? [] : [{ where: `given by ${where}`, bytes: spoken.given }]
  })
  return [...streams, ...given, ...datagrams(one).map(({ to, toPort, payload }) => ({ where: `to ${to}:${toPort}`, bytes: payload }))]
}

const spokenBy = (one: Watched): Spoken[] => streamsOf(one.packets).flatMap(({ bytes }) => spokenIn(bytes, MIN_PIECE_LENGTH) ?? [])
/** Handshakes of BEP 10. */
const said = (one: Watched): string[] => spokenBy(one).flatMap(({ extended }) => extended[0]?.toString('latin1') ?? [])
const hits = (sent: readonly Sent[], needles: readonly Needle[]): string[] =>
  sent.flatMap(({ where, bytes }) => hitsIn(where, bytes, needles))
const isFound = (sent: readonly Sent[], word: string | Buffer, hit: RegExp): void => {
  const found = hits(sent, needlesOf('it', word))
  assert.ok(found.some((line) => hit.test(line)), found.join('\n')) // prettier-ignore
}

const ROWS = `new (require('node:sqlite').DatabaseSync)('/var/lib/standin/known.sqlite').prepare('SELECT row FROM builds').all().forEach(({ row }) => console.log(row))`
/** What a host may give to others. */
async function rowsOf({ host }: Watched): Promise<Build[]> {
  const { stdout } = await host.run(['node', '--no-warnings', '-e', ROWS])
  return stdout.trim().split('\n').map((row) => checkJson(build, row, 'a build', 4 * 1024 * 1024)) // prettier-ignore
}

test('the second host took the copy of the first, and nobody heard of a package of a private repository', () => {
  assert.match(output, /test-misc\/flags-1: can be used now/)
  assert.match(output, /your own build agrees with the copy/)
  assert.match(output, /quincunxpkg-1: no stand-in: publish_repos does not name its ebuild repository quincunx-overlay/)
})

describe('what the search looks into', () => {
  test('what Portage writes down of who typed emerge', () => {
    for (const one of both()) {
      const path = '/var/db/pkg/test-misc/flags-1/environment.bz2'
      const found = hits([{ where: 'environment', bytes: readFileSync(one.host.path(path)) }], one.needles)
      for (const what of ['planted word', 'variable of the environment', 'time zone', 'locale'])
        assert.ok(
          found.some((hit) => hit.startsWith(`${what} as it is in environment, bzip2 at 0`)),
          `${what}: ${found.join('\n')}`,
        )
    }
  })

  test('local discovery, the tracker and the DHT, by each of which both hosts named the public package', () => {
    const meetingPlace = Buffer.from(rendezvousTorrent(PUBLIC).infohash, 'hex')
    for (const one of both()) {
      isFound(sentBy(one), meetingPlace, /^it as hex in to 239\.192\.152\.143:6771 /)
      isFound(sentBy(one), meetingPlace, /^it as it is in \S+ to \S+:6969, without % /)
      isFound(sentBy(one), meetingPlace, /^it as it is in to \S+:6881 /)
    }
  })

  test('the offer and its attestation, which crossed as extension messages', async () => {
    const { content, attestations } = (await rowsOf(giver))[0]?.offer ?? assert.fail()
    isFound(sentBy(giver), content, /^it as it is in \S+ to /)
    isFound(sentBy(giver), Buffer.from(attestations[0]?.signatures[0].sig ?? '', 'base64'), /^it as base64, 0 bytes in in \S+ to /)
  })

  test('the archive, byte for byte, and what is packed in it', () => {
    const [archive = ''] = Object.values(archivesOn(giver.host))
    const whole = sentBy(giver).filter(({ bytes }) => sha256Hex(bytes) === archive)
    assert.equal(whole.length, 1)
    isFound(whole, 'usr/bin/flags', /^it as it is in given by \S+ to \S+, zstd at /)
    isFound(whole, 'beta\n', /^it as it is in given by \S+ to \S+, zstd at /)
  })

  test('no name is looked up anywhere, and no port spoken to but those of the above', () => {
    const names = both().flatMap((one) => datagrams(one).filter(({ toPort }) => toPort === 53 || toPort === 5353))
    assert.deepEqual(names, [])
    // The DHT of each listens where it says that it takes peers.
    const own = both().flatMap((one) => said(one).map((handshake) => Number(/1:pi(\d+)e/.exec(handshake)?.[1])))
    const known = new Set([6771, 6881, 9, ...own])
    assert.deepEqual(both().flatMap(datagrams).filter(({ toPort }) => !known.has(toPort)), []) // prettier-ignore
    for (const port of [6969, 6881]) assert.ok(both().every(({ packets }) => packets.some(({ toPort }) => toPort === port)))
  })
})

describe('what is private is', () => {
  test('in no packet that left its host, and neither is the address of the host', () => {
    for (const one of both()) {
      const own = one.host.address
      const ofAddress = [
        ...needlesOf('own address', own),
        ...needlesOf('bytes of the own address', Buffer.from(own.split('.').map(Number))),
      ]
      const sent = sentBy(one)
      assert.ok(sent.length > 10)
      assert.deepEqual(hits(sent, [...one.needles, ...ofAddress]), [])
    }
  })

  test('in no archive, offer or attestation on disk', async () => {
    for (const one of both()) {
      const cache = one.host.path('/var/cache/standin')
      const files = fg.globSync('**', { cwd: cache, dot: true }).map((name) => ({ where: name, bytes: readFileSync(join(cache, name)) }))
      assert.ok(files.some(({ where }) => where.endsWith('.gpkg.tar')))
      const rows = await rowsOf(one)
      assert.deepEqual(rows.map(({ cpv }) => cpv), ['test-misc/flags-1']) // prettier-ignore
      const payloads = rows.flatMap(({ offer }) => offer.attestations.map(({ payload }) => ({ where: 'attestation', bytes: Buffer.from(payload, 'base64') }))) // prettier-ignore
      const offers = rows.map(({ offer }) => ({ where: 'offer', bytes: Buffer.from(JSON.stringify(offer)) }))
      assert.deepEqual(hits([...files, ...payloads, ...offers], one.needles), [])
    }
  })

  test('nowhere in what a client says of itself', () => {
    for (const one of both()) {
      for (const { peerId } of spokenBy(one)) assert.match(peerId, /^-WW\d{4}-[A-Za-z0-9+/]{12}$/)
      for (const handshake of said(one)) assert.match(handshake, HANDSHAKE)
      const requests = streamsOf(one.packets).flatMap(({ bytes }) => bytes.toString('latin1').match(/^GET [^]*?\r\n\r\n/gm) ?? [])
      const headers = requests.flatMap((request) =>
        [...request.matchAll(/^([\w-]+): (.*)\r$/gm)].map(([, key, value]) => `${key}: ${value}`),
      )
      assert.deepEqual(
        [...new Set(headers)].toSorted(),
        HEADERS.map((header) => header.replace('HOST', `${meeting.host.address}:6969`)),
      )
    }
  })
})

/**
 * Stands on a host in the place of the peer, as if somebody had taken that over: tries every door, and offers what no rule should let through.
 *
 * `MODE` below its cache says what it stages; `tried.json` there says what it could open or write that is not its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { accessSync, constants, existsSync, linkSync, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect, Socket } from 'node:net'
import { join } from 'node:path'
import { canonicalBytes, sha256Hex } from '../../../src/base/canonical.ts'
import type { FromPeer, ToPeer } from '../../../src/daemon/peerWire.ts'
import { exactId } from '../../../src/package/content.ts'
import { linkageId, linkageOf } from '../../../src/package/linkage.ts'
import type { ImageRecord } from '../../../src/package/record.ts'
import { metadataId } from '../../../src/package/signed.ts'
import { archiveName } from '../../../src/swarm/archiveTorrent.ts'
import type { Offer } from '../../../src/swarm/wire.ts'
import { seal } from '../../../src/trust/envelope.ts'
import { keyOfSeed } from '../../../src/trust/key.ts'
import { statementOf } from '../../../src/trust/statement.ts'

const ESC = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e'
const channel = new Socket({ fd: 3 })
const say = (message: FromPeer): void => void channel.write(`${JSON.stringify(message)}\n`)
let cache = ''
let chost = ''

channel.on('end', () => process.exit())
channel.on('error', () => process.exit())
let held = ''
channel.on('data', (chunk: Buffer) => {
  const all = (held + chunk.toString('utf8')).split('\n')
  held = all.pop() ?? ''
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the warden's own words
  for (const line of all) obey(JSON.parse(line) as ToPeer)
})
say({ t: 'ready', pid: process.pid })

const mode = (): string => (existsSync(join(cache, 'MODE')) ? readFileSync(join(cache, 'MODE'), 'utf8') : 'quiet')

function obey(message: ToPeer): void {
  if (message.t === 'settings') {
    cache = message.settings.cacheFolder
    mkdirSync(join(cache, 'staging'), { recursive: true })
    writeFileSync(join(cache, 'tried.json'), JSON.stringify(doors()))
    say({ t: 'listening', port: 1 })
    process.stderr.write(`${ESC}app-misc/hello: can be used now\n`)
    if (mode() === 'flood') flood()
  }
  if (message.t === 'find') ({ chost } = message.family)
  if (message.t === 'find' && mode() !== 'quiet') say({ t: 'offer', id: message.id, from: '192.0.2.1:1', offer: offerOf(message.family) })
  if (message.t === 'get') {
    stage(join(cache, 'staging', message.id))
    say({ t: 'staged', id: message.id, seconds: 0 })
  }
}

function flood(): void {
  for (let at = 0; at < 200_000; at++) say({ t: 'sharing', sha256: sha256Hex(String(at)), infohash: 'a'.repeat(40) })
}

const GOOD = Buffer.from('#!/bin/sh\necho good\n')
const file = (path: string, bytes: Buffer = GOOD, more: object = {}): ImageRecord => {
  return { type: 'file', path, mode: 0o755, owner: 'root', group: 'root', size: bytes.length, sha256: sha256Hex(bytes), ...more }
}
const folder = (path: string): ImageRecord => ({ type: 'dir', path, mode: 0o755, owner: 'root', group: 'root' })

/** What is signed, by mode. */
function records(): readonly ImageRecord[] {
  const below = [folder('usr'), folder('usr/bin')]
  if (mode() === 'escapes') return [...below, file(`usr/bin/${ESC}`)]
  if (mode() === 'climbs') return [...below, file('usr/bin/../../etc/cron.d/x')]
  if (mode() === 'set-id') return [...below, file('usr/bin/taken', GOOD, { mode: 0o4755 })]
  if (mode() === 'etc') return [folder('etc'), folder('etc/profile.d'), file('etc/profile.d/taken.sh')]
  return [...below, file('usr/bin/taken')]
}

const metadata = (): Record<string, string> => ({
  CATEGORY: 'test-misc',
  repository: 'gentoo',
  CHOST: chost,
  DEFINED_PHASES: 'compile install',
  EAPI: '8',
  IUSE: '+alpha beta',
  KEYWORDS: 'amd64',
  LICENSE: 'GPL-2+',
  USE: 'alpha amd64',
  PF: 'flags-1',
  SLOT: '0',
  SIZE: '20',
  ...(mode() === 'escapes' ? { LICENSE: ESC, RESTRICT: ESC } : {}),
})

function offerOf(family: Offer['family']): Offer {
  const linkage = linkageId(linkageOf(metadata()))
  const ids = { recipe: sha256Hex('recipe'), environment: sha256Hex('environment'), linkage, metadata: metadataId(metadata()) }
  const content = exactId(records())
  const sha256 = sha256Hex('archive')
  const archive = {
    sha256,
    size: 1000,
    name: archiveName(sha256),
    infohash: 'a'.repeat(40),
    pieceLength: 262_144,
    pieces: Buffer.alloc(20).toString('base64'),
  }
  const said = { ...ids, cpv: 'test-misc/flags-1', content, stable: content, archive, standinsLive: false }
  const attestations = [seal(statementOf(said), keyOfSeed(Buffer.alloc(32, 1)))]
  return { family, slot: '0', ...ids, content, stable: content, archive, image: { files: 1, bytes: 20 }, requires: [], attestations }
}

function stage(staging: string): void {
  mkdirSync(join(staging, 'files'), { recursive: true })
  writeFileSync(
    join(staging, 'manifest.json'),
    canonicalBytes({ standin: 'manifest-1', metadata: metadata(), records: [...records()], contentId: exactId(records()) }),
  )
  const path = join(staging, 'files', sha256Hex(GOOD))
  if (mode() === 'other bytes') writeFileSync(path, '#!/bin/sh\necho evil\n')
  else if (mode() === 'link') symlinkSync('/etc/shadow', path)
  else writeFileSync(path, GOOD)
}

/** What could be opened that should not be. */
function doors(): string[] {
  const open: string[] = []
  const attempt = (what: string, act: () => unknown): void => {
    try {
      act()
      open.push(what)
    } catch {
      // As it should be.
    }
  }
  const closed = ['/run/standin', '/run/standin/control.sock', '/run/standin/hooks', '/var/lib/standin', '/var/lib/standin/key.pem']
  const unseen = [
    '/home',
    '/etc/passwd',
    '/etc/portage/make.conf',
    '/etc/machine-id',
    '/var/db/pkg',
    '/var/tmp',
    '/proc/1/status',
    '/proc/self/mounts',
  ]
  for (const path of [...closed, ...unseen, '/var/lib/standin/journal.sqlite', '/etc/shadow', '/root', '/var/cache/standin/work'])
    attempt(`read ${path}`, () => accessSync(path, constants.R_OK))
  for (const path of [
    '/etc',
    '/usr/bin',
    '/usr/lib/standin',
    '/var/cache/standin',
    '/var/cache/standin/archives',
    '/run',
    '/var/db/pkg',
    '/var/tmp/portage',
  ])
    attempt(`write ${path}`, () => accessSync(path, constants.W_OK))
  attempt('open the terminal', () => openSync('/dev/tty', 'w'))
  attempt('link a file of root', () => linkSync('/etc/shadow', join(cache, 'linked')))
  attempt('become root', () => process.setuid?.(0))
  attempt('see into the warden', () => readFileSync(`/proc/${process.ppid}/environ`))
  attempt('signal the warden', () => process.kill(process.ppid, 0))
  connect('/run/standin/control.sock')
    .on('connect', () => writeFileSync(join(cache, 'connected'), ''))
    .on('error', () => undefined)
  return open
}

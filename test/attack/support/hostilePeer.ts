/**
 * A peer process that is taken over and speaks the warden's own language: descriptor 3 is its channel.
 *
 *     node hostilePeer.ts ATTACK
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { Socket } from 'node:net'
import { attested, id, offerNamed } from '../../daemon/support/offers.ts'

const channel = new Socket({ fd: 3 })
channel.on('error', () => process.exit())
channel.on('end', () => process.exit())
// One that is deaf does not hear that the channel ends; a test that was killed must not leave it behind.
const parent = process.ppid
setInterval(() => process.ppid === parent || process.exit(), 500)

/** Ids that the warden waits for. */
const asked: string[] = []
let heard = ''
if (process.argv[2] !== 'deaf')
  channel.on('data', (chunk: Buffer) => {
    heard = (heard + chunk.toString('latin1')).slice(-1_000_000)
    for (const [, found = ''] of chunk.toString('latin1').matchAll(/"id":"([0-9a-f]{16})"/g)) asked.push(found)
    if (asked.length > 100) asked.splice(0, 50)
  })

const base = offerNamed('x')
const envelopes = Array.from({ length: 64 }, (_, at) => attested(base, `key ${at}`))
const ESCAPES = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e'
let count = 0
const hex = (length: number): string => (count++).toString(16).padStart(length, '0')
const last = (): string => asked.at(-1) ?? '0'.repeat(16)

const offerOf = (changes: object): object => ({
  t: 'offer',
  id: last(),
  from: `192.0.2.${count % 250}:${count % 60_000}`,
  offer: { ...base, ...changes },
})

/** One piece of what is sent without end. */
const ATTACKS: Readonly<Record<string, () => string>> = {
  'no newline': () => 'x'.repeat(1 << 16),
  'bytes that are no text': () => '\u0000\u00ff\u00fe'.repeat(1 << 14),
  'deep JSON': () => `${'['.repeat(500_000)}\n`,
  'long words': () => `${JSON.stringify({ t: 'failed', id: last(), code: 'x'.repeat(41), message: '' })}\n`,
  'escapes in a failure': () => `${JSON.stringify({ t: 'failed', id: last(), code: 'IO', message: ESCAPES })}\n`,
  'archives that it gives': () => lines(() => ({ t: 'sharing', sha256: hex(64), infohash: hex(40) })),
  'ready, over and over': () => lines(() => ({ t: 'ready', pid: count++ })),
  'answers to nobody': () => lines(() => ({ t: 'failed', id: hex(16), code: 'IO', message: 'no' })),
  'transfers that nobody asked for': () => lines(() => ({ t: 'transfers', id: hex(16), transfers: [] })),
  'offers without end': () => lines(() => offerOf({ archive: { ...base.archive, sha256: hex(64) } }), 20),
  'sources of one archive without end': () =>
    lines(() => offerOf({ archive: { ...base.archive, infohash: hex(40) }, attestations: envelopes }), 4),
  'contents without end, all signed': () => lines(() => offerOf({ content: id(String(count++)), attestations: envelopes }), 4),
  'a find that is over at once': () => lines(() => ({ t: 'found', id: last(), offers: 0 })),
  'a copy that is not there': () => lines(() => ({ t: 'staged', id: last(), seconds: 0 })),
  'a log without end': () => {
    process.stderr.write(`${ESCAPES} app-misc/hello: can be used now\n`.repeat(100))
    return ''
  },
  'a log without a newline': () => {
    process.stderr.write('x'.repeat(1 << 16))
    return ''
  },
  deaf: () => '',
  quiet: () => '',
}

function lines(make: () => object, most = 500): string {
  return Array.from({ length: most }, () => `${JSON.stringify(make())}\n`).join('')
}

const make = ATTACKS[process.argv[2] ?? 'quiet'] ?? (() => '')

function flood(): void {
  for (let burst = 0; burst < 20; burst++) {
    const text = make()
    if (text !== '' && !channel.write(text, 'latin1')) {
      channel.once('drain', flood)
      return
    }
  }
  if (make() === '') setTimeout(flood, 20)
  else setImmediate(flood)
}
channel.write(`${JSON.stringify({ t: 'ready', pid: process.pid })}\n`)
setTimeout(flood, 400)

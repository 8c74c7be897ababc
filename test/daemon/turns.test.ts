/**
 * Who is asked next, and what is asked for no more: hosts take turns, and what a rule has refused is not fetched again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sourceOf } from '../../src/daemon/gather.ts'
import type { Refused } from '../../src/daemon/seek.ts'
import type { Offer } from '../../src/swarm/wire.ts'
import { attested, id, offerNamed } from './support/offers.ts'
import { given, sought } from './support/sought.ts'

/** As `honest`, smaller, at a torrent of its own. */
const lieAbout = (honest: Offer, name: string, size = 1000): Offer => {
  const archive = { ...honest.archive, sha256: id(name), size, infohash: id(name).slice(0, 40) }
  return { ...honest, archive }
}

test('hosts take turns: of twelve that lie, each with as many torrents as it likes, none costs the honest one more than a try', async () => {
  const honest = given('honest', { archive: { ...offerNamed('honest').archive, size: 5000 } })
  const lies = Array.from({ length: 120 }, (_, at) => lieAbout(honest, `lie ${at}`))
  const hosts = new Map(lies.map((lie, at) => [lie, `198.51.100.${at % 12}:${1000 + at}`]))
  const { result, tried } = await sought({ offers: [...lies, honest], fails: lies, hostOf: (offer) => hosts.get(offer) ?? '192.0.2.3:1' })
  assert.ok(result.found && sourceOf(result.copy.weighed.offer) === sourceOf(honest))
  assert.equal(tried.length, 13)
})

test('all addresses of one network are one liar, where somebody of another network offers', async () => {
  const honest = given('honest', { archive: { ...offerNamed('honest').archive, size: 5000 } })
  const lies = Array.from({ length: 40 }, (_, at) => lieAbout(honest, `lie ${at}`))
  const hosts = new Map(lies.map((lie, at) => [lie, `[2001:db8::${at + 1}]:1000`]))
  const { result, tried } = await sought({ offers: [...lies, honest], fails: lies, hostOf: (offer) => hosts.get(offer) ?? '192.0.2.3:1' })
  assert.ok(result.found)
  assert.equal(tried.length, 2)
})

test('one host alone is tried four times and no more', async () => {
  const lies = Array.from({ length: 20 }, (_, at) => given(`lie ${at}`))
  const { result, tried } = await sought({ offers: lies, fails: lies })
  assert.ok(!result.found)
  assert.equal(tried.length, 4)
})

test('whoever says what is honest of an archive, but for what nobody signs, takes the place of nothing', async () => {
  const honest = given('honest')
  const { result } = await sought({ offers: [honest, { ...honest, slot: '9' }] })
  assert.ok(result.found && result.copy.weighed.offer.slot === '0')
})

const stopped = (reason: string, always = true): Refused => ({
  reason,
  verdicts: [
    { rule: 'cpu-options', passed: false, text: reason },
    { rule: 'useful', passed: true, text: 'fine' },
  ],
  always,
})

test('a copy that a rule refuses is left for the next one, and why names both', async () => {
  const [first, second] = [given('first'), given('second', { recipe: id('other') })]
  const { result } = await sought({ offers: [first, second], refuses: [[first, stopped('it is for another CPU')]] })
  assert.ok(result.found && result.copy.weighed.offer.content === second.content)
  assert.deepEqual(result.copy.verdicts, [
    { rule: 'cpu-options', passed: false, text: `${first.content.slice(0, 12)}: it is for another CPU` },
  ])
})

test('what was built in the environment of a refused copy comes last', async () => {
  const first = given('first')
  const alike = Array.from({ length: 3 }, (_, at) => given(`alike ${at}`, { recipe: id(`alike ${at}`) }))
  const other = given('other', { recipe: id('other'), environment: id('other') })
  const { result, tried } = await sought({ offers: [first, ...alike, other], refuses: [[first, stopped('it is for another CPU')]] })
  assert.ok(result.found)
  assert.deepEqual(tried, [first.content, other.content])
})

test('where rules refuse all, the best copy says why, and why tells of each', async () => {
  const all = ['a', 'b', 'c'].map((name, at) => given(name, at === 0 ? {} : { recipe: id(`other ${at}`) }))
  const refuses = all.map((offer, at) => [offer, stopped(`reason ${at}`)] as const)
  const { result, tried } = await sought({ offers: all, refuses })
  assert.ok(!result.found)
  assert.equal(result.reason, 'reason 0 (nor could 2 other copies be used)')
  assert.deepEqual(tried.length, 3)
  const texts = result.verdicts.filter(({ passed }) => !passed).map(({ text }) => text)
  assert.equal(texts.length, 3)
  for (const at of [0, 1, 2]) assert.ok(texts.some((text) => text.endsWith(`reason ${at}`)))
  assert.ok(
    result.verdicts.some(({ passed }) => passed),
    'of the best one also what let it through',
  )
})

test('what a rule refuses is not fetched in another encoding, or from somebody else; what was staged wrongly is', async () => {
  const one = given('one')
  const other = lieAbout(one, 'another encoding', 2000)
  const hostOf = (offer: Offer): string => (offer === one ? '192.0.2.3:1' : '192.0.2.4:1')
  const ruled = await sought({ offers: [one, other], hostOf, refuses: [[one, stopped('no')]] })
  assert.deepEqual([ruled.result.found, ruled.tried.length], [false, 1])
  const spoiled = await sought({ offers: [one, other], hostOf, refuses: [[one, stopped('it is not what was signed', false)]] })
  assert.deepEqual([spoiled.result.found, spoiled.tried.length], [true, 2])
})

test('no more than six copies are fetched to be refused', async () => {
  const all = Array.from({ length: 20 }, (_, at) => given(`copy ${at}`))
  const hosts = new Map(all.map((offer, at) => [offer, `198.51.100.${at}:1`]))
  const refuses = all.map((offer) => [offer, stopped('no')] as const)
  const { tried } = await sought({ offers: all, refuses, hostOf: (offer) => hosts.get(offer) ?? '' })
  assert.equal(tried.length, 6)
})

test('those who build one content in two encodings are counted together', async () => {
  const one = offerNamed('one', { recipe: id('other') })
  const two = lieAbout(one, 'another encoding')
  const offers = [
    { ...one, attestations: [attested(one, 'anna')] },
    { ...two, attestations: [attested(two, 'bert')] },
  ]
  const { result } = await sought({ offers })
  assert.ok(result.found)
  assert.equal(result.copy.weighed.attested, 2)
})

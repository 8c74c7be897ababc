/**
 * The search for a copy: which offer is taken, and what happens when a peer fails, lies or never answers. The peer is scripted here;
 * real ones are in test/swarm and test/emerge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sourceOf } from '../../src/daemon/gather.ts'
import { MAX_ATTESTATIONS } from '../../src/swarm/wire.ts'
import { attested, id, offerNamed } from './support/offers.ts'
import { given, sought } from './support/sought.ts'

test('the exact recipe is taken at once', async () => {
  const [other, exact] = [given('other', { recipe: id('other') }), given('exact')]
  const { result, tried } = await sought({ offers: [other, exact] })
  assert.ok(result.found && result.copy.weighed.offer.content === exact.content)
  assert.deepEqual(tried, [exact.content])
})

test('a copy that does not come is left for the next one, and why says so', async () => {
  const [first, second] = [given('first'), given('second', { recipe: id('other') })]
  const { result, tried } = await sought({ offers: [first, second], fails: [first] })
  assert.ok(result.found && result.copy.weighed.offer.content === second.content)
  assert.deepEqual(tried, [first.content, second.content])
  assert.match(result.copy.verdicts.map(({ text }) => text).join('\n'), /it stopped in the middle/)
})

test('when none comes, the reason names the last one; each is tried once', async () => {
  const offers = [given('a'), given('b')]
  const { result, tried } = await sought({ offers, fails: offers })
  assert.ok(!result.found)
  assert.match(result.reason, /none of 2 offered copies can be used .*it stopped in the middle/)
  assert.equal(tried.length, 2)
})

test('nobody there, nobody good enough, and a build that is over are told apart', async () => {
  const nobody = (await sought({ offers: [] })).result
  const weak = (await sought({ offers: [given('a')], leastLevel: 1 })).result
  const over = (await sought({ offers: [], signal: AbortSignal.abort() })).result
  assert.ok(!nobody.found && !weak.found && !over.found)
  assert.equal(nobody.reason, 'nobody offers a copy')
  assert.match(weak.reason, /none of 1 offered copy can be used .*setting level asks for 1/)
  assert.equal(over.reason, 'the build was over first')
})

for (const [why, said] of [
  [undefined, 'the build was over before the copy had come'],
  ['another merge began', 'another merge began'],
] as const)
  test(`a copy that was on its way says of itself only that ${said}`, async () => {
    const enough = new AbortController()
    const { result } = await sought({ offers: [given('a')], signal: enough.signal, cutOff: () => enough.abort(why) })
    assert.ok(!result.found)
    assert.equal(result.reason, said)
    assert.deepEqual(
      result.verdicts.map(({ rule, text }) => `${rule} ${text.replace(/^[0-9a-f]{12}/, 'ID')}`),
      [`fetch ID: ${said}`],
    )
  })

test('where nothing at all is offered, those who wait are told so while the search goes on', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const enough = new AbortController()
  const silent = sought({ offers: [], silent: true, signal: enough.signal, unheard: resolve })
  await promise
  enough.abort()
  assert.ok(!(await silent).result.found)
  const heard: string[] = []
  const useless = await sought({ offers: [given('a')], leastLevel: 1, unheard: () => heard.push('nothing') })
  assert.ok(!useless.result.found)
  assert.deepEqual(heard, [])
})

test('several peers that vouch for one archive are counted together', async () => {
  const plain = offerNamed('one', { recipe: id('other') })
  const offers = ['anna', 'bert', 'bert'].map((name) => ({ ...plain, attestations: [attested(plain, name)] }))
  const { result } = await sought({ offers })
  assert.ok(result.found)
  assert.equal(result.copy.weighed.attested, 2)
})

test('who answers first with a false torrent of an honest archive does not silence the honest one', async () => {
  const honest = given('one')
  const liar = { ...honest, archive: { ...honest.archive, infohash: 'b'.repeat(40) } }
  for (const offers of [
    [liar, honest],
    [honest, liar],
  ]) {
    const { result } = await sought({ offers, fails: [liar] })
    assert.ok(result.found && result.copy.weighed.offer.archive.infohash === honest.archive.infohash)
  }
})

test('an honest offer that comes while the lie is being fetched is taken next', async () => {
  const honest = given('one')
  const liar = { ...honest, archive: { ...honest.archive, infohash: 'b'.repeat(40) } }
  const { result, tried } = await sought({ offers: [liar], fails: [liar], late: [honest] })
  assert.ok(result.found && result.copy.weighed.offer.archive.infohash === honest.archive.infohash)
  assert.equal(tried.length, 2)
})

test('a host that was in vain once is asked last, however many torrents it names', async () => {
  const honest = given('honest', { archive: { ...offerNamed('honest').archive, size: 5000 } })
  const lies = Array.from({ length: 20 }, (_, at) => {
    const sha256 = id(`lie ${at}`)
    return { ...honest, archive: { ...honest.archive, sha256, size: 1000 + at, infohash: id(`lie ${at}`).slice(0, 40) } }
  })
  const { result, tried } = await sought({ offers: [...lies, honest], fails: lies })
  assert.ok(result.found && sourceOf(result.copy.weighed.offer) === sourceOf(honest))
  assert.equal(tried.length, 2)
})

test('a flood of torrents for one archive, with as many signatures as go with it, is heard in no time', async () => {
  const plain = offerNamed('plain')
  const attestations = Array.from({ length: MAX_ATTESTATIONS }, (_, at) => attested(plain, `key ${at}`))
  const flood = Array.from({ length: 512 }, (_, at) => ({
    ...plain,
    archive: { ...plain.archive, infohash: id(String(at)).slice(0, 40) },
    attestations,
  }))
  const began = performance.now()
  const { tried } = await sought({ offers: flood, fails: flood })
  assert.ok(tried.length <= 8)
  // 64 of them took 48 s, on an idle machine.
  assert.ok(performance.now() - began < 60_000)
})

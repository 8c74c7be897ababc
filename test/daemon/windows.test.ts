/**
 * Builds in windows of other widths accuse nobody for what differs: a clean rebuild as wide as the copy's has the last word.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { audit, type AuditInput } from '../../src/daemon/audit.ts'
import { refuses } from '../../src/daemon/dispute.ts'
import { signedBy } from '../../src/daemon/publish.ts'
import { rebuilt, type Word } from '../../src/daemon/rebuild.ts'
import { whySignedOtherwise } from '../../src/daemon/staysHome.ts'
import { open } from '../../src/trust/envelope.ts'
import { auditOf, ownOf, type Place, placeIn, type Side } from './support/built.ts'
import { attested, keyNamed } from './support/offers.ts'

const HERE = 80
const THERE = 160
const AGAIN = /stty cols (160|80); emerge --oneshot =app-misc\/hello-2\.10\)/

const COMPARED: readonly [string, Side, Side, string, string | undefined][] = [
  ['equal, of other widths', { text: 'a', columns: THERE }, { text: 'a', columns: HERE }, 'agree', undefined],
  [
    'equal but for dates, of other widths',
    { text: 'a', columns: THERE },
    { text: 'b', stable: 'a', columns: HERE },
    'agree-stable',
    undefined,
  ],
  ['other content, of other widths', { text: 'a', columns: THERE }, { text: 'b', columns: HERE }, 'differ', 'open'],
  ['other content, of one width', { text: 'a', columns: HERE }, { text: 'b', columns: HERE }, 'differ', 'accuses'],
  ['other content, and nobody says how wide it was there', { text: 'a', columns: null }, { text: 'b', columns: HERE }, 'differ', 'open'],
  ['other content, and nobody knows how wide it was here', { text: 'a', columns: THERE }, { text: 'b', columns: null }, 'differ', 'open'],
]

for (const [what, copy, own, verdict, state] of COMPARED) {
  test(`${what}: ${state ?? verdict}`, async (t) => {
    const place = placeIn(t)
    const audited = await audit(auditOf(place, copy, own))
    assert.deepEqual([audited.verdict, place.known.disputes()[0]?.state], [verdict, state])
    assert.equal(AGAIN.test(audited.line), state === 'open')
    const refused = place.known.disputes().some((one) => refuses(one, auditOf(place, copy, own).stoodIn.offer.content))
    assert.equal(refused, state !== undefined)
  })
}

/** The copy, vouched for by these: each with the width that it names, and whether the build may have been changed. */
function vouched(input: AuditInput, by: Readonly<Record<string, { columns?: number; standinsLive?: boolean }>>): AuditInput {
  const { offer } = input.stoodIn
  const attestations = Object.entries(by).map(([name, said]) => attested(offer, name, said))
  return { ...input, stoodIn: { ...input.stoodIn, offer: { ...offer, attestations } } }
}

const VOUCHED: readonly [string, Parameters<typeof vouched>[1], readonly string[], string, readonly number[] | undefined][] = [
  ['all name other widths', { anna: { columns: 100 }, bert: { columns: 160 }, carl: { columns: 160 } }, [], 'open', [160, 100]],
  ['one names this width', { anna: { columns: 80 }, bert: { columns: 160 } }, [], 'accuses', [80, 160]],
  ['one names none', { anna: {}, bert: { columns: 160 } }, [], 'open', [160]],
  ['one names none, and one this width', { anna: {}, bert: { columns: 80 } }, [], 'accuses', [80]],
  ['none names one', { anna: {}, bert: {} }, [], 'open', undefined],
  ['one who counts names this width', { anna: { columns: 160 }, bert: { columns: 80 } }, ['bert'], 'accuses', [80]],
  ['one who does not count names this width', { anna: { columns: 160 }, bert: { columns: 80 } }, ['anna'], 'open', [160]],
  [
    'who names this width says that it may have been changed',
    { anna: { columns: 80, standinsLive: true }, bert: { columns: 160 } },
    [],
    'open',
    [160],
  ],
]

for (const [what, by, counting, state, theirs] of VOUCHED) {
  test(`of those who vouch for a copy that differs ${what}: ${state}`, async (t) => {
    const place = placeIn(t)
    const keys = new Set(counting.map((name) => keyNamed(name).keyid))
    await audit({ ...vouched(auditOf(place, { text: 'a' }, { text: 'b', columns: HERE }), by), counts: (keyid) => keys.has(keyid) })
    const [row] = place.known.disputes()
    assert.deepEqual([row?.state, row?.theirColumns, row?.columns], [state, theirs, HERE])
  })
}

function again(place: Place, side: Side, replaces: boolean = false): Word[] {
  return rebuilt({ known: place.known, own: ownOf(place, side), standinsLive: side.standinsLive ?? false, replaces })
}

const REBUILT: readonly [string, Side, string, RegExp][] = [
  ['what the copy had, as wide', { text: 'a', columns: THERE }, 'resolved', /closed in its favour/],
  ['what the copy had, in another window', { text: 'a', columns: HERE }, 'resolved', /closed in its favour/],
  ['what was built before, as wide as the copy', { text: 'b', columns: THERE }, 'accuses', /COPY THAT STOOD IN IS WRONG/],
  [
    'what was built before, no wider',
    { text: 'b', columns: HERE },
    'open',
    /a window of 80 columns, and the copy .* window of 160 columns: .* still waits .*stty cols 160; emerge/,
  ],
  ['a third content, no wider', { text: 'c', columns: HERE }, 'open', /still waits for a clean rebuild in one of 160/],
  ['what was built before, and nobody knows how wide', { text: 'b', columns: null }, 'open', /a window of unknown width, .* still waits/],
  ['anything beside stand-ins', { text: 'a', columns: THERE, standinsLive: true }, 'open', /stand-ins were live/],
  [
    'a third content, as wide as the copy',
    { text: 'c', columns: THERE },
    'open',
    /differs from both sides .*one of 160: build it once more .*stty cols 160; emerge/,
  ],
]

for (const [what, side, state, says] of REBUILT) {
  test(`a dispute between windows, and a rebuild gives ${what}: ${state}`, async (t) => {
    const place = placeIn(t)
    await audit(auditOf(place, { text: 'a', columns: THERE }, { text: 'b', columns: HERE }))
    const words = again(place, side)
    assert.deepEqual([words.length, place.known.disputes()[0]?.state], [1, state])
    assert.match(words[0]?.text ?? '', says)
    const [row] = place.known.disputes()
    assert.deepEqual([words[0]?.closed, refuses(row ?? assert.fail(), row?.contents[1] ?? '')], [undefined, state !== 'resolved'])
  })
}

const TWICE: readonly [string, Side, string, RegExp][] = [
  ['the same once more', { text: 'c', columns: THERE }, 'accuses', /COPY THAT STOOD IN IS WRONG/],
  ['what the copy had', { text: 'a', columns: THERE }, 'resolved', /closed in its favour/],
  ['yet another content', { text: 'd', columns: THERE }, 'irreproducible', /never built the same twice/],
]

for (const [what, side, state, says] of TWICE) {
  test(`a rebuild as wide as the copy differs from both, and the next one gives ${what}: ${state}`, async (t) => {
    const place = placeIn(t)
    await audit(auditOf(place, { text: 'a', columns: THERE }, { text: 'b', columns: HERE }))
    again(place, { text: 'c', columns: THERE })
    const words = again(place, side)
    assert.match(words[0]?.text ?? '', says)
    assert.equal(place.known.disputes()[0]?.state, state)
  })
}

test('where a copy differs in what is the same in both windows it is accused', async (t) => {
  const place = placeIn(t)
  const [copy, own, third] = ['a', 'b', 'c'].map((text) => ({ text, also: { 'usr/y': text === 'a' ? 'mined' : 'plain' } }))
  await audit(auditOf(place, { text: '', ...copy, columns: THERE }, { text: '', ...own, columns: HERE }))
  assert.match(again(place, { text: '', ...third, columns: THERE })[0]?.text ?? '', /\/usr\/y: there THE COPY THAT STOOD IN IS WRONG/)
})

test('an accusation stands, whatever comes out of a window of another width', async (t) => {
  const place = placeIn(t)
  await audit(auditOf(place, { text: 'a', columns: HERE }, { text: 'b', columns: HERE }))
  assert.deepEqual(again(place, { text: 'c', columns: THERE }), [])
  assert.equal(place.known.disputes()[0]?.state, 'accuses')
  assert.match(again(place, { text: 'c', columns: HERE })[0]?.text ?? '', /nobody is accused/)
})

test('a build that may have found the copy, too, is to be made again while none is installed, and as wide', async (t) => {
  const place = placeIn(t)
  const { line } = await audit(auditOf(place, { text: 'a', columns: THERE }, { text: 'b', columns: HERE, besideItself: true }))
  assert.match(
    line,
    /its own stand-in or an installed version, and the copy was built in a window of 160 columns and yours in one of 80, so build/,
  )
  assert.match(line, /while none is installed \(emerge --unmerge =\S+, then stty cols 160; emerge --oneshot =/)
  assert.match(again(place, { text: 'b', columns: THERE }, true)[0]?.text ?? '', /installed during this build too/)
  assert.match(again(place, { text: 'b', columns: THERE })[0]?.text ?? '', /COPY THAT STOOD IN IS WRONG/)
})

test('of a copy that this host has built the same before it is said that the window was another one', async (t) => {
  const place = placeIn(t)
  await audit(auditOf(place, { text: 'a', columns: THERE }, { text: 'a', columns: THERE }))
  const { verdict, line } = await audit(auditOf(place, { text: 'a', columns: THERE }, { text: 'b', columns: HERE }))
  assert.equal(verdict, 'not-comparable')
  assert.match(line, /built in a window of 160 columns and this build in one of 80: in one as wide as that it may be the same again/)
})

test('what is signed names the width, and a second content of another one is told so', (t) => {
  const place = placeIn(t)
  const build = signedBy(keyNamed('anna'), ownOf(place, { text: 'a', columns: THERE }).build, false)
  assert.equal(open(build.offer.attestations[0]).statement.predicate.columns, THERE)
  place.known.saveBuild(build)
  const why = (side: Side): string | undefined => {
    const second = ownOf(place, side).build
    return whySignedOtherwise(place.known.signed(second.offer), second)
  }
  assert.equal(why({ text: 'a', columns: HERE }), undefined)
  assert.match(
    why({ text: 'b', columns: HERE }) ?? '',
    /in a window of 160 columns, and this in one of 80: in one as wide as that it may be the same/,
  )
  for (const side of [
    { text: 'b', columns: THERE },
    { text: 'b', columns: null },
  ])
    assert.doesNotMatch(why(side) ?? assert.fail(), /window/)
})

test('a dispute from before windows were told of is what it was', async (t) => {
  const place = placeIn(t)
  await audit(auditOf(place, { text: 'a', columns: null }, { text: 'b', columns: null }))
  const { columns, theirColumns, ...row } = place.known.disputes()[0] ?? assert.fail()
  assert.deepEqual([columns, theirColumns], [undefined, undefined])
  place.known.changeDispute({ ...row, state: 'accuses' })
  assert.match(again(place, { text: 'c', columns: HERE })[0]?.text ?? '', /nobody is accused/)
})

for (const width of [HERE, THERE]) {
  test(`where nobody says how wide it was there, a build in a window of ${width} waits for a clean one in one of 80, which convicts`, async (t) => {
    const place = placeIn(t)
    const { line } = await audit(auditOf(place, { text: 'a', columns: null }, { text: 'b', columns: width }))
    assert.match(
      line,
      /open: nobody says how wide the window was .* and yours in one of (80|160), so build it again .*stty cols 80; emerge/,
    )
    if (width !== HERE)
      assert.match(
        again(place, { text: 'b', columns: width })[0]?.text ?? '',
        /nobody says .* a clean rebuild in one of 80 .*stty cols 80;/,
      )
    assert.match(again(place, { text: 'b', columns: HERE })[0]?.text ?? '', /COPY THAT STOOD IN IS WRONG/)
  })
}

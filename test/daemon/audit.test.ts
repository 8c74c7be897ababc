/**
 * What an own build says of the copy that stood in, and what is left of it on disk and in the table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { sha256Hex } from '../../src/base/canonical.ts'
import { audit } from '../../src/daemon/audit.ts'
import { rebuilt } from '../../src/daemon/rebuild.ts'
import type { Metadata } from '../../src/package/manifest.ts'
import type { Offer } from '../../src/swarm/wire.ts'
import { auditOf, ownOf, type Place, placeIn, type Side } from './support/built.ts'

const bound = (slot: string): Metadata => ({ RDEPEND: `dev-libs/x:${slot}=`, REQUIRES: 'x86_64: libc.so.6' })

const CASES: readonly [string, Side, Side, string, string | undefined][] = [
  ['equal', { text: 'a' }, { text: 'a' }, 'agree', undefined],
  ['equal beside stand-ins', { text: 'a' }, { text: 'a', standinsLive: true }, 'agree', undefined],
  ['other dates', { text: 'a' }, { text: 'b', stable: 'a' }, 'agree-stable', undefined],
  ['other content', { text: 'a' }, { text: 'b' }, 'differ', 'accuses'],
  ['other content beside stand-ins here', { text: 'a' }, { text: 'b', standinsLive: true }, 'differ', 'open'],
  ['equal, though it may have found the copy', { text: 'a' }, { text: 'a', besideItself: true }, 'agree', undefined],
  [
    'other dates, though it may have found the copy',
    { text: 'a' },
    { text: 'b', stable: 'a', besideItself: true },
    'agree-stable',
    undefined,
  ],
  ['other content of what may have found the copy', { text: 'a' }, { text: 'b', besideItself: true }, 'differ', 'open'],
  ['other content beside stand-ins there', { text: 'a', standinsLive: true }, { text: 'b' }, 'differ', 'open'],
  ['another recipe', { text: 'a', recipe: sha256Hex('other') }, { text: 'b' }, 'not-comparable', undefined],
  ['bound to another slot', { text: 'a', metadata: bound('1/1') }, { text: 'b', metadata: bound('2/2') }, 'not-comparable', undefined],
  [
    'bound alike, with one library more',
    { text: 'a', metadata: { ...bound('1/1'), REQUIRES: 'x86_64: libc.so.6 libmine.so.1' } },
    { text: 'b', metadata: bound('1/1') },
    'differ',
    'accuses',
  ],
]

for (const [what, copy, own, verdict, state] of CASES) {
  test(`${what}: ${verdict}`, async (t) => {
    const place = placeIn(t)
    const input = auditOf(place, copy, own)
    const audited = await audit(input)
    assert.deepEqual([audited.verdict, audited.build.audit, place.known.disputes()[0]?.state], [verdict, verdict, state])
    assert.equal(readdirSync(place.disputes).length, state === undefined ? 0 : 1)
  })
}

const BEFORE: readonly [string, (place: Place, copy: Offer) => Promise<unknown> | void][] = [
  ['agreed with', (place) => audit(auditOf(place, { text: 'a' }, { text: 'a' }))],
  ['agreed with, but for dates', (place) => audit(auditOf(place, { text: 'a' }, { text: 'c', stable: 'a' }))],
  ['signed', (place, copy) => place.known.saveBuild({ ...ownOf(place, { text: 'c' }).build, offer: { ...copy, attestations: [] } })],
  [
    'found a clean rebuild to agree with',
    async (place) => {
      await audit(auditOf(place, { text: 'a' }, { text: 'c' }))
      rebuilt({ known: place.known, own: ownOf(place, { text: 'a' }), standinsLive: false, replaces: false })
    },
  ],
]

for (const [what, before] of BEFORE) {
  test(`a build that differs from a copy that this host has ${what} accuses nobody: what no recipe names has changed`, async (t) => {
    const place = placeIn(t)
    const input = auditOf(place, { text: 'a' }, { text: 'b' })
    await before(place, input.stoodIn.offer)
    const disputes = place.known.disputes()
    const { verdict, tone, line, build } = await audit(input)
    assert.deepEqual([verdict, build.audit, tone], ['not-comparable', 'not-comparable', 'warn'])
    assert.match(
      line,
      /can't be compared .*: this host has built the same as the copy before, .* \(a header, a static library or a tool of another version\)/,
    )
    assert.deepEqual(place.known.disputes(), disputes)
    const other = await audit(auditOf(place, { text: 'mined' }, { text: 'b' }))
    assert.deepEqual([other.verdict, place.known.disputes().at(-1)?.state], ['differ', 'accuses'], 'any other copy is accused as ever')
  })
}

test('a copy whose signers say that it may have been changed is noted as such, one that somebody answers for is not', async (t) => {
  for (const [standinsLive, expected] of [
    [true, true],
    [false, undefined],
  ] as const) {
    const place = placeIn(t)
    await audit(auditOf(place, { text: 'a', standinsLive }, { text: 'b' }))
    assert.equal(place.known.disputes()[0]?.mayBeChangedThere, expected)
  }
})

test('who signed the same files with other metadata is no witness of the own build, and that is said', async (t) => {
  const alike = await audit(auditOf(placeIn(t), { text: 'a' }, { text: 'a' }))
  assert.deepEqual([alike.tone, /metadata/.test(alike.line)], ['good', false])
  const input = auditOf(placeIn(t), { text: 'a', metadata: { RESTRICT: 'test' } }, { text: 'a' })
  const { verdict, tone, line, build } = await audit(input)
  assert.deepEqual([verdict, tone], ['agree', 'warn'])
  assert.match(line, /byte for byte, but other metadata were signed for it/)
  assert.deepEqual(build.offer.attestations, input.own.build.offer.attestations)
})

test('a build that may have found the copy is to be made again while neither that nor an installed one is there', async (t) => {
  const { line } = await audit(auditOf(placeIn(t), { text: 'a' }, { text: 'b', besideItself: true }))
  assert.match(
    line,
    /open: your build may have found its own stand-in or an installed version, .* while none is installed \(emerge --unmerge =\S+, then emerge --oneshot =/,
  )
})

test('what differs in the linkage is said, and reaches a terminal as plain text', async (t) => {
  const copy = { text: 'a', metadata: bound('1/1') }
  const { line } = await audit(auditOf(placeIn(t), copy, { text: 'b', metadata: bound('2/2') }))
  assert.match(line, /another linkage \(the copy has dev-libs\/x:1\/1=, your build dev-libs\/x:2\/2=\)/)
})

test('a dispute keeps both archives, byte for byte, and says which files differ', async (t) => {
  const place = placeIn(t)
  const input = auditOf(place, { text: 'a', size: 3_000_000 }, { text: 'b' })
  const { line } = await audit(input)
  const [row] = place.known.disputes()
  assert.ok(row !== undefined)
  assert.deepEqual([row.files, row.paths], ['both', ['usr/x']])
  assert.match(line, /YOUR OWN BUILD DIFFERS .*: \/usr\/x\. .*both archives are in /)
  const kept = (name: string): string => sha256Hex(readFileSync(join(row.kept, name)))
  assert.equal(kept('stood-in.gpkg.tar'), input.stoodIn.offer.archive.sha256)
  assert.equal(kept('own.gpkg.tar'), input.own.build.archive.sha256)
  assert.deepEqual(readdirSync(row.kept).toSorted(), ['own.gpkg.tar', 'own.json', 'stood-in.gpkg.tar', 'stood-in.json'])
})

test('a dispute of which nothing can be kept is told all the same, with the reason', async (t) => {
  const place = placeIn(t)
  const input = auditOf(place, { text: 'a' }, { text: 'b' })
  rmSync(input.own.build.path)
  const { line } = await audit(input)
  assert.deepEqual(
    place.known.disputes().map(({ files }) => files),
    ['none'],
  )
  assert.match(line, /YOUR OWN BUILD DIFFERS .*its files are gone \(could not keep both sides in \S+: ENOENT/)
  assert.deepEqual(readdirSync(place.disputes), [])
})

const GONE: readonly [string, (path: string) => void][] = [
  ['is gone', (path) => rmSync(path)],
  ['holds other bytes', (path) => writeFileSync(path, Buffer.alloc(1000, 'z'))],
  ['is a link', (path) => (rmSync(path), symlinkSync('/etc/passwd', path))],
  ['has another size', (path) => writeFileSync(path, 'short')],
  ['lies in a folder that is a link', (path) => (rmSync(join(path, '..'), { recursive: true }), symlinkSync('/usr', join(path, '..')))],
]

for (const [what, spoil] of GONE) {
  test(`a copy whose archive ${what} is kept as its records alone, and that is said`, async (t) => {
    const place = placeIn(t)
    const input = auditOf(place, { text: 'a' }, { text: 'b' })
    const safe = join(place.disputes, '..', 'own')
    writeFileSync(safe, readFileSync(input.own.build.path))
    spoil(join(place.fetched, `${input.stoodIn.offer.archive.sha256}.gpkg.tar`))
    const { line } = await audit({ ...input, own: { ...input.own, build: { ...input.own.build, path: safe } } })
    const [row] = place.known.disputes()
    assert.equal(row?.files, 'own')
    assert.deepEqual(readdirSync(row?.kept ?? '').toSorted(), ['own.gpkg.tar', 'own.json', 'stood-in.json'])
    assert.match(line, /the own archive is in .*; that of the copy is gone/)
  })
}

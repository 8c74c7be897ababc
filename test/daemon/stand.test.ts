/**
 * What the peer has staged is held against what was signed before anything else is looked at: a peer that was taken over places nothing of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { sha256Hex } from '../../src/base/canonical.ts'
import { stand, type StandInput } from '../../src/daemon/stand.ts'
import { exactId } from '../../src/package/content.ts'
import { linkageId, linkageOf } from '../../src/package/linkage.ts'
import type { Manifest, Metadata } from '../../src/package/manifest.ts'
import type { ImageRecord } from '../../src/package/record.ts'
import { metadataId } from '../../src/package/signed.ts'
import type { Offer } from '../../src/swarm/wire.ts'
import { temporary } from '../package/image.ts'
import { offerNamed } from './support/offers.ts'

const recordsOf = (text: string): ImageRecord[] => [
  { type: 'file', path: 'x', mode: 0o755, owner: 'root', group: 'root', size: text.length, sha256: sha256Hex(text) },
]
const METADATA: Metadata = { CFLAGS: '-O2 -march=alderlake', RDEPEND: 'dev-libs/x:0/1=', SLOT: '0' }

const SIGNED: Offer = offerNamed('signed', {
  content: exactId(recordsOf('signed')),
  linkage: linkageId(linkageOf(METADATA)),
  metadata: metadataId(METADATA),
})

/** Stages this, and gives the code of the error that the warden ends with. */
async function endOf(t: TestContext, text: string, metadata: Metadata): Promise<string> {
  const root = temporary(t)
  const staging = join(root, 'staging')
  mkdirSync(join(staging, 'files'), { recursive: true })
  const records = recordsOf(text)
  const manifest: Manifest = { standin: 'manifest-1', metadata, records, contentId: SIGNED.content }
  writeFileSync(join(staging, 'manifest.json'), JSON.stringify(manifest))
  writeFileSync(join(staging, 'files', sha256Hex(text)), text)
  let reached = false
  const input = {
    staging,
    offer: SIGNED,
    wish: {
      get recipe() {
        reached = true
        return Promise.reject(new Error('all that is signed has been checked'))
      },
    },
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the checks come before anything else is asked for
  const error: unknown = await stand(input as unknown as StandInput).catch((thrown: unknown) => thrown)
  assert.ok(error instanceof Error)
  assert.deepEqual(readdirSync(root), ['staging'])
  return reached ? 'checked' : `${'code' in error ? String(error.code) : error.name}: ${error.message}`
}

test('what was signed is looked at', async (t) => {
  assert.equal(await endOf(t, 'signed', METADATA), 'checked')
})

test('metadata that nobody signs may differ', async (t) => {
  assert.equal(await endOf(t, 'signed', { ...METADATA, IUSE_EFFECTIVE: 'x', SIZE: '9' }), 'checked')
})

const LIES: readonly [string, string, Metadata, RegExp][] = [
  ['other files, under the id that was offered', 'other', METADATA, /^BAD_HASH: .*not the content that was offered/],
  ['flags of another CPU', 'signed', { ...METADATA, CFLAGS: '-O2' }, /^BAD_HASH: its metadata are not what was signed/],
  ['another slot', 'signed', { ...METADATA, SLOT: '1' }, /^BAD_HASH: its metadata/],
  ['other libraries', 'signed', { ...METADATA, REQUIRES: 'x86_64: libnothere.so.9' }, /^BAD_HASH/],
  ['text that has no id', 'signed', { ...METADATA, LICENSE: '\ud800' }, /^SCHEMA/],
]

for (const [what, text, metadata, why] of LIES)
  test(`refused before anything is asked of this host: ${what}`, async (t) => assert.match(await endOf(t, text, metadata), why))

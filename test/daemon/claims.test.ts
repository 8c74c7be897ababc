/**
 * The ids that an offer signs must be those of what its archive holds; a lie about any of them costs the liar the next try.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { checkClaims, checkMetadata } from '../../src/daemon/claims.ts'
import { readArchive } from '../../src/package/archive/read.ts'
import { linkageId, linkageOf } from '../../src/package/linkage.ts'
import type { Manifest } from '../../src/package/manifest.ts'
import { metadataId } from '../../src/package/signed.ts'
import { archiveOf } from '../package/archive/make.ts'
import { id } from './support/offers.ts'
import { atEnd } from '../support/atEnd.ts'

const LIES: readonly [string, Partial<Record<'content' | 'linkage' | 'stable' | 'metadata', string>>, RegExp | undefined][] = [
  ['the truth', {}, undefined],
  ['another content', { content: id('other') }, /not the content that was offered/],
  ['another linkage', { linkage: id('other') }, /linkage is not what its own metadata say/],
  ['other metadata', { metadata: id('other') }, /metadata are not what was signed/],
  ['another stable content', { stable: id('other') }, /stable content id is not that of its files/],
]

for (const [what, lie, why] of LIES) {
  test(`an offer that says ${what} is ${why === undefined ? 'taken' : 'refused'}`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'standin-claims-'))
    atEnd(t, () => rmSync(folder, { recursive: true }))
    // The time in its header is what the stable id leaves out.
    const packed = gzipSync('text')
    packed.writeUInt32LE(1_700_000_000, 4)
    const written = await archiveOf(folder, { 'usr/share/x.gz': { bytes: packed }, 'usr/share/plain': 'plain' })
    assert.notEqual(written.contentId, written.stableId)
    const staging = join(folder, 'staging')
    const manifest = await readArchive({ archive: join(folder, 'a.gpkg.tar'), staging })
    const linkage = linkageId(linkageOf(manifest.metadata))
    const metadata = metadataId(written.metadata)
    const checked = checkClaims({ content: written.contentId, linkage, stable: written.stableId, metadata, ...lie }, manifest, staging)
    if (why === undefined) await checked
    else await assert.rejects(checked, { name: 'StrangerError', code: 'BAD_HASH', message: why })
  })
}

test('the warden asks for metadata and linkage itself', () => {
  const metadata = { REQUIRES: 'x86_64: libc.so.6' }
  const manifest: Manifest = { standin: 'manifest-1', metadata, records: [], contentId: id('x') }
  const ids = { linkage: linkageId(linkageOf(metadata)), metadata: metadataId(metadata) }
  checkMetadata(ids, manifest)
  assert.throws(() => checkMetadata({ ...ids, linkage: linkageId(linkageOf({})) }, manifest), { code: 'BAD_HASH' })
  assert.throws(() => checkMetadata({ ...ids, metadata: metadataId({}) }, manifest), { code: 'BAD_HASH' })
})

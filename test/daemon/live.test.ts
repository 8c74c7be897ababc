/**
 * Live stand-ins are those of the journal, with what their manifests say, read once each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openLive } from '../../src/daemon/live.ts'
import type { Metadata } from '../../src/package/manifest.ts'

function openWith(): { ids: number[]; loaded: number[]; metadata: Map<number, Metadata>; live: ReturnType<typeof openLive> } {
  const [ids, loaded, metadata]: [number[], number[], Map<number, Metadata>] = [[], [], new Map()]
  const live = openLive(
    { unsettled: () => ids.map((id) => ({ id, cpv: `app-misc/p${id}-1.${id}` })) },
    {
      load(id) {
        loaded.push(id)
        const found = metadata.get(id)
        return found && { manifest: { metadata: found } }
      },
    },
  )
  return { ids, loaded, metadata, live }
}

test('package, slot and sonames of each; its manifest is read once', () => {
  const { ids, loaded, metadata, live } = openWith()
  ids.push(1, 2)
  metadata.set(1, { SLOT: '0/2', repository: 'gentoo', PROVIDES: 'x86_64: libp.so.1' })
  metadata.set(2, {})
  const [one, two] = live()
  assert.deepEqual(one?.candidate, { category: 'app-misc', name: 'p1', version: '1.1', slot: '0/2', repository: 'gentoo' })
  assert.deepEqual(one.provides, new Map([['x86_64', new Set(['libp.so.1'])]]))
  assert.deepEqual(two?.candidate, { category: 'app-misc', name: 'p2', version: '1.2' })
  assert.equal(live()[0], one)
  assert.deepEqual(loaded, [1, 2])
})

test('one that is just being placed is there by name, and whole once its manifest is kept; a purged one is gone', () => {
  const { ids, metadata, live } = openWith()
  ids.push(1)
  assert.deepEqual(live()[0]?.candidate, { category: 'app-misc', name: 'p1', version: '1.1' })
  metadata.set(1, { SLOT: '0' })
  assert.equal(live()[0]?.candidate?.slot, '0')
  ids.pop()
  assert.deepEqual(live(), [])
  metadata.set(1, { SLOT: '7' })
  ids.push(1)
  assert.equal(live()[0]?.candidate?.slot, '7')
})

/**
 * Places on a mounted filesystem, purges while it is not mounted, and purges again once it is: `node away.ts same|another` (boot), in a mount namespace of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { purge } from '../../../src/standin/purge.ts'
import { recover } from '../../../src/standin/recover.ts'
import { hasMarker } from '../../../src/standin/live.ts'
import { differences, snapshot } from '../../support/oracle.ts'
import { entryFor, testHost } from './site.ts'
import { placed } from './tree.ts'

const mount = (...args: readonly string[]): void => void execFileSync('mount', args)
const print = (line: string): void => void process.stdout.write(`${line}\n`)

const host = testHost()
const [store, opt] = [join(host.top, 'store'), join(host.root, 'opt')]
const later = process.argv[2] === 'same' ? host : { ...host, boot: 'another' }
mkdirSync(store)
mount('-t', 'tmpfs', 'tmpfs', store)
try {
  mount('--bind', store, opt)
  const before = snapshot(host.root)
  const id = await placed(host, { 'opt/demo/bin/demo': 'demo', 'opt/demo/word': 'word', 'usr/bin/demo': 'demo' })
  execFileSync('umount', [opt])

  assert.throws(() => purge({ ...later, id, say: print }), { name: 'HostError', code: 'IO' })
  assert.equal(existsSync(join(host.root, 'usr/bin/demo')), false)
  assert.ok(existsSync(join(store, 'demo/word')))
  assert.deepEqual(
    host.journal.paths(id).map(({ path }) => path),
    ['opt/demo', 'opt/demo/bin', 'opt/demo/bin/demo', 'opt/demo/word'],
  )
  assert.equal(recover({ ...later, isLive: () => false, say: () => undefined }).failed.length, 1)

  mount('--bind', store, opt)
  const { settled } = recover({ ...later, isLive: () => false, say: assert.fail })
  assert.equal(settled[0]?.purged.removed, 4)
  assert.deepEqual(differences(before, snapshot(host.root)), [])
  assert.deepEqual([host.journal.unsettled(), hasMarker(host.markers, { id, cpv: entryFor().cpv })], [[], false])
  print('done')
} finally {
  execFileSync('umount', ['--lazy', opt, store])
  host.remove()
}

/**
 * What is put into the view of the peer, on each kind of host; that the live peer sees no more is shown in test/emerge/privileges.test.ts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { foldersBelow } from '../../src/daemon/folders.ts'
import { mountsOf, refreshView } from '../../src/daemon/peerView.ts'
import { atEnd } from '../support/atEnd.ts'

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'view-'))
  atEnd(t, () => rmSync(path, { recursive: true }))
  return path
}

test('nothing of a system is seen but programs, libraries, settings of names, archives, and what is written to', () => {
  const mounts = mountsOf({ root: '/', folders: foldersBelow('/'), programs: ['/usr/bin/node', '/usr/lib/standin/peer.mjs'] })
  const allowed = /^\/(usr|s?bin|lib(32|64|x32)?|etc(\/ssl\/certs)?|dev\/(null|u?random)|var\/cache\/standin\/(archives|peer))$/
  assert.deepEqual(mounts.map(([, , to]) => to).filter((to) => !allowed.test(to)), []) // prettier-ignore
  assert.deepEqual(
    mounts.filter(([kind]) => kind === 'rw').map(([, from]) => from),
    ['/var/cache/standin/peer'],
  )
  assert.deepEqual(mounts.find(([, , to]) => to === '/etc')?.slice(0, 2), ['ro', '/run/standin/view/etc'])
})

test('of a prefix with merged /usr the same, and a Node that lies elsewhere', (t) => {
  const root = folder(t)
  for (const name of ['usr', 'lib32', 'home', 'etc']) mkdirSync(join(root, name))
  symlinkSync('usr/bin', join(root, 'bin'))
  const mounts = mountsOf({
    root,
    folders: foldersBelow(root),
    programs: ['/opt/node/bin/node', join(root, 'usr/lib/standin/peer.mjs')],
  })
  const ofPrefix = mounts.filter(([, , to]) => to.startsWith(root)).map(([kind, from, to]) => [kind, from, to.slice(root.length)])
  assert.deepEqual(ofPrefix, [
    ['ro', join(root, 'usr'), '/usr'],
    ['link', 'usr/bin', '/bin'],
    ['ro', join(root, 'lib32'), '/lib32'],
    ['ro', join(root, 'var/cache/standin/archives'), '/var/cache/standin/archives'],
    ['rw', join(root, 'var/cache/standin/peer'), '/var/cache/standin/peer'],
  ])
  assert.deepEqual(mounts.filter(([, from]) => from.startsWith('/opt')), [['ro', '/opt/node/bin', '/opt/node/bin']]) // prettier-ignore
})

test('settings are copied as they change, links followed, and go when they are gone', (t) => {
  const top = folder(t)
  const [etc, view] = [join(top, 'etc'), join(top, 'view')]
  for (const path of [etc, view, join(view, 'ssl')]) mkdirSync(path)
  const [real, shown] = [join(top, 'stub'), join(view, 'resolv.conf')]
  const said: string[] = []
  const refresh = (): void => refreshView(view, (line) => said.push(line), etc)
  symlinkSync(real, join(etc, 'resolv.conf'))
  writeFileSync(join(etc, 'shadow'), 'secret')
  writeFileSync(real, 'nameserver 192.0.2.1\n')
  refresh()
  assert.equal(readFileSync(shown, 'utf8'), 'nameserver 192.0.2.1\n')
  assert.equal(statSync(shown).mode & 0o777, 0o644)
  const { ino } = statSync(shown)
  refresh()
  assert.equal(statSync(shown).ino, ino, 'what is the same is left')
  writeFileSync(real, 'nameserver 192.0.2.2\n')
  refresh()
  assert.equal(readFileSync(shown, 'utf8'), 'nameserver 192.0.2.2\n')
  assert.deepEqual(readdirSync(view).toSorted(), ['resolv.conf', 'ssl'])
  truncateSync(real, 17 * 1024 * 1024)
  refresh()
  assert.deepEqual([readdirSync(view), said], [['ssl'], []])
})

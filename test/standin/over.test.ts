/**
 * What something is mounted over while it stands in is not gone: it stays in the journal, is named, and goes once nothing hides it; what is mounted there is
 * not touched.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { readMounts } from '../../src/standin/mounts.ts'
import { purge } from '../../src/standin/purge.ts'
import { differences, snapshot } from '../support/oracle.ts'
import { onHost, placed, placeTree, skip } from './support/tree.ts'

const OVER = 'something is mounted over it; standin purge --all takes it away once that is unmounted'
const ANOTHER = 'another filesystem seems to be mounted there; standin purge --all takes it away once its own is'
const NOT_MOUNTED = 'its filesystem is not mounted; standin purge --all takes it away once it is'

const SAME = 'a folder of the same filesystem'
const ROWS: readonly (readonly [path: string, how: string, line: string])[] = [
  ...['tmpfs', SAME, 'overlay', 'a folder, and that by itself'].map(
    (how) => ['usr/share', how, `what is below /usr/share stays: ${OVER}`] as const,
  ),
  ...['tmpfs', SAME].map((how) => ['usr/share/demo', how, `what is below /usr/share/demo stays: ${OVER}`] as const),
  ['usr/share/demo/a', 'tmpfs', `what is below /usr/share/demo/a stays: ${OVER}`],
  ['usr/bin/demo', 'a file', `/usr/bin/demo stays: ${OVER}`],
  ...['tmpfs', SAME, 'overlay'].map((how) => ['usr', how, `what is below /usr stays: ${ANOTHER}`] as const),
]

const CASES: readonly (readonly [what: string, path: string, how: string, said: readonly string[]])[] = [
  ...ROWS.flatMap(([path, how, line]) => ['over', 'over, in another boot'].map((what) => [what, path, how, [line]] as const)),
  // Mounted before, it is where the names are.
  ...['tmpfs', SAME].map((how) => ['under', '', how, [`what is below /usr/share stays: ${NOT_MOUNTED}`]] as const),
  // Bound to itself it hides nothing.
  ...['usr', 'usr/share'].map((path) => ['itself', path, '', []] as const),
]

let told: readonly unknown[] | undefined
/** All in one process, as it takes longer to start than to run. */
function toldOf(index: number): unknown {
  told ??= execFileSync('unshare', ['--mount', process.execPath, join(import.meta.dirname, 'support/over.ts'), JSON.stringify(CASES)], {
    encoding: 'utf8',
  })
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  return told[index]
}

for (const [index, [what, path, how, said]] of CASES.entries())
  test(`mounted while it stands in, ${[what, path, how].filter((part) => part !== '').join(': ')}`, { skip }, () =>
    assert.deepEqual(toldOf(index), said),
  )

const unreadable = (): never => {
  throw new HostError('UNREADABLE', 'there is no such list')
}

test('where nobody can tell what is mounted, what is seen goes, and what is not seen stays noted until it can be told', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    purge({ ...host, id: await placed(host), mounts: unreadable, say: assert.fail })
    assert.deepEqual([differences(before, snapshot(host.root)), host.journal.unsettled()], [[], []])

    const id = await placed(host)
    rmSync(join(host.root, 'usr/share/demo/empty'))
    writeFileSync(join(host.root, 'usr/share/demo/a/b/c.txt'), 'edited')
    const said: string[] = []
    assert.throws(() => purge({ ...host, id, mounts: unreadable, say: (line) => said.push(line) }), { name: 'HostError', code: 'IO' })
    assert.deepEqual(said, [
      `what is not seen below ${host.root}/usr stays noted, as it may be mounted over: there is no such list`,
      `/usr/share/demo/a/b/c.txt was changed while it stood in; kept as ${host.keepFolder}/${id}/usr/share/demo/a/b/c.txt`,
    ])
    assert.deepEqual(
      host.journal.paths(id).map(({ path }) => path),
      ['usr/share/demo/empty'],
    )
    purge({ ...host, id, mounts: readMounts, say: assert.fail })
    assert.deepEqual([differences(before, snapshot(host.root)), host.journal.unsettled()], [[], []])
  }),
)

test('nothing is placed where nobody can tell what is mounted', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    await assert.rejects(placeTree(host, { 'usr/bin/demo': 'demo' }, { mounts: unreadable }), { name: 'HostError', code: 'UNREADABLE' })
    assert.deepEqual([differences(before, snapshot(host.root)), host.journal.unsettled()], [[], []])
    assert.equal(existsSync(host.markers), false)
  }),
)

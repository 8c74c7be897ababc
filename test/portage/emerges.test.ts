/**
 * Another emerge is told from the one that asks, from its children, and from whoever only talks about emerge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runsBeside } from '../../src/portage/emerges.ts'
import { type Files, rootWith } from './tree.ts'

const process = (pid: number, parent: number, ...words: string[]): Files => ({
  [`${pid}/cmdline`]: words.map((word) => `${word}\0`).join(''),
  [`${pid}/stat`]: `${pid} (a ) b) S ${parent} 1 1 0`,
})
const OWN: Files = {
  ...process(1, 0, 'init'),
  ...process(10, 1, 'bash'),
  ...process(20, 10, '/usr/bin/python3.13', '-b', '/usr/lib/python-exec/python3.13/emerge', 'hello'),
}
const OTHER = ['python3', '/usr/bin/emerge', '-uDN', '@world']

const CASES: readonly [string, Files, boolean][] = [
  ['nobody else', {}, false],
  ['another emerge', process(30, 10, ...OTHER), true],
  ['another emerge by a shell\u2019s own path', process(30, 10, 'emerge', 'x'), true],
  ['one that ended meanwhile', { '30/stat': '' }, false],
  ['a fork of the emerge that asks', process(30, 20, ...OTHER), false],
  ['a fork of its fork', { ...process(30, 20, 'bash', 'ebuild.sh'), ...process(40, 30, ...OTHER) }, false],
  ['one whose ancestors are gone', process(30, 99, ...OTHER), true],
  ['a shell that would call emerge', process(30, 10, 'bash', '-c', 'emerge hello'), false],
  ['an editor of a file called emerge', process(30, 10, 'vim', '/usr/bin/emerge'), false],
  ['another script of Python', process(30, 10, 'python3', '/usr/bin/ebuild', 'hello.ebuild'), false],
  ['a kernel thread', process(30, 2), false],
  ['what is no process', { 'self/cmdline': 'python3\0/usr/bin/emerge\0', locks: '' }, false],
]

for (const [what, files, beside] of CASES) {
  test(`${what}: ${beside ? 'beside it' : 'not beside it'}`, (t) => {
    assert.equal(runsBeside(rootWith(t, { ...OWN, ...files }), 20), beside)
  })
}

test('of an unknown emerge every emerge is another', (t) => {
  assert.equal(runsBeside(rootWith(t, OWN), 0), true)
})

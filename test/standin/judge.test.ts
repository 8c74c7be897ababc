/**
 * The judgement of a purge, case by case, in this boot and in another one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JournalPath } from '../../src/standin/journal.ts'
import { CLAIM_MODE, type Found, judge, type Judgement } from '../../src/standin/judge.ts'
import { sha256 } from './support/site.ts'

const FILE: JournalPath = {
  kind: 'file',
  path: 'a',
  sha256: sha256('x'),
  size: 5,
  mode: 0o644,
  inode: '7',
  dev: '1',
  mtimeNs: '100',
  ctimeNs: '200',
  birthNs: '90',
  hadCache: true,
  target: '',
}
const FOUND: Found = { kind: 'file', inode: '7', dev: '1', size: 5, mode: 0o644, uid: 0, mtimeNs: '100', ctimeNs: '200', birthNs: '90' }
const FOLDER: JournalPath = { ...FILE, kind: 'dir', sha256: '', size: 0 }
const LINK: JournalPath = { ...FOLDER, kind: 'link', ctimeNs: '' }
const CLAIM: Partial<Found> = { kind: 'dir', inode: '8', mode: CLAIM_MODE }

for (const [what, placed, found, here, elsewhere] of [
  ['as it was', FILE, {}, 'ours', 'ours'],
  ['another inode', FILE, { inode: '8' }, 'replaced', 'replaced'],
  ['another device number', FILE, { dev: '2' }, 'replaced', 'ours'],
  ['a folder', FILE, { kind: 'dir' }, 'replaced', 'replaced'],
  ['another mode', FILE, { mode: 0o600 }, 'ours', 'ours'],
  ['cut, and changed since', FILE, { size: 3, ctimeNs: '201' }, 'changed', 'changed'],
  ['emptied, and changed since', FILE, { size: 0, ctimeNs: '201' }, 'changed', 'ours'],
  ['cut, with our time', FILE, { size: 3 }, 'changed', 'ours'],
  ['empty, with another time', FILE, { size: 0, mtimeNs: '101' }, 'changed', 'ours'],
  ['another size and time', FILE, { size: 6, mtimeNs: '101' }, 'changed', 'changed'],
  [
    'another one that has the inode number now, with equal bytes',
    FILE,
    { mtimeNs: '300', ctimeNs: '301', birthNs: '201' },
    'replaced',
    'replaced',
  ],
  ['another folder that has the inode number now', FOLDER, { kind: 'dir', mtimeNs: '300', birthNs: '201' }, 'replaced', 'replaced'],
  [
    'another one that has the inode number now, of an earlier hour by a clock that went back',
    FILE,
    { birthNs: '89' },
    'replaced',
    'replaced',
  ],
  ['placed while the clock went back', { ...FILE, mtimeNs: '50', ctimeNs: '60' }, { mtimeNs: '50', ctimeNs: '60' }, 'ours', 'ours'],
  ['another one, by a row of an earlier standin', { ...FILE, birthNs: '' }, { mtimeNs: '300', birthNs: '201' }, 'replaced', 'replaced'],
  ['on a filesystem that knows no birth', FILE, { birthNs: '0' }, 'ours', 'ours'],
  ['as it was', LINK, { kind: 'link', ctimeNs: '900' }, 'ours', 'ours'],
  ['another one that has the inode number now', LINK, { kind: 'link', mtimeNs: '101' }, 'replaced', 'replaced'],
  ['our folder', FOLDER, { kind: 'dir', mtimeNs: '900' }, 'ours', 'ours'],
  ['our folder with another mode', FOLDER, { kind: 'dir', mode: 0o700 }, 'ours', 'ours'],
  ['a claim', FOLDER, CLAIM, 'claim', 'claim'],
  ['a claim below a set-group-id folder', FOLDER, { ...CLAIM, mode: CLAIM_MODE | 0o2000 }, 'claim', 'claim'],
  ['a claim of somebody else', FOLDER, { ...CLAIM, uid: 1000 }, 'replaced', 'replaced'],
  ['a folder of somebody else', FOLDER, { ...CLAIM, mode: 0o755 }, 'replaced', 'replaced'],
  ['a claim where a file was', FILE, CLAIM, 'replaced', 'replaced'],
] as const satisfies readonly (readonly [string, JournalPath, Partial<Found>, Judgement, Judgement])[])
  test(`${placed.kind}: ${what}`, () => {
    const judged = [true, false].map((sameBoot) => judge(placed, { ...FOUND, ...found }, sameBoot, () => assert.fail('hashed')))
    assert.deepEqual(judged, [here, elsewhere])
  })

for (const [what, placed, found, hash, here, elsewhere] of [
  ['touched', FILE, { mtimeNs: '101' }, FILE.sha256, 'ours', 'ours'],
  ['rewritten with as many bytes', FILE, { mtimeNs: '101' }, sha256('y'), 'changed', 'changed'],
  ['changed in some way, with its own mtime', FILE, { ctimeNs: '201' }, FILE.sha256, 'ours', 'ours'],
  ['rewritten with as many bytes and its own mtime', FILE, { ctimeNs: '201' }, sha256('y'), 'changed', 'changed'],
  ['with an older ctime', FILE, { ctimeNs: '199' }, sha256('y'), 'changed', 'ours'],
  ['of which no ctime is known', { ...FILE, ctimeNs: '' }, {}, FILE.sha256, 'ours', 'ours'],
  ['of which no ctime is known, rewritten with its own mtime', { ...FILE, ctimeNs: '' }, {}, sha256('y'), 'changed', 'ours'],
] as const satisfies readonly (readonly [string, JournalPath, Partial<Found>, string, Judgement, Judgement])[])
  test(`file: ${what}`, () => {
    const judged = [true, false].map((sameBoot) => judge(placed, { ...FOUND, ...found }, sameBoot, () => hash))
    assert.deepEqual(judged, [here, elsewhere])
  })

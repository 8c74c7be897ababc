/**
 * Bash and the warden at the two FIFOs between them, with bash itself on the other side.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { execa } from 'execa'
import { HostError } from '../../src/base/errors.ts'
import { makeDoor } from '../../src/daemon/door.ts'
import { openHookLine } from '../../src/daemon/hookLine.ts'
import type { Moment } from '../../src/daemon/moment.ts'
import { atEnd } from '../support/atEnd.ts'

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'standin-door-'))
  atEnd(t, () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const momentLine = (moment: string): string =>
  [
    '1',
    moment,
    '42.17',
    'CATEGORY=a',
    'PF=b-1',
    'PORTAGE_BUILDDIR=/t/portage/a/b-1',
    'PORTAGE_TMPDIR=/t',
    'MERGE_TYPE=source',
    'STANDIN_FEATURES=install',
  ].join('\u001f')

test('bash that waits at a door reads the words of the warden, and a door that is removed is gone', async (t) => {
  const folder = folderOf(t)
  const door = await makeDoor(folder, 'build')
  const waiting = execa('bash', ['-c', 'exec 5<>"$0"; read -r -t 10 -u 5 a; read -r -t 10 -u 5 b; echo "$a|$b"', join(folder, 'build')])
  door.answer('taken', '1.2')
  door.answer('done', '1.2')
  assert.equal((await waiting).stdout, 'taken 1.2|done 1.2')
  door.remove()
  door.remove()
  door.answer('done', '1.2')
  assert.deepEqual(readdirSync(folder), [])
})

test('a door that nobody reads never blocks the warden', async (t) => {
  const door = await makeDoor(folderOf(t), 'build')
  for (let at = 0; at < 10_000; at += 1) door.answer('done', `${at}.123456789`)
  door.remove()
})

test('a name that no filesystem takes is an error that names it, and leaves nothing', async (t) => {
  const folder = folderOf(t)
  await assert.rejects(makeDoor(folder, 'x'.repeat(300)), (error) => error instanceof HostError && error.message.includes('xxx'))
  assert.deepEqual(readdirSync(folder), [])
})

test('lines that were written at once come as one batch, and rubbish between them is dropped', async (t) => {
  const path = join(folderOf(t), 'hooks')
  const { promise, resolve } = Promise.withResolvers<readonly Moment[]>()
  const lines: string[] = []
  const hooks = await openHookLine(path, resolve, (line) => lines.push(line))
  atEnd(t, () => hooks.close())
  const fd = openSync(path, 'r+')
  writeSync(fd, `${momentLine('fetch')}\nrubbish\n${momentLine('purge')}\n`)
  closeSync(fd)
  assert.deepEqual(
    (await promise).map(({ moment }) => moment),
    ['fetch', 'purge'],
  )
  assert.equal(lines.length, 1)
})

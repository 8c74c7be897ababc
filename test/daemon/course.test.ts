/**
 * A note outlives the warden, as large as it may get; one that can't be written leaves the one before and nothing else, and says which it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { type Note, readNotes, saveNote } from '../../src/daemon/course.ts'
import { noteOfCalled } from '../../src/daemon/called.ts'
import { parseMoment } from '../../src/daemon/moment.ts'
import { atEnd } from '../support/atEnd.ts'

const VALUES = { CATEGORY: 'a', PF: 'b-1', PORTAGE_BUILDDIR: '/b', PORTAGE_TMPDIR: '/t', MERGE_TYPE: 'source' }
const NOTE: Note = {
  standin: 'course-1',
  began: parseMoment(['1', 'fetch', '7.8', ...Object.entries(VALUES).map((pair) => pair.join('='))].join('\u001f')),
  stage: 'following',
  terminal: null,
  owner: null,
  callers: null,
  wanted: { install: true, publish: false, seed: false, typed: [] },
  standing: null,
  stoodIn: null,
  package: null,
  buildTime: '',
  standinsLive: false,
  unkept: null,
}

test('a note that can not be written', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'standin-notes-'))
  atEnd(t, () => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'one/in-the-way'), { recursive: true })
  assert.throws(
    () => saveNote(folder, 'one', NOTE),
    (error) => error instanceof HostError && error.message.startsWith(`could not write ${join(folder, 'one')}: `),
  )
  assert.deepEqual(readdirSync(folder), ['one'])
  saveNote(folder, 'two', NOTE)
  assert.deepEqual(readdirSync(folder), ['one', 'two'])
})

test('a note of as many people as it holds is read again, and one of an earlier version, which knows of none', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'standin-notes-'))
  atEnd(t, () => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'etc'))
  const passwd = Array.from({ length: 4000 }, (_, at) => `person${at}:x:${1000 + at}:100::/home/person${at}:/bin/bash\n`)
  writeFileSync(join(folder, 'etc/passwd'), passwd.join(''))
  const names = noteOfCalled({ root: folder, hostname: 'mimas' })
  assert.equal('people' in names && names.people.length, 4000)
  mkdirSync(join(folder, 'notes'))
  saveNote(join(folder, 'notes'), 'one', { ...NOTE, names })
  saveNote(join(folder, 'notes'), 'two', NOTE)
  const read = readNotes(join(folder, 'notes'), (line) => assert.fail(line))
  assert.deepEqual([read.get('one')?.names, read.get('two')?.names], [names, undefined])
})

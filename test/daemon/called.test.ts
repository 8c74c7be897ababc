/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { calledNow, noteOfCalled } from '../../src/daemon/called.ts'
import { atEnd } from '../support/atEnd.ts'

function rootWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'standin-called-'))
  atEnd(t, () => rmSync(root, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

const FILES = {
  'etc/passwd': 'root:x:0:0::/root:/bin/bash\nmimas:x:500:100::/home/mimas:/bin/bash\nanna:x:1000:1000::/home/anna:/bin/bash\n',
  'etc/hostname': 'rhea\n',
  'etc/hosts': '127.0.1.1 thinkpad7 sparrow\n',
  'etc/resolv.conf': 'search lab8.de\n',
}

test('a note says what the host, its domains and its people are called', (t) => {
  assert.deepEqual(noteOfCalled({ root: rootWith(t, FILES), hostname: 'thinkpad7' }), {
    hosts: ['thinkpad7', 'rhea', 'sparrow'],
    domains: ['lab8.de'],
    people: [{ name: 'anna', home: '/home/anna' }],
  })
})

test('a host without a name, and without any of these files', (t) => {
  assert.deepEqual(noteOfCalled({ root: rootWith(t, {}), hostname: '(none)' }), { hosts: [], domains: [], people: [] })
})

test('people that a note does not hold are known all the same where no note is written', (t) => {
  const passwd = Array.from({ length: 9000 }, (_, at) => `person${at}:x:${1000 + at}:100::/home/person${at}:/bin/bash\n`)
  const host = { root: rootWith(t, { 'etc/passwd': passwd.join('') }), hostname: 'thinkpad7' }
  assert.deepEqual(noteOfCalled(host), { why: 'the accounts of people here are more than a note holds' })
  assert.equal(calledNow(host).people.length, 9000)
  writeFileSync(join(host.root, 'etc/passwd'), passwd.slice(0, 4000).join(''))
  assert.ok('hosts' in noteOfCalled(host))
})

test('a home that is longer than any path', (t) => {
  const host = { root: rootWith(t, { 'etc/passwd': `anna:x:1000:1000::/${'a'.repeat(4096)}:/bin/bash\n` }), hostname: 'thinkpad7' }
  assert.ok('why' in noteOfCalled(host))
})

test('what can not be read is said, on one line', (t) => {
  const root = rootWith(t, { 'etc/resolv.conf/x': '' })
  const why = `${join(root, 'etc/resolv.conf')} is no regular file`
  assert.deepEqual(noteOfCalled({ root, hostname: 'thinkpad7' }), { why })
})

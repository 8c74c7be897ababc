/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { hostNames } from '../../src/daemon/hostNames.ts'
import { atEnd } from '../support/atEnd.ts'

function rootWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'standin-names-'))
  atEnd(t, () => rmSync(root, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

describe('names by the files that set them', () => {
  const cases: [string, Readonly<Record<string, string>>, string[]][] = [
    ['none', {}, ['localhost']],
    ['/etc/hostname', { 'etc/hostname': '# of this host\n\nmimas.firm7.de\n' }, ['localhost', 'mimas.firm7.de']],
    ['the same there', { 'etc/hostname': 'localhost\n' }, ['localhost']],
    ['OpenRC', { 'etc/conf.d/hostname': '# hostname="old"\nhostname="mimas" # mine\n' }, ['localhost', 'mimas']],
    ['OpenRC, otherwise quoted', { 'etc/conf.d/hostname': `HOSTNAME='rhea'\n\texport hostname=mimas\n` }, ['localhost', 'rhea', 'mimas']],
    ['OpenRC, worked out by itself', { 'etc/conf.d/hostname': 'hostname="$(cat /etc/name)"\nhostname=\n' }, ['localhost']],
    ['both', { 'etc/hostname': 'rhea', 'etc/conf.d/hostname': 'hostname=mimas' }, ['localhost', 'rhea', 'mimas']],
  ]
  for (const [what, files, expected] of cases)
    test(what, (t) => {
      const { hostname, aliases } = hostNames(rootWith(t, files), 'localhost')
      assert.deepEqual([hostname, ...aliases], expected)
    })
  test('a kernel that has not been told any', (t) => {
    const { hostname, aliases } = hostNames(rootWith(t, { 'etc/hostname': 'mimas' }), '(none)')
    assert.deepEqual([hostname, ...aliases], ['mimas'])
  })
  for (const path of ['etc/hostname', 'etc/conf.d/hostname'])
    test(`no ${path} without an end`, (t) => {
      const root = rootWith(t, { [path]: ' '.repeat(64 * 1024 + 1) })
      assert.throws(() => hostNames(root, 'mimas'), (error) => error instanceof HostError && error.code === 'UNREADABLE') // prettier-ignore
    })
})

describe('names in /etc/hosts', () => {
  const cases: [string, string, string, string[]][] = [
    ['on a line with its name', 'mimas', '192.168.7.2 desk9.firm7.de mimas\n192.168.7.3 printer\n', ['desk9.firm7.de']],
    ['on a line with the first part of its name', 'mimas.firm7.de', '127.0.1.1 Mimas sparrow\n', ['Mimas', 'sparrow']],
    ['of the loopback, with a part of its name', 'mimas.firm7.de', '127.0.0.1 a.firm7.de\n::1 mimas.lan\n', ['a.firm7.de', 'mimas.lan']],
    ['of others, with a part of its name', 'mimas', '192.168.7.9 mimas.lan\n', []],
    ['what is kept away', 'mimas', '127.0.0.1 localhost mimas\n127.0.0.1 www.facebook.com youtube.com\n', ['localhost']],
    ['what is kept away from a web server', 'www.firm7.co.uk', '127.0.0.1 www.facebook.com bbc.co.uk\n', []],
    ['what is kept away, in thousands', 'mimas', Array.from({ length: 9000 }, (_, at) => `127.0.0.1 ads${at}.shop${at}.de\n`).join(''), []],
    ['no more than that', 'mimas', Array.from({ length: 90 }, (_, at) => `127.0.0.1 mimas.shop${at}.de\n`).join(''),
      Array.from({ length: 16 }, (_, at) => `mimas.shop${at}.de`)],
  ] // prettier-ignore
  for (const [what, called, hosts, expected] of cases)
    test(what, (t) => assert.deepEqual(hostNames(rootWith(t, { 'etc/hosts': hosts }), called).aliases, expected))

  test('beside a name that it is to get', (t) => {
    const root = rootWith(t, { 'etc/hostname': 'mimas\n', 'etc/hosts': '127.0.1.1 mimas sparrow\n' })
    assert.deepEqual(hostNames(root, 'localhost').aliases, ['mimas', 'sparrow'])
  })
})

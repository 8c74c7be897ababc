/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { privateTextsOf, type Traces, unsoughtNames } from '../../src/daemon/traces.ts'
import { atEnd } from '../support/atEnd.ts'

const BUILD = '/var/tmp/portage/app-misc/hello-2'
const TRACES: Traces = { tmpdir: '/var/tmp', buildFolder: BUILD, callers: [], names: null, publicWords: [], publicRepos: ['gentoo'] }
const PASSWD =
  'root:x:0:0::/root:/bin/bash\nportage:x:250:250::/var/tmp/portage:/bin/false\nanna:x:1000:1000::/home/anna:/bin/bash\nnobody:x:65534:65534::/nowhere/at:/bin/false\n'

/** A root with accounts and repositories. */
function rootWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'standin-traces-')))
  atEnd(t, () => rmSync(root, { recursive: true }))
  const all = {
    'etc/passwd': PASSWD,
    'etc/portage/repos.conf': `[gentoo]\nlocation = /repo\n[overlay]\nlocation = /overlay\n`,
    'repo/profiles/repo_name': 'gentoo\n',
    'repo/profiles/use.desc': 'x - Adds support for the Thor library\n',
    'repo/app-misc/hello/x': '',
    'overlay/profiles/repo_name': 'overlay\n',
    'overlay/anna-misc/x/y': '',
    ...files,
  }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

const textsIn = (root: string, hostname: string, of: Partial<Traces> = {}, metadata = {}): string[] =>
  privateTextsOf({ ...TRACES, ...of }, { root, hostname }, metadata).map(({ text }) => text)

describe('what is looked for', () => {
  test('the build, people of the host, and its name', (t) => {
    assert.deepEqual(textsIn(rootWith(t, {}), 'thinkpad7.example.org'), [BUILD, '/home/anna', 'thinkpad7.example.org', 'thinkpad7', 'anna'])
  })

  test('what the host is called in /etc/hosts, and the domains of /etc/resolv.conf', (t) => {
    const root = rootWith(t, {
      'etc/hosts':
        '127.0.0.1 localhost\n127.0.1.1 thinkpad7 sparrow # owl\n192.168.7.2 desk9.firm7.de\tthinkpad7\n192.168.7.3 printer\n::1 localhost ip6-localhost\n',
      'etc/resolv.conf': '; domain owl.de\nnameserver 192.168.7.1\nsearch lan firm7.de. lab8.de\n',
    })
    const names = ['thinkpad7', 'sparrow', 'desk9.firm7.de', 'desk9', 'firm7.de', 'lab8.de']
    assert.deepEqual(textsIn(root, 'thinkpad7'), [BUILD, '/home/anna', ...names, 'anna'])
  })
  const common: [string, string, Partial<Traces>, Record<string, string>][] = [
    ['a package of a public repository', 'hello', {}, {}],
    ['a word of its flags', 'thor', {}, {}],
    ['a word of a category', 'misc', {}, {}],
    ['a word of the ebuild', 'sparrow', {}, { IUSE: 'a +sparrow' }],
    ['a word that the user calls public', 'Sparrow', { publicWords: ['sparrow'] }, {}],
  ]
  for (const [what, hostname, of, metadata] of common)
    test(`no host name that is ${what}`, (t) => {
      assert.deepEqual(textsIn(rootWith(t, {}), hostname, of, metadata), [BUILD, '/home/anna', 'anna'])
    })

  test('a name that only stands in a flag of this host is none of the ebuild', (t) => {
    assert.ok(textsIn(rootWith(t, {}), 'sparrow', {}, { CFLAGS: '-DX=sparrow' }).includes('sparrow'))
  })

  test('who typed emerge, also without an account here; not root', (t) => {
    const callers = ['berta', 'root'].map((name) => ({ name, home: `/net/${name}` }))
    assert.deepEqual(textsIn(rootWith(t, {}), 'localhost', { callers }), [BUILD, '/home/anna', '/net/berta', 'anna', 'berta'])
  })

  test('what the host is to be called from now on', (t) => {
    const root = rootWith(t, { 'etc/hostname': 'sparrow\n', 'etc/conf.d/hostname': 'hostname="owl7.firm7.de"\n' })
    const names = ['thinkpad7', 'sparrow', 'owl7.firm7.de', 'owl7', 'firm7.de']
    assert.deepEqual(textsIn(root, 'thinkpad7'), [BUILD, '/home/anna', ...names, 'anna'])
    writeFileSync(join(root, 'etc/hostname'), 'finch\n')
    assert.ok(textsIn(root, 'thinkpad7').includes('finch'), 'read anew')
  })

  test('the build under the name that its links lead to', (t) => {
    const root = rootWith(t, { 'large/portage/x': '' })
    symlinkSync(join(root, 'large'), join(root, 'small'))
    const of = { tmpdir: `${root}/small`, buildFolder: `${root}/small/portage/app-misc/hello-2` }
    const texts = textsIn(root, 'localhost', of)
    for (const name of ['small', 'large'])
      for (const below of ['/portage', '/portage/app-misc/hello-2']) assert.ok(texts.includes(`${root}/${name}${below}`), `${name}${below}`)
  })
})

describe('what was called otherwise when the build began', () => {
  const names = { hosts: ['owl7.firm7.de', 'sparrow'], domains: ['lab8.de'], people: [{ name: 'berta', home: '/home/berta' }] }

  test('is looked for beside what it is called now', (t) => {
    const root = rootWith(t, { 'etc/resolv.conf': 'search lab9.de\n' })
    const hosts = ['thinkpad7', 'owl7.firm7.de', 'owl7', 'sparrow', 'firm7.de', 'lab9.de', 'lab8.de']
    assert.deepEqual(textsIn(root, 'thinkpad7', { names }), [BUILD, '/home/anna', '/home/berta', ...hosts, 'anna', 'berta'])
  })

  test('also where it has no name any more, by the same rules', (t) => {
    const now = { hosts: [], domains: ['lan'], people: [{ name: 'admin', home: '/home/admin' }] }
    assert.deepEqual(textsIn(rootWith(t, {}), '', { names }).includes('owl7'), true)
    assert.deepEqual(textsIn(rootWith(t, {}), 'localhost', { names: now }), [BUILD, '/home/anna', 'anna'])
  })
})

describe('who typed emerge, by the account', () => {
  const callers = [{ name: 'mimas', home: '/home/mimas' }]
  const cases: [string, string, boolean][] = [
    ['a number of a directory', '100500:100500::/home/mimas:/bin/bash', true],
    ['a number of a large directory', '1201600500:1201600500::/home/mimas:/bin/bash', true],
    ['a number right above login.defs', '60001:100::/home/mimas:/bin/bash', true],
    ['a number of old', '500:100::/home/mimas:/bin/bash', true],
    ['a number of old, and no shell but the usual', '500:100::/home/mimas:', true],
    ['a service', '250:250::/home/mimas:/sbin/nologin', false],
    ['nobody', '65534:65534::/home/mimas:/bin/false', false],
  ]
  for (const [what, account, isSought] of cases)
    test(what, (t) => {
      const texts = textsIn(rootWith(t, { 'etc/passwd': `${PASSWD}mimas:x:${account}\n` }), 'localhost', { callers })
      assert.deepEqual(texts, isSought ? [BUILD, '/home/anna', '/home/mimas', 'anna', 'mimas'] : [BUILD, '/home/anna', 'anna'])
    })
})

test('a person who is called like a package is not looked for, and that is said', (t) => {
  const root = rootWith(t, { 'etc/passwd': `${PASSWD}thor:x:1001:1001::/home/thor:/bin/bash\n` })
  const names = unsoughtNames({ publicWords: [], publicRepos: ['gentoo'] }, { root, hostname: 'thinkpad7' })
  assert.deepEqual(names, [{ name: 'thor', why: 'a word of packages, or in public_words' }])
})

test('whoever is only looked for where they have typed emerge is said', (t) => {
  const accounts = 'mimas:x:500:100::/home/mimas:/bin/bash\nhello:x:300:300::/var/lib/hello:/bin/sh\nsparrow:x:301:301::/:/sbin/nologin\n'
  const root = rootWith(t, { 'etc/passwd': PASSWD + accounts })
  const names = unsoughtNames({ publicWords: [], publicRepos: ['gentoo'] }, { root, hostname: 'thinkpad7' })
  assert.deepEqual(names, [{ name: 'mimas', why: 'by its UID no person, so only where it has typed emerge' }])
  writeFileSync(join(root, 'etc/login.defs'), 'UID_MIN\t500\n')
  assert.deepEqual(unsoughtNames({ publicWords: [], publicRepos: ['gentoo'] }, { root, hostname: 'thinkpad7' }), [])
})

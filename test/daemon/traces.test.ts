/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { privateTextsOf, type Traces } from '../../src/daemon/traces.ts'
import { atEnd } from '../support/atEnd.ts'

const BUILD = '/var/tmp/portage/app-misc/hello-2'
const TRACES: Traces = { tmpdir: '/var/tmp', buildFolder: BUILD, owner: null, publicWords: [], publicRepos: ['gentoo'] }
const PASSWD =
  'root:x:0:0::/root:/bin/bash\nportage:x:250:250::/var/tmp/portage:/bin/false\nanna:x:1000:1000::/home/anna:/bin/bash\nnobody:x:65534:65534::/nowhere/at:/bin/false\n'

/** A root with accounts, a repository, and one process whose environment is `environ`. */
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
  privateTextsOf({ ...TRACES, ...of }, { root, procRoot: join(root, 'proc'), hostname }, metadata).map(({ text }) => text)

const STAT = '7 (emerge) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 0'
const OWNER = { pid: 7, startTime: '4711', bootId: 'boot' }
const process = (environ: string) => ({ 'proc/7/stat': STAT, 'proc/7/environ': environ, 'proc/sys/kernel/random/boot_id': 'boot\n' })

describe('what is looked for', () => {
  test('the build, people of the host, and its name', (t) => {
    assert.deepEqual(textsIn(rootWith(t, {}), 'thinkpad7.example.org'), [BUILD, '/home/anna', 'thinkpad7.example.org', 'thinkpad7', 'anna'])
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
    const root = rootWith(t, process('HOME=/net/berta\0SUDO_USER=berta\0USER=root\0LOGNAME=root\0'))
    assert.deepEqual(textsIn(root, 'localhost', { owner: OWNER }), [BUILD, '/home/anna', '/net/berta', 'anna', 'berta'])
    const another = { ...OWNER, startTime: '4712' }
    assert.deepEqual(textsIn(root, 'localhost', { owner: another }), [BUILD, '/home/anna', 'anna'])
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

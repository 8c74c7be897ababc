/**
 * Modules below /usr/local are named to the builds that would take them, at whatever depth, and what is no module is not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { MODULE_LANGUAGES, type ModuleLanguage, whyOfLocalModules } from '../../src/portage/localmodules.ts'
import { addTo, rootWith } from './tree.ts'

const COUNTS: readonly [string, ModuleLanguage][] = [
  ['/usr/local/lib64/perl5/5.42/Pod/Man.pm', 'Perl'],
  ['/usr/local/lib/perl5/5.42/x86_64-linux/own.pl', 'Perl'],
  ['/usr/local/share/perl/5.36.0/Pod/Man.pm', 'Perl'],
  ['/usr/local/lib/x86_64-linux-gnu/perl/5.36.0/Own.pm', 'Perl'],
  ['/usr/local/share/lua/5.1/own/init.lua', 'Lua'],
  ['/usr/local/lib64/lua/5.1/own.so', 'Lua'],
  ['/usr/local/lib64/ruby/gems/3.3.0/gems/own-1.0/lib/own.rb', 'Ruby'],
]
for (const [path, language] of COUNTS)
  test(path, (t) => {
    const root = rootWith(t, { [path]: '' })
    assert.equal(whyOfLocalModules(root, MODULE_LANGUAGES), `${path} may change what is built with ${language}`)
    const others = MODULE_LANGUAGES.filter((one) => one !== language)
    assert.equal(whyOfLocalModules(root, others), undefined)
  })

const HARMLESS = [
  'usr/local/lib64/perl5/5.42/',
  'usr/local/lib64/perl5/5.42/perllocal.pod',
  'usr/local/lib/python3.13/site-packages/own.py',
  'usr/local/share/lua/5.4/own.lua',
  'usr/local/share/own/Own.pm',
  'usr/local/bin/own.pl',
]
for (const path of HARMLESS) test(path, (t) => assert.equal(whyOfLocalModules(rootWith(t, { [path]: '' }), MODULE_LANGUAGES), undefined))

test('a link counts, and a circle of them ends', (t) => {
  const root = rootWith(t, { 'usr/local/lib/perl5/5.42/': '' })
  symlinkSync('..', join(root, 'usr/local/lib/perl5/5.42/up'))
  assert.match(whyOfLocalModules(root, ['Perl']) ?? '', /^\/usr\/local\/lib\/perl5\/5\.42\/up may/)
})

test('a tree that is too large counts as a whole', (t) => {
  const root = rootWith(t)
  addTo(root, Object.fromEntries(Array.from({ length: 5001 }, (_, at) => [`usr/local/lib64/perl5/own/${at}.txt`, ''])))
  assert.match(whyOfLocalModules(root, ['Perl']) ?? '', /^\/usr\/local\/lib64\/perl5 may/)
})

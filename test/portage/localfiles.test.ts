/**
 * What every build of a host would take from /usr/local is named; what none takes is not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyOfLocalFiles } from '../../src/portage/localfiles.ts'
import { rootWith } from './tree.ts'

const COUNTS: readonly [string, Record<string, string>, string][] = [
  ['a QA check', { 'usr/local/lib/install-qa-check.d/80-own': '' }, '/usr/local/lib/install-qa-check.d/80-own may change what is built'],
  ['a header', { 'usr/local/include/own.h': '' }, '/usr/local/include/own.h may change what is built'],
  ['a folder of headers', { 'usr/local/include/own/own.h': '' }, '/usr/local/include/own may change what is built'],
  ['a library', { 'usr/local/lib64/libown.so.1.2': '' }, '/usr/local/lib64/libown.so.1.2 may change what is built'],
  ['an archive', { 'usr/local/lib/libown.a': '' }, '/usr/local/lib/libown.a may change what is built'],
  [
    'a program in the place of one of the system',
    { 'usr/local/bin/sed': '', 'bin/sed': '' },
    '/usr/local/bin/sed stands before the program of that name that builds run everywhere else',
  ],
]
for (const [what, files, why] of COUNTS) test(what, (t) => assert.equal(whyOfLocalFiles(rootWith(t, files)), why))

const HARMLESS: readonly [string, Record<string, string>][] = [
  ['nothing at all', {}],
  ['empty folders, a note', { 'usr/local/include/': '', 'usr/local/lib/install-qa-check.d/.keep': '', 'usr/local/include/.keep': '' }],
  [
    'a wrapper of what no build runs',
    { 'usr/local/bin/firefox': '', 'usr/bin/firefox': '', 'usr/local/sbin/sshd': '', 'usr/sbin/sshd': '' },
  ],
  ['own programs, modules, pages', { 'usr/local/bin/own': '', 'usr/local/lib/python3.13/own.py': '', 'usr/local/share/man/own.1': '' }],
]
for (const [what, files] of HARMLESS) test(what, (t) => assert.equal(whyOfLocalFiles(rootWith(t, files)), undefined))

/**
 * A copy of the recipe that is built here is taken only where the own build will have its linkage: nothing but the truth gets through.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { differingLinkage, falseRequires, isBoundAlike, type Needs, notBoundHere } from '../../src/daemon/linkages.ts'
import { linkageOf } from '../../src/package/linkage.ts'
import type { ImageRecord } from '../../src/package/record.ts'
import { id } from './support/offers.ts'

const installed = [
  { category: 'dev-libs', name: 'x', slot: '0', subslot: '2' },
  { category: 'dev-libs', name: 'y', slot: '1', subslot: '1' },
]
const EBUILD = 'dev-libs/x:= u? ( dev-libs/y:= ) || ( dev-libs/z:= dev-libs/y:= ) dev-libs/plain'

const BOUND: readonly [string, string, RegExp | undefined][] = [
  ['as the ebuild binds here', 'dev-libs/x:0/2= dev-libs/plain', undefined],
  ['in one branch of an any-of group', 'dev-libs/x:0/2= dev-libs/y:1/1=', undefined],
  ['to a slot without a sub-slot of its own', 'dev-libs/x:0/2= dev-libs/y:1=', undefined],
  ['to a sub-slot that is not here', 'dev-libs/x:0/1=', /built against dev-libs\/x:0\/1=, which is not installed/],
  ['to a package that is not here', 'dev-libs/x:0/2= dev-libs/z:0/0=', /built against dev-libs\/z:0\/0=/],
  ['to what the ebuild does not bind to', 'dev-libs/x:0/2= dev-libs/plain:0/0=', /built against dev-libs\/plain:0\/0=/],
  ['to nothing', 'dev-libs/x dev-libs/plain', /does not say what slot of dev-libs\/x/],
]

for (const [what, RDEPEND, why] of BOUND) {
  test(`a copy that was bound ${what}: ${why === undefined ? 'taken' : 'refused'}`, () => {
    const found = notBoundHere({ linkage: linkageOf({ RDEPEND }), depends: EBUILD, use: new Set(), installed })
    if (why === undefined) assert.equal(found, undefined)
    else assert.match(found ?? '', why)
  })
}

test('what is installed and not bound to by the ebuild is a lie too', () => {
  const linkage = linkageOf({ RDEPEND: 'dev-libs/x:0/2= dev-libs/y:1/1=' })
  const found = notBoundHere({ linkage, depends: 'dev-libs/x:= u? ( dev-libs/y:= )', use: new Set(), installed })
  assert.match(found ?? '', /bound to dev-libs\/y, which its ebuild does not bind to/)
})

const elf = (needed: readonly string[], soname?: string): Needs => ({ kind: 'elf', category: 'x86_64', needed, soname })

const FILES: readonly [string, Needs][] = [
  ['usr/bin/x', elf(['libc.so.6', 'libown.so.1'])],
  ['usr/lib64/libown.so.1.2', elf(['libm.so.6', 'plugin.so'], 'libown.so.1')],
  ['usr/lib64/x/plugin.so', elf(['libc.so.6'])],
  ['usr/bin/script', { kind: 'script', interpreter: '/bin/sh', argument: undefined }],
]
const facts = new Map(FILES.map(([path, fact]) => [id(path), fact]))
const records: ImageRecord[] = FILES.map(([path]) => ({
  type: 'file',
  path,
  mode: 0o755,
  owner: 'root',
  group: 'root',
  size: 1,
  sha256: id(path),
}))

const REQUIRES: readonly [string, string, RegExp | undefined][] = [
  ['just what its files need', 'x86_64: libc.so.6 libm.so.6', undefined],
  ['also what it has itself, as Portage may', 'x86_64: libc.so.6 libm.so.6 plugin.so', undefined],
  ['one too many', 'x86_64: libc.so.6 libm.so.6 libz.so.1', /names x86_64 libz\.so\.1, which none of its files needs/],
  ['one too few', 'x86_64: libc.so.6', /does not name x86_64 libm\.so\.6/],
  ['another category', 'x86_32: libc.so.6 libm.so.6', /names x86_32 libc\.so\.6/],
  ['nothing', '', /does not name x86_64 libc\.so\.6/],
]

for (const [what, text, why] of REQUIRES) {
  test(`REQUIRES names ${what}: ${why === undefined ? 'taken' : 'refused'}`, () => {
    const found = falseRequires(linkageOf({ REQUIRES: text }), records, facts)
    if (why === undefined) assert.equal(found, undefined)
    else assert.match(found ?? '', why)
  })
}

test('what differs is said of each side, a few names of it', () => {
  const [a, b] = [linkageOf({ RDEPEND: 'a/b:1= a/c:1= a/d:1= a/e:1=' }), linkageOf({ REQUIRES: 'x86_64: libz.so.1' })]
  assert.equal(differingLinkage(a, b), 'the copy has a/b:1= a/c:1= a/d:1= ..., your build libz.so.1 (x86_64)')
  assert.equal(isBoundAlike(a, b), false)
  assert.equal(isBoundAlike(b, linkageOf({})), true)
})

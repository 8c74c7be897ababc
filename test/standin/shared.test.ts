/**
 * A name that a stand-in has and that an image brings is found, by whichever name of its folder; folders that both have are none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import type { JournalPath } from '../../src/standin/journal.ts'
import { sharedNames } from '../../src/standin/shared.ts'
import { atEnd } from '../support/atEnd.ts'

const PLACED = 'd usr/share/probe|f usr/bin/probe|l usr/bin/probe-link|f usr/share/probe/word|f opt/probe'

interface Row {
  readonly what: string
  /** `-> TARGET` is a link, a slash at the end a folder. */
  readonly image: readonly string[]
  readonly host?: Readonly<Record<string, string>>
  readonly shared: string | undefined
}

const MERGED = { bin: 'usr/bin', sbin: 'usr/bin', 'usr/sbin': 'bin' }

const ROWS: readonly Row[] = [
  { what: 'nothing', image: ['usr/share/other/word', 'usr/bin/other', 'etc/word'], shared: undefined },
  { what: 'an empty image', image: [], shared: undefined },
  { what: 'a folder', image: ['usr/share/probe/'], shared: undefined },
  { what: 'another file in our folder', image: ['usr/share/probe/another'], shared: undefined },
  { what: 'a file', image: ['usr/share/probe/word'], shared: 'usr/share/probe/word' },
  { what: 'a file where we have a link', image: ['usr/bin/probe-link'], shared: 'usr/bin/probe-link' },
  { what: 'a folder where we have a file', image: ['usr/bin/probe/inside'], shared: 'usr/bin/probe' },
  { what: 'a file where we have a folder', image: ['usr/share/probe'], shared: 'usr/share/probe' },
  { what: 'a link where we have a folder', image: ['usr/share/probe -> /nowhere'], shared: 'usr/share/probe' },
  { what: 'a file in a folder that is ours only here', image: ['bin/probe'], shared: undefined },
  { what: 'a file in /bin on a merged /usr', image: ['bin/probe'], host: MERGED, shared: 'usr/bin/probe' },
  { what: 'a file in /sbin on a merged /usr', image: ['sbin/probe'], host: MERGED, shared: 'usr/bin/probe' },
  { what: 'a file in /usr/sbin on a merged /usr', image: ['usr/sbin/probe'], host: MERGED, shared: 'usr/bin/probe' },
  { what: 'a link to nowhere on the host', image: ['bin/probe'], host: { bin: 'nowhere' }, shared: undefined },
]

for (const { what, image, host = {}, shared } of ROWS) {
  test(`an image with ${what}`, (t) => {
    const top = mkdtempSync(join(tmpdir(), 'standin-shared-'))
    atEnd(t, () => rmSync(top, { recursive: true }))
    for (const folder of ['usr/bin', 'image']) mkdirSync(join(top, folder), { recursive: true })
    for (const [path, target] of Object.entries(host)) symlinkSync(target, join(top, path))
    for (const line of image) make(join(top, 'image'), line)
    const names = sharedNames({ root: top, image: join(top, 'image') })
    assert.equal(names(PLACED.split('|').map(placedAt)), shared)
    assert.equal(names([]), undefined)
  })
}

test('an image that is gone brings nothing', (t) => {
  const top = mkdtempSync(join(tmpdir(), 'standin-shared-'))
  atEnd(t, () => rmSync(top, { recursive: true }))
  assert.equal(sharedNames({ root: top, image: join(top, 'image') })(PLACED.split('|').map(placedAt)), undefined)
})

function make(image: string, line: string): void {
  const [path = '', target] = line.split(' -> ')
  mkdirSync(dirname(join(image, path)), { recursive: true })
  if (target !== undefined) symlinkSync(target, join(image, path))
  else if (path.endsWith('/')) mkdirSync(join(image, path))
  else writeFileSync(join(image, path), '')
}

function placedAt(line: string): JournalPath {
  const [letter, path = ''] = line.split(' ')
  const kind = letter === 'd' ? 'dir' : letter === 'l' ? 'link' : 'file'
  return {
    kind,
    path,
    sha256: '',
    size: 0,
    mode: 0o644,
    inode: '1',
    dev: '1',
    mtimeNs: '1',
    ctimeNs: '',
    birthNs: '',
    hadCache: true,
    target: '',
  }
}

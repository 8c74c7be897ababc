/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { type WrittenArchive, writeArchive } from '../../../src/package/archive/write.ts'
import type { Metadata } from '../../../src/package/manifest.ts'
import type { PrivateText } from '../../../src/package/private/search.ts'
import { HELLO, makeImage, METADATA, OWNERS, temporary, type Tree } from '../image.ts'

const BUILD = '/home/anna/build/portage/app-misc/hello-2'
const PRIVATE: PrivateText[] = [
  { text: BUILD, form: 'path', what: 'the path of the build', remedy: 'strip it' },
  { text: 'anna', form: 'word', what: 'the name of user anna', remedy: 'rename her' },
]

const write = (folder: string, tree: Tree, metadata: Metadata = {}, texts = PRIVATE): Promise<WrittenArchive> =>
  writeArchive({
    image: makeImage(join(folder, 'image'), { ...HELLO, ...tree }),
    metadata: { ...METADATA, ...metadata },
    out: join(folder, 'out'),
    owners: OWNERS,
    private: texts,
  })
const told = ({ leaks }: WrittenArchive): string[] => leaks.map(({ where, of }) => `${where}: ${of.what}`)

/** What `script` makes of files in a folder of its own: `in` holds the text with the path. */
function madeBy(t: TestContext, script: string): Buffer {
  const cwd = temporary(t)
  writeFileSync(join(cwd, 'in'), `${'some words of a document\n'.repeat(200)}built in ${BUILD}/work\n`)
  execFileSync('sh', ['-ec', script], { cwd })
  return readFileSync(join(cwd, 'out'))
}

describe('a path of the build is found', () => {
  const text = `${BUILD}/work/x.c`
  const cases: [string, Tree, string][] = [
    ['in a script', { 'usr/bin/x-config': { bytes: `#!/bin/sh\necho -I${text}\n`, mode: 0o755 } }, 'usr/bin/x-config'],
    ['over the seam of two reads', { 'usr/share/x': `${'.'.repeat(2 ** 20 - 20)}${text}${'.'.repeat(99)}` }, 'usr/share/x'],
    ['at the end of a large file', { 'usr/share/x': `${'.'.repeat(2 ** 21)}${BUILD}` }, 'usr/share/x'],
    ['in the target of a link', { 'usr/lib/x': { link: text } }, 'usr/lib/x'],
    ['in a path', { [`usr/lib/debug${text}`]: '' }, `usr/lib/debug${text}`],
  ]
  for (const [what, tree, where] of cases)
    test(what, async (t) => {
      const leaks = told(await write(temporary(t), tree))
      assert.ok(leaks.includes(`${where}: the path of the build`), leaks.join('\n'))
    })

  const packed: [string, string][] = [
    ['gzip', 'gzip -nc in > out'],
    ['gzip of two members', 'head -n 3 in | gzip -nc > out; gzip -nc in >> out'],
    ['bzip2', 'bzip2 -c in > out'],
    ['xz', 'xz -c in > out'],
    ['zstd', 'zstd -qc in > out'],
    ['zstd with a window of a gigabyte', 'zstd -q --long=30 -c < in > out'],
    ['a tar file in xz', 'tar -cJf out in'],
    ['a zip file', "python3 -c \"import zipfile; zipfile.ZipFile('out', 'w', zipfile.ZIP_DEFLATED).write('in')\""],
    ['a compressed debug section', `echo 'int x;' | gcc -g -gz=zlib -fdebug-prefix-map=$PWD=${BUILD}/work -xc -c - -o out`],
    ['a 32-bit one', `echo 'int x;' | gcc -m32 -g -gz=zlib -fdebug-prefix-map=$PWD=${BUILD}/work -xc -c - -o out`],
  ]
  for (const [what, script] of packed)
    test(`in ${what}`, async (t) => {
      const bytes = madeBy(t, script)
      assert.equal(bytes.includes(BUILD), false, 'the test packs nothing')
      const others = { 'usr/share/doc/a': { bytes: madeBy(t, 'echo a > in; gzip -nc in > out; bzip2 -c in > out') } }
      assert.deepEqual(told(await write(temporary(t), { ...others, 'usr/share/doc/x': { bytes } })), [
        'usr/share/doc/x: the path of the build',
      ])
    })
})

test('a name is found in files, and in what this host says in the metadata', async (t) => {
  const tree = { 'usr/share/by': 'built by anna@alpha\n', 'usr/share/savannah': 'https://savannah.gnu.org\n' }
  const metadata = { CFLAGS: '-O2 -DBUILDER=anna', KEYWORDS: 'anna amd64', IUSE: 'anna', RDEPEND: 'dev-libs/anna' }
  assert.deepEqual(told(await write(temporary(t), tree, metadata)), [
    'metadata CFLAGS: the name of user anna',
    'usr/share/by: the name of user anna',
  ])
})

test('a path is found in every value of the metadata', async (t) => {
  const metadata = { 'NEEDED.ELF.2': `X86_64;/usr/bin/x;;${BUILD}/lib;libc.so.6;x86_64`, RDEPEND: `${BUILD}/x` }
  assert.deepEqual(told(await write(temporary(t), {}, metadata)), [
    'metadata NEEDED.ELF.2: the path of the build',
    'metadata RDEPEND: the path of the build',
  ])
})

test('an owner is found', async (t) => {
  const root: PrivateText = { text: 'root', form: 'word', what: 'the name of user root', remedy: 'none' }
  const { leaks } = await write(temporary(t), {}, {}, [root])
  assert.ok(leaks.some(({ where }) => where === 'usr/bin/hello'))
})

test('nothing is found where nothing is, whatever is damaged or only looks packed', async (t) => {
  const tree: Tree = {
    'a.gz': { bytes: Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]) },
    'b.bz2': 'BZh91AY but no more',
    'c.zip': 'PK\u0003\u0004',
    'd.elf': { bytes: Buffer.from('\u007fELF\u0002\u0001 and no more') },
    'e.zst': { bytes: Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]) },
    'f.xz': { bytes: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 9]) },
    '-d': 'BZh',
  }
  assert.deepEqual((await write(temporary(t), tree)).leaks, [])
})

test('what is searched for does not change the archive', async (t) => {
  const tree = { x: 'by anna' }
  const searched = await write(temporary(t), tree)
  const plain = await write(temporary(t), tree, {}, [])
  assert.equal(searched.sha256, plain.sha256)
  assert.deepEqual(plain.leaks, [])
})

/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { brotliCompressSync, constants, crc32, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { writeArchive } from '../../../src/package/archive/write.ts'
import { INSIDE_LIMITS, type InsideLimits } from '../../../src/package/private/inside.ts'
import type { PrivateText } from '../../../src/package/private/search.ts'
import { makeImage, METADATA, OWNERS, temporary } from '../image.ts'

const BUILD = '/var/tmp/portage/app-misc/hello-2'
const PRIVATE: PrivateText[] = [{ text: BUILD, form: 'path', what: 'the path of the build', remedy: 'strip it' }]
const TEXT = `${'some words of a document\n'.repeat(200)}built in ${BUILD}/work\n`

/** What is told of one file. */
async function told(t: TestContext, name: string, bytes: Buffer, limits: Partial<InsideLimits> = {}): Promise<string[]> {
  assert.equal(bytes.includes(BUILD), false, 'the test packs nothing')
  const folder = temporary(t)
  const { leaks } = await writeArchive({
    image: makeImage(join(folder, 'image'), { 'usr/share/a.gz': { bytes: gzipSync('nothing') }, [name]: { bytes } }),
    metadata: METADATA,
    out: join(folder, 'out'),
    owners: OWNERS,
    private: PRIVATE,
    insideLimits: { ...INSIDE_LIMITS, ...limits },
  })
  return leaks.map(({ where, of }) => `${where}: ${of.what}`)
}

/** What `script` makes of files in a folder of its own: `in` holds the text with the path. */
function madeBy(t: TestContext, script: string): Buffer {
  const cwd = temporary(t)
  writeFileSync(join(cwd, 'in'), TEXT)
  execFileSync('sh', ['-ec', script], { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  return readFileSync(join(cwd, 'out'))
}

/** A zip file with `members` by name; 0: stored, 8: deflated, 12: bzip2, 14: lzma. */
const zip = (method: number, out: string, ...members: string[]): string =>
  `python3 -c "import zipfile, sys; z = zipfile.ZipFile('${out}', 'w', ${method}); [z.write(name) for name in sys.argv[1:]]; z.close()" ${members.join(' ')}`

/** A picture with a text. */
const picture = (text: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('\u0089PNG\r\n\u001a\n\0\0\0\rIHDR\0\0\0\u0001\0\0\0\u0001\b', 'latin1'),
    randomBytes(20),
    Buffer.from('zTXtComment\0\0'),
    text,
    randomBytes(200),
  ])

const ELF = Buffer.concat([Buffer.from('\u007fELF\u0002\u0001\u0001'), randomBytes(3000)])

const record = (bytes: Buffer): Buffer => {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(bytes.length)
  return Buffer.concat([size, deflateSync(bytes)])
}

describe('a path of the build is found', () => {
  const cases: [string, string | Buffer][] = [
    ['in an lzma file', 'xz --format=lzma -c in > out'],
    ['in gzip in tar', 'gzip -nc in > in.gz; tar -cf out in.gz'],
    ['in gzip in tar.gz', 'gzip -nc in > in.gz; tar -czf out in.gz'],
    ['in xz behind other files in tar.bz2', 'head -c 70000 /dev/urandom > a; xz -c in > in.xz; tar -cjf out a in.xz'],
    ['in lzma in tar', 'xz --format=lzma -c in > in.lzma; tar -cf out in.lzma'],
    ['in a jar in a war', `${zip(8, 'm.jar', 'in')}; ${zip(0, 'out', 'm.jar')}`],
    ['in a jar that is packed again in its war', `${zip(8, 'm.jar', 'in')}; ${zip(8, 'out', 'm.jar')}`],
    ['in zip with bzip2', zip(12, 'out', 'in')],
    ['in a zip file behind a script', `echo '#!/bin/sh' > out; ${zip(8, 'z', 'in')}; cat z >> out`],
    ['in .gnu_debugdata', `echo 'int x;' | gcc -xc -c - -o out; xz -c in > in.xz; objcopy --add-section .gnu_debugdata=in.xz out`],
    ['in gzip in a program', `printf 'char a[] = {' > a.c; gzip -c in | od -An -v -tx1 | sed 's/ \\(..\\)/0x\\1,/g' >> a.c; echo '};' >> a.c; gcc -c a.c -o out`],
    ['in a debug section of a static library', `echo 'int x;' | gcc -g -gz=zlib -fdebug-prefix-map=$PWD=${BUILD}/work -xc -c - -o a.o; ar rc out a.o`],
    ['in zlib', deflateSync(TEXT)],
    ['in zlib of a small window', deflateSync(TEXT, { windowBits: 10 })],
    ...[9, 10, 11, 12, 13, 14].map((windowBits): [string, Buffer] => [`in a text of a picture, in a window of ${windowBits} bits`, picture(deflateSync(TEXT, { windowBits }))]),
    ['in a picture in a program', Buffer.concat([ELF, picture(deflateSync(TEXT, { windowBits: 12 }))])],
    ['in a short text of a small window', Buffer.concat([randomBytes(700), deflateSync(`by ${BUILD}`, { windowBits: 12, strategy: constants.Z_FIXED })])],
    ['in gzip in front of something else', Buffer.concat([gzipSync(TEXT), Buffer.from('another thing')])],
    ['in lzma in a program', `head -c 4096 /dev/urandom > out; xz --format=lzma -c in >> out; head -c 999 /dev/urandom >> out`],
    ['in the last of many members', zip(8, 'out', '/usr/bin/xz', 'in')],
    ['in a record of R', Buffer.concat([record(randomBytes(3000)), record(Buffer.from('nothing')), record(Buffer.from(TEXT))])],
    ['in zlib in gzip in zlib', deflateSync(gzipSync(deflateSync(TEXT)))],
    ['behind a stream that is broken off', Buffer.concat([gzipSync(randomBytes(9000)).subarray(0, 4000), gzipSync(TEXT)])],
  ] // prettier-ignore
  for (const [what, made] of cases)
    test(what, async (t) => {
      const bytes = typeof made === 'string' ? madeBy(t, made) : made
      assert.deepEqual(await told(t, 'usr/share/x', bytes), ['usr/share/x: the path of the build'])
    })

  test('in brotli, by its name', async (t) => {
    assert.deepEqual(await told(t, 'x.js.br', brotliCompressSync(TEXT)), ['x.js.br: the path of the build'])
    assert.deepEqual(await told(t, 'y.br', Buffer.from('an old file')), [])
  })
})

const WORDS = Buffer.from(Array.from({ length: 20_000 }, (_, at) => `word${at * 7919} `).join(''))

/** The head of a 7z archive, with the checksum of its second half. */
function sevenZip(): Buffer {
  const head = Buffer.concat([Buffer.from('377abcaf271c000400000000', 'hex'), randomBytes(20)])
  head.writeUInt32LE(crc32(head.subarray(12)), 8)
  return head
}

describe('what nobody here can look into is told', () => {
  const bytes = randomBytes(2000)
  const cases: [string, string | Buffer, string][] = [
    ['7z', Buffer.concat([Buffer.from('377abcaf271c0004', 'hex'), bytes]), 'a 7z archive'],
    ['7z in tar.gz', `printf '7z\\274\\257\\047\\034\\000\\004' > a; head -c 900 /dev/urandom >> a; tar -czf out a`, 'a 7z archive'],
    ['7z that is stored in zip', `printf '7z\\274\\257\\047\\034\\000\\004' > a; head -c 900 /dev/urandom >> a; ${zip(0, 'out', 'a')}`, 'a 7z archive'],
    ['rar', Buffer.concat([Buffer.from('Rar!\u001a\u0007\0'), bytes]), 'a rar archive'],
    ['lz4', Buffer.concat([Buffer.from('04224d18', 'hex'), bytes]), 'an lz4 file'],
    ['7z in a program', Buffer.concat([ELF, sevenZip(), bytes]), 'a 7z archive'],
    ['rar in a program', Buffer.concat([ELF, Buffer.from('526172211a0700cf907300000d00000000000000', 'hex'), bytes]), 'a rar archive'],
    ['lzip in a program', Buffer.concat([ELF, Buffer.from('4c5a4950010c00', 'hex'), bytes]), 'an lzip file'],
    ['lz4 in a program', Buffer.concat([ELF, Buffer.from('04224d186440a700080000', 'hex'), bytes]), 'an lz4 file'],
    ['lz4 of a kernel in a program', Buffer.concat([ELF, Buffer.from('02214c1800100000', 'hex'), bytes]), 'an lz4 file'],
    ['lzop in a program', Buffer.concat([ELF, Buffer.from('894c5a4f000d0a1a0a1040209009400105', 'hex'), bytes]), 'an lzop file'],
    ['a cabinet in a program', Buffer.concat([ELF, Buffer.from('4d5343460000000000100000000000002c000000000000000301', 'hex'), bytes]), 'a cabinet file'],
    // By chance some bytes at random end such a stream as it should end.
    ['gzip that breaks off', Buffer.concat([gzipSync(WORDS).subarray(0, 30_000), Buffer.alloc(2000)]), 'something packed that breaks off'],
    ['gzip that breaks off in gzip', gzipSync(gzipSync(WORDS).subarray(0, 30_000)), 'something packed that breaks off'],
    ['zip with lzma', zip(14, 'out', 'in'), 'a zip member that is packed by method 14'],
    ['zip with a password', Buffer.concat([Buffer.from('504b03041400010008000000', 'hex'), Buffer.alloc(14), Buffer.from('\u0002\0\0\0in'), bytes]), 'a zip member with a password'],
  ] // prettier-ignore
  for (const [what, made, expected] of cases)
    test(what, async (t) => {
      const file = typeof made === 'string' ? madeBy(t, made) : made
      assert.deepEqual(await told(t, 'usr/share/x', file), [`usr/share/x: ${expected}, which can't be searched for words of this host`])
    })

  const innocent = gzipSync(gzipSync(gzipSync(gzipSync(randomBytes(9000)))))
  const ours = 'which is not searched for words of this host'
  test('what is packed too often', async (t) =>
    assert.deepEqual(await told(t, 'x', innocent), [`x: what is packed more than 3 times, ${ours}`]))
  test('what is packed in something too large', async (t) => {
    const large = gzipSync(Buffer.concat([gzipSync(randomBytes(9000)), randomBytes(3 * 2 ** 20), gzipSync('words '.repeat(9000))]))
    assert.deepEqual(await told(t, 'x', large), [])
    assert.match((await told(t, 'x', large, { held: 2 ** 20 })).join(), /^x: something packed in another packed thing of more than 1 MiB, /)
  })
  test('more than is unpacked of one build', async (t) => {
    // Whatever else is packed may come before it, or after.
    const all = await told(t, 'x', deflateSync('words '.repeat(99_999)), { bytes: 99_999 })
    assert.ok(all.includes(`x: more than is unpacked of one build, ${ours}`), all.join())
  })
  test('what takes too long', async (t) => {
    const [first = ''] = await told(t, 'usr/share/a.gz', gzipSync('words'), { milliseconds: 0 })
    assert.equal(first, `usr/share/a.gz: more than is unpacked of one build, ${ours}`)
  })
}) // prettier-ignore

test('many members cost as much each as few', async (t) => {
  const cost = async (members: number): Promise<number> => {
    const before = bytesRead()
    const made = madeBy(
      t,
      `python3 -c "import zipfile; z = zipfile.ZipFile('out', 'w', 8); [z.writestr('m%d' % i, ('%d ' % i) * 4000) for i in range(${members})]"`,
    )
    assert.deepEqual(await told(t, 'x', made), [])
    return bytesRead() - before
  }
  const [few, many] = [await cost(1000), await cost(4000)]
  assert.ok(many < 8 * few, `${few} bytes are read for 1000 members, ${many} for 4000`)
})

/** By this process, from files and pipes. */
function bytesRead(): number {
  return Number(/^rchar: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
}

describe('nothing is told', () => {
  const magics = [
    '1f8b0800',
    'fd377a585a00',
    '28b52ffd',
    '425a6839',
    '377abcaf271c',
    '526172211a07',
    '04224d18',
    '504b0304',
    '789c',
    '5d00008000',
  ]
  const cases: [string, () => Buffer][] = [
    ['of bytes at random', () => randomBytes(4 * 2 ** 20)],
    ['of magic numbers in a program', () => Buffer.concat(magics.flatMap((magic) => [randomBytes(600), Buffer.from(magic, 'hex')]))],
    ['of packed bytes at random', () => gzipSync(Buffer.concat([randomBytes(4 * 2 ** 20), deflateRawSync('x')]))],
    [
      'of tables that look like empty blocks of zlib in each other',
      () =>
        Buffer.concat(Array.from({ length: 9 }, () => Buffer.from(`7801000000ffff${'00'.repeat(14)}`, 'hex')).concat(randomBytes(70_000))),
    ],
    [
      'of a picture in several parts',
      () =>
        Buffer.concat([
          Buffer.from('\u0089PNG\r\n\u001a\n\0\0\0\rIDAT', 'latin1'),
          deflateSync(WORDS).subarray(0, 30_000),
          randomBytes(999),
        ]),
    ],
    [
      'of a program that writes headers of zip',
      () => Buffer.concat([ELF, Buffer.from('504b0304554889e5534889fb4883ec08e8b1ffff488b', 'hex'), randomBytes(600)]),
    ],
    [
      'of a header of a member larger than its file',
      () => Buffer.concat([ELF, Buffer.from('504b03041400010008000000210000000000ffffff0f0000000002000000696e', 'hex'), randomBytes(600)]),
    ],
    [
      'of zstd that fills its last piece, and something behind it',
      () => Buffer.concat([Buffer.from('head '), zstdCompressSync(randomBytes(51_200).toString('hex')), Buffer.from(' tail')]),
    ],
    ['of programs that pack', () => readFileSync('/usr/bin/xz')],
    ['of what is packed three times', () => gzipSync(deflateSync(gzipSync(randomBytes(70_000))))],
  ]
  for (const [what, make] of cases) test(what, async (t) => assert.deepEqual(await told(t, 'x', make(), { held: 2 ** 20 * 8 }), []))
})

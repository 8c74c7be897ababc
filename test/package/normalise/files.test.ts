/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporary } from '../image.ts'
import { assertDifferent, assertSame, run, writeAt } from './sample.ts'

test('gzip: the time of the file does not count', (t) => {
  const folder = temporary(t)
  const pack = (text: string, seconds: number): Buffer => {
    writeAt(folder, 'page.1', text, seconds)
    run(folder, 'gzip', '--keep', '--force', 'page.1')
    return readFileSync(join(folder, 'page.1.gz'))
  }
  assertSame('gzip-mtime', 'page.1.gz', pack('text\n', 1e9), pack('text\n', 1.5e9))
  assertDifferent('page.1.gz', pack('text\n', 1e9), pack('Text\n', 1e9))
})

test('ar: times of members do not count, their order and bytes do', (t) => {
  const folder = temporary(t)
  const archive = (seconds: number, text: string, ...names: string[]): Buffer => {
    for (const name of ['a.o', 'odd.o', 'a_name_that_is_longer_than_fifteen.o']) writeAt(folder, name, `${text} ${name}\n`, seconds)
    run(folder, 'rm', '-f', 'lib.a')
    run(folder, 'ar', 'rcU', 'lib.a', ...names)
    return readFileSync(join(folder, 'lib.a'))
  }
  const names = ['a.o', 'odd.o', 'a_name_that_is_longer_than_fifteen.o']
  assertSame('ar-members', 'lib.a', archive(1e9, 'x', ...names), archive(1.5e9, 'x', ...names))
  assertDifferent('lib.a', archive(1e9, 'x', ...names), archive(1e9, 'y', ...names))
  assertDifferent('lib.a', archive(1e9, 'x', ...names), archive(1e9, 'x', ...names.toReversed()))
})

test('ar: a real library with a symbol table', (t) => {
  const folder = temporary(t)
  const build = (seconds: number): Buffer => {
    writeAt(folder, 'f.c', 'int f(void) { return 1; }\n', 1e9)
    run(folder, 'gcc', '-c', 'f.c')
    writeAt(folder, 'f.o', readFileSync(join(folder, 'f.o')), seconds)
    run(folder, 'rm', '-f', 'libf.a')
    run(folder, 'ar', 'rcsU', 'libf.a', 'f.o')
    return readFileSync(join(folder, 'libf.a'))
  }
  assertSame('ar-members', 'libf.a', build(1e9), build(1.5e9))
})

test('pyc: the time of the source does not count, its text does', (t) => {
  const folder = temporary(t)
  const compile = (text: string, seconds: number): Buffer => {
    writeAt(folder, 'm.py', text, seconds)
    run(
      folder,
      'python3',
      '-c',
      'import py_compile as p; p.compile("m.py", cfile="m.pyc", invalidation_mode=p.PycInvalidationMode.TIMESTAMP)',
    )
    return readFileSync(join(folder, 'm.pyc'))
  }
  assertSame('pyc-mtime', 'm.pyc', compile('x = 1\n', 1e9), compile('x = 1\n', 1.5e9))
  assertDifferent('m.pyc', compile('x = 1\n', 1e9), compile('x = 2\n', 1e9))
})

test('pyc: the hash of the source does count', (t) => {
  const folder = temporary(t)
  const compile = (text: string): Buffer => {
    writeAt(folder, 'm.py', text, 1e9)
    run(
      folder,
      'python3',
      '-c',
      'import py_compile as p; p.compile("m.py", cfile="m.pyc", invalidation_mode=p.PycInvalidationMode.CHECKED_HASH)',
    )
    return readFileSync(join(folder, 'm.pyc'))
  }
  assertDifferent('m.pyc', compile('x = 1\n'), compile('x = 1 \n'))
})

test('mo: dates do not count, translations and other header lines do', (t) => {
  const folder = temporary(t)
  const compile = (date: string, word: string, team: string, ...options: string[]): Buffer => {
    const header = `"PO-Revision-Date: ${date}\\n"\n"POT-Creation-Date: ${date}\\n"\n"Language-Team: ${team}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"`
    writeAt(folder, 'd.po', `msgid ""\nmsgstr ""\n${header}\n\nmsgid "hello"\nmsgstr "${word}"\n`, 1e9)
    run(folder, 'msgfmt', ...options, '-o', 'd.mo', 'd.po')
    return readFileSync(join(folder, 'd.mo'))
  }
  const [early, late] = ['2020-01-01 12:00+0000', '2024-02-03 04:05+0100']
  for (const options of [[], ['--endianness=big']])
    assertSame('mo-dates', 'd.mo', compile(early, 'hallo', 'de', ...options), compile(late, 'hallo', 'de', ...options))
  assertDifferent('d.mo', compile(early, 'hallo', 'de'), compile(early, 'servus', 'de'))
  assertDifferent('d.mo', compile(early, 'hallo', 'de'), compile(early, 'hallo', 'at'))
})

test('zip and jar: times do not count, names and bytes do', (t) => {
  const folder = temporary(t)
  const pack = (seconds: number, text: string, comment: string): Buffer => {
    mkdirSync(join(folder, 'META-INF'), { recursive: true })
    writeAt(folder, 'META-INF/MANIFEST.MF', 'Manifest-Version: 1.0\n', seconds)
    writeAt(folder, 'a.class', text, seconds)
    run(folder, 'rm', '-f', 'x.jar')
    run(folder, 'sh', '-c', `printf '${comment}' | zip -q -z x.jar META-INF/MANIFEST.MF a.class`)
    return readFileSync(join(folder, 'x.jar'))
  }
  assertSame('zip-members', 'x.jar', pack(1e9, 'one', 'note'), pack(1.5e9, 'one', 'note'))
  assertDifferent('x.jar', pack(1e9, 'one', 'note'), pack(1e9, 'two', 'note'))
  assertDifferent('x.jar', pack(1e9, 'one', 'note'), pack(1e9, 'one', 'eton'))
})

test('png: tIME does not count, pixels do', (t) => {
  const folder = temporary(t)
  const script = `
import struct, sys, zlib
chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
time = struct.pack(">HBBBBB", int(sys.argv[1]), 1, 2, 3, 4, 5)
body = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + chunk(b"tIME", time) + chunk(b"IDAT", zlib.compress(bytes([0, int(sys.argv[2])]))) + chunk(b"IEND", b"")
open("p.png", "wb").write(b"\\x89PNG\\r\\n\\x1a\\n" + body)
`
  const draw = (year: number, grey: number): Buffer => {
    run(folder, 'python3', '-c', script, `${year}`, `${grey}`)
    return readFileSync(join(folder, 'p.png'))
  }
  assertSame('png-time', 'p.png', draw(2020, 7), draw(2024, 7))
  assertDifferent('p.png', draw(2020, 7), draw(2020, 8))
})

test('elf: the build id does not count in programs, libraries and objects, code does', (t) => {
  const folder = temporary(t)
  const build = (id: string, value: number, ...options: string[]): Buffer => {
    writeAt(folder, 'm.c', `int f(void) { return ${value}; }\nint main(void) { return f(); }\n`, 1e9)
    run(folder, 'gcc', ...options, `-Wl,--build-id=0x${id}`, 'm.c', '-o', 'm')
    run(folder, 'strip', '--strip-unneeded', 'm')
    return readFileSync(join(folder, 'm'))
  }
  const [one, other] = ['11'.repeat(20), '22'.repeat(20)]
  for (const options of [[], ['-shared', '-fPIC'], ['-r', '-nostdlib']])
    assertSame('elf-build-id', 'm', build(one, 1, ...options), build(other, 1, ...options))
  assertDifferent('m', build(one, 1), build(one, 2))
})

test('elf: 32 bits', (t) => {
  const folder = temporary(t)
  const build = (id: string): Buffer => {
    writeAt(folder, 'm.c', 'int f(void) { return 1; }\n', 1e9)
    run(folder, 'gcc', '-r', '-nostdlib', '-fno-asynchronous-unwind-tables', `-Wl,--build-id=0x${id}`, 'm.c', '-o', 'm')
    run(folder, 'objcopy', '-O', 'elf32-i386', 'm', 'm32')
    return readFileSync(join(folder, 'm32'))
  }
  assertSame('elf-build-id', 'm32', build('11'.repeat(20)), build('22'.repeat(20)))
})

/**
 * The ELF reader says what binutils say of real files, and nothing that a stranger writes into one makes it throw, loop or read much.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { FileFacts } from '../../src/standin/elf.ts'
import { factsOfBytes, factsOfFile } from '../../src/standin/survey.ts'

function factsAt(path: string): FileFacts {
  const fd = openSync(path, 'r')
  try {
    return factsOfFile(fd, fstatSync(fd).size)
  } finally {
    closeSync(fd)
  }
}

interface Counted {
  readonly facts: FileFacts
  readonly read: number
}

function factsOf(bytes: Buffer): Counted {
  let read = 0
  const facts = factsOfBytes({
    size: bytes.byteLength,
    read: (offset, length) => {
      read += length
      assert.ok(offset >= 0 && length >= 0 && offset + length <= bytes.byteLength, 'read outside of the file')
      return bytes.subarray(offset, offset + length)
    },
  })
  return { facts, read }
}

/** Programs and libraries that any machine has on which these tests run. */
function realFiles(): string[] {
  const folders = ['/usr/bin', '/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/lib64'].filter((folder) => existsSync(folder))
  const all = folders.flatMap((folder) =>
    readdirSync(folder)
      .toSorted()
      .map((name) => join(folder, name)),
  )
  const picked = all.filter((path, at) => at % 23 === 0 && /\/bin\/|\.so\.\d+$/.test(path))
  return [realpathSync(process.execPath), ...picked.slice(0, 60)]
}

const readelf = spawnSync('readelf', ['--version']).status === 0

test('it agrees with readelf', { skip: readelf ? false : 'readelf (binutils) is missing' }, () => {
  let compared = 0
  for (const path of realFiles()) {
    const facts = factsAt(path)
    if (facts.kind !== 'elf') continue
    const { stdout } = spawnSync('readelf', ['-W', '-d', '-l', '-V', '-n', path], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    const all = (pattern: RegExp): string[] => [...stdout.matchAll(pattern)].map((match) => match[1] ?? '')
    assert.deepEqual(facts.needed, all(/\(NEEDED\).*\[(.*)\]/g), path)
    assert.deepEqual([facts.soname ?? []].flat(), all(/\(SONAME\).*\[(.*)\]/g), path)
    assert.deepEqual([facts.interpreter ?? []].flat(), all(/program interpreter: (.*)\]/g), path)
    assert.deepEqual(facts.glibc, [...new Set(all(/Name: (GLIBC_\S+)\s+Flags: none/g))].toSorted(), path)
    const needs = stdout.split('Version needs section')[1] ?? ''
    const wants = [...needs.matchAll(/ File: (\S+) |Name: (\S+)\s+Flags: none/g)].reduce<{ library: string; found: string[] }>(
      ({ library, found }, [, file, version]) =>
        file === undefined ? { library, found: [...found, `${library} ${version}`] } : { library: file, found },
      { library: '', found: [] },
    )
    assert.deepEqual(
      facts.wants.map(({ library, version }) => `${library} ${version}`),
      [...new Set(wants.found.filter((pair) => !pair.includes(' GLIBC_')))].toSorted(),
      path,
    )
    const isa = all(/x86 ISA needed: (.*)/g).join(' ')
    const bits = ['x86-64-baseline', 'x86-64-v2', 'x86-64-v3', 'x86-64-v4'].reduce(
      (sum, name, bit) => (isa.includes(name) ? sum | (1 << bit) : sum),
      0,
    )
    assert.equal(facts.isa, bits, path)
    compared += 1
  }
  assert.ok(compared >= 5, `only ${compared} files compared`)
})

/** A 64-bit little-endian ELF file of one PT_GNU_PROPERTY segment that asks for `isa`. */
function elfWithIsa(isa: number): Buffer {
  const file = Buffer.alloc(64 + 56 + 32)
  file.write('\u007fELF\u0002\u0001\u0001', 0, 'latin1')
  file.writeUInt16LE(3, 16)
  file.writeUInt16LE(62, 18)
  file.writeBigUInt64LE(64n, 32)
  file.writeUInt16LE(56, 54)
  file.writeUInt16LE(1, 56)
  file.writeUInt32LE(0x6474e553, 64)
  file.writeBigUInt64LE(120n, 64 + 8)
  file.writeBigUInt64LE(32n, 64 + 32)
  for (const [at, value] of [4, 16, 5, 0x554e47, 0xc0008002, 4, isa, 0].entries()) file.writeUInt32LE(value, 120 + at * 4)
  return file
}

test('the ISA level is read from the property note', () => {
  const { facts } = factsOf(elfWithIsa(0b101))
  assert.deepEqual(facts, {
    kind: 'elf',
    category: 'x86_64',
    needed: [],
    soname: undefined,
    interpreter: undefined,
    glibc: [],
    wants: [],
    defines: [],
    isa: 0b101,
  })
})

for (const [what, content, expected] of [
  ['a script', '#!/bin/sh\necho', { kind: 'script', interpreter: '/bin/sh', argument: undefined }],
  ['a script with an argument', '#! /usr/bin/env -S lua -i \nx', { kind: 'script', interpreter: '/usr/bin/env', argument: '-S lua -i' }],
  ['a script without an end', '#!/bin/sh', { kind: 'script', interpreter: '/bin/sh', argument: undefined }],
  ['a script without an absolute interpreter', '#!sh\n', { kind: 'odd', why: 'a script without an absolute interpreter' }],
  ['data', 'GIF89a', { kind: 'data' }],
  ['nothing', '', { kind: 'data' }],
] as const)
  test(`${what} is told`, () => {
    assert.deepEqual(factsOf(Buffer.from(content)).facts, expected)
  })

test('a cut file is odd, wherever it is cut before its last table', () => {
  const whole = elfWithIsa(1)
  for (let length = 4; length < 120; length += 1) assert.equal(factsOf(whole.subarray(0, length)).facts.kind, 'odd', `cut at ${length}`)
})

test('no mutation of a real program makes it throw, or read more than a few MB', () => {
  const whole = readFileSync('/bin/sh')
  const change = fc.record({
    at: fc.oneof(fc.nat(1023), fc.nat(whole.byteLength - 9)),
    value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    size: fc.constantFrom(1, 2, 4, 8),
  })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
      const bytes = Buffer.from(whole)
      for (const { at, value, size } of changes)
        bytes.writeUIntLE(Number(value & 0xffffffffn) % 256 ** Math.min(size, 4), at, Math.min(size, 4))
      const { facts, read } = factsOf(bytes)
      assert.ok(['elf', 'odd', 'data', 'script'].includes(facts.kind))
      assert.ok(read < 64 * 1024 * 1024, `${read} bytes read`)
    }),
    { numRuns: 2000 },
  )
})

test('tables without an end are odd after a bounded read', () => {
  const whole = Buffer.concat([elfWithIsa(1), Buffer.alloc(8 * 1024 * 1024, 1)])
  whole.writeUInt32LE(2, 64)
  whole.writeBigUInt64LE(BigInt(whole.byteLength), 64 + 32)
  const { facts, read } = factsOf(whole)
  assert.equal(facts.kind, 'odd')
  assert.ok(read < 1024 * 1024, `${read} bytes read`)
})

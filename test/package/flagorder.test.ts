/**
 * What is dropped or moved is in this file's own list of what is known to be free; everything else that anybody may type stays, where it was.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { normaliseFlags } from '../../src/package/flags.ts'

/** Of each line the last that is said counts, wherever it stands. */
const FREE = [
  '-O0 -O1 -O2 -Os',
  '-fplt -fno-plt',
  '-fcommon -fno-common',
  '-ftree-vectorize -fno-tree-vectorize',
  '-fstack-protector -fstack-protector-strong -fno-stack-protector',
  '-fsigned-char -funsigned-char',
  '-fcf-protection -fcf-protection=none',
  '-ftrivial-auto-var-init=zero -ftrivial-auto-var-init=pattern',
  '-flto -fno-lto',
  '-DX -DX=1 -UX',
  '-DY=2 -UY',
  '--param=a=1 --param=a=2',
  '-march=i686 -march=x86-64-v3',
  '-Wl,--as-needed -Wl,--no-as-needed',
  '-Wl,-z,now -Wl,-z,lazy',
  '-Wl,-z,relro -Wl,-z,norelro',
  '-Wl,--enable-new-dtags -Wl,--disable-new-dtags',
].map((line) => line.split(' '))

/** Of each line every word counts, and their order. */
const ORDERED = ['-mtune=generic -mcpu=haswell', '-Wl,--hash-style=gnu -Wl,--hash-style=sysv', '-Wl,-O1 -Wl,-O2'].map((line) =>
  line.split(' '),
)

const KNOWN = new Set([...FREE, ...ORDERED].flat())

const WORD = fc.stringMatching(/^[a-z]{2}(-[a-z]{1,8}){0,2}(=[a-z0-9]{1,4})?$/)
const unknown = fc
  .oneof(
    WORD.map((word) => `-f${word}`),
    WORD.map((word) => `-Wl,--${word}`),
    WORD.map((word) => `-Wl,-z,${word}`),
    WORD.filter((word) => word !== 'kl' && !word.startsWith('no-')).map((word) => `-m${word}`),
    fc.tuple(fc.constantFrom('error=', 'no-error=', '', 'no-'), WORD).map((parts) => `-W${parts.join('')}`),
    fc.constantFrom(
    '-Werror', '-Wno-error', '-Wall', '-g', '-g0', '-gsplit-dwarf', '-mgeneral-regs-only', '-mno-sse', '-msse4', '-m32', '-la', 'a.o', '-Wp,-UX', '-Wa,-x',
    '-fPIC', '-fno-pie', '-ffast-math', '-fno-math-errno', '-ffixed-r12', '-fcall-used-r12', '-ansi', '-std=c99', '-static', '-Ia', '-Wl,-Bsymbolic',
    '-Wl,-Bno-symbolic', '-Wl,--exclude-libs=a', '-Wl,--exclude-libs=b', '-Wl,-rpath,a', '-fmerge-constants', '-fmerge-all-constants', '-fhosted',
  ), // prettier-ignore
  )
  .filter((word) => !KNOWN.has(word))
const flags = fc.array(fc.oneof(unknown, fc.constantFrom(...FREE.flat()), fc.constantFrom(...ORDERED.flat())), { maxLength: 14 })

/** Words of different kinds are read by different parts of a compiler. */
const KINDS: Readonly<Record<string, RegExp>> = {
  warnings: /^-W(?![lpa],)/,
  debugging: /^-g/,
  others: /^(?!-W(?![lpa],)|-g|-m)/,
}

function unknownOf(all: readonly string[], kind: RegExp): string[] {
  return all.filter((word) => kind.test(word) && !KNOWN.has(word))
}

function linked(all: readonly string[]): string[] {
  return all.filter((word) => /^(-Wl,|-l|[^-])/.test(word))
}

test('a word that is not known to be free is never dropped, and keeps its place among those of its kind', () => {
  fc.assert(
    fc.property(flags, (words) => {
      const out = normaliseFlags(words.join(' '))
      for (const kind of Object.values(KINDS)) assert.deepEqual(unknownOf(out, kind), unknownOf(words, kind))
      const mixed = words.filter((word) => word.startsWith('-m') && !KNOWN.has(word))
      // Extensions that only add, or only take away, may be sorted; with any other word among them nothing moves.
      if (mixed.some((word) => !['-msse4', '-mno-sse'].includes(word)) || new Set(mixed).size > 1)
        assert.deepEqual(unknownOf(out, /^-m/), unknownOf(words, /^-m/))
    }),
  )
})

test('of what is known to be free the last counts, and where a place means something none is dropped', () => {
  fc.assert(
    fc.property(flags, (words) => {
      const out = normaliseFlags(words.join(' '))
      for (const line of FREE) {
        const isOf = (word: string): boolean => line.includes(word)
        assert.equal(out.findLast(isOf), words.findLast(isOf))
      }
      for (const line of ORDERED) {
        const ofLine = (all: readonly string[]): string[] => all.filter((word) => line.includes(word))
        const [first = '', second = ''] = line
        if (!words.includes(first) || !words.includes(second)) continue
        assert.equal(ofLine(out).at(-1), ofLine(words).at(-1))
        assert.deepEqual(new Set(ofLine(out)), new Set(line))
      }
      if (!linked(words).every((word) => KNOWN.has(word))) assert.deepEqual(linked(out), linked(words))
    }),
  )
})

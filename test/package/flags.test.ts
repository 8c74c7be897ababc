/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { normaliseFlags } from '../../src/package/flags.ts'

const NATIVE = ['-march=skylake', '-mavx2', '-mno-sse4a', '--param=l1-cache-size=32', '-mtune=skylake']

describe('flags of one meaning', () => {
  const same: [string, string, string][] = [
    ['spacing', '-O2  -g\t-Wall ', '-O2 -g -Wall'],
    ['duplicates', '-O2 -g -O2', '-O2 -g'],
    ['-pipe', '-pipe -O2', '-O2'],
    ['order of unrelated flags', '-g -O2 -fno-plt -march=x86-64', '-march=x86-64 -fno-plt -O2 -g'],
    ['a later -O', '-O1 -O2', '-O2'],
    ['a later -fno', '-fplt -fno-plt', '-fno-plt'],
    ['a later -march', '-march=i686 -march=x86-64', '-march=x86-64'],
    ['a joined -D', '-D X=1', '-DX=1'],
    ['a later -U', '-DX=1 -UX', '-UX'],
    ['rivals of several names', '-fstack-protector-strong -fno-stack-protector', '-fno-stack-protector'],
    ['a later sign', '-fsigned-char -funsigned-char', '-funsigned-char'],
    ['jobs of -flto', '-flto=4', '-flto=auto'],
    ['order of ISA flags that only add', '-mfma -mavx2', '-mavx2 -mfma'],
    ['linker words in one', '-Wl,-O1,--as-needed,-z,now', '-Wl,-z,now -Wl,--as-needed -Wl,-O1'],
    ['a later linker toggle', '-Wl,--as-needed -Wl,--no-as-needed', '-Wl,--no-as-needed'],
    ['--param in two words', '--param a=1', '--param=a=1'],
  ]
  for (const [name, a, b] of same) test(name, () => assert.deepEqual(normaliseFlags(a), normaliseFlags(b)))
})

describe('flags of two meanings', () => {
  const different: [string, string, string][] = [
    ['level', '-O2', '-O3'],
    ['order of -O', '-O1 -O2', '-O2 -O1'],
    ['ISA flags that give and take', '-msse4 -mno-sse2', '-mno-sse2 -msse4'],
    ['order of libraries', '-la -lb', '-lb -la'],
    ['order of rpath', '-Wl,-rpath,/usr/a -Wl,-rpath,/usr/b', '-Wl,-rpath,/usr/b -Wl,-rpath,/usr/a'],
    ['order of include folders', '-I/usr/a -I/usr/b', '-I/usr/b -I/usr/a'],
    ['place of --as-needed between libraries', '-la -Wl,--as-needed -lb', '-Wl,--as-needed -la -lb'],
    ['order among -ffast-math and its parts', '-ffast-math -fmath-errno', '-fmath-errno -ffast-math'],
    ['sanitizers add up', '-fsanitize=address -fsanitize=undefined', '-fsanitize=undefined'],
    ['two macros', '-DX -DY', '-DY'],
    ['order of rivals', '-fPIC -fpie', '-fpie -fPIC'],
    ['order of what overflow is', '-ftrapv -fwrapv', '-fwrapv -ftrapv'],
    ['order of -fstrict-overflow and -fwrapv', '-fstrict-overflow -fwrapv', '-fwrapv -fstrict-overflow'],
    ['order of signs', '-fsigned-char -funsigned-char', '-funsigned-char -fsigned-char'],
    ['order of ABIs', '-m32 -m64', '-m64 -m32'],
    ['order of floats', '-msoft-float -mhard-float', '-mhard-float -msoft-float'],
    ['order of long doubles', '-mlong-double-64 -mlong-double-80', '-mlong-double-80 -mlong-double-64'],
    ['order of standards', '-ansi -std=c99', '-std=c99 -ansi'],
    ['order of what is linked how', '-Wl,-Bstatic -Wl,-Bdynamic', '-Wl,-Bdynamic -Wl,-Bstatic'],
    ['quoted words', '-DX="a b"', '-DX="a" b'],
    ['argument of a flag', '-include a.h', '-include b.h'],
    ['errors by name', '-Werror=implicit-function-declaration -Werror=int-conversion', '-Werror=int-conversion'],
    ['errors of LTO', '-Werror=odr -Werror=lto-type-mismatch -Werror=strict-aliasing', '-Werror=strict-aliasing'],
    ['all warnings are errors but one', '-Werror -Wno-error=deprecated', '-Wno-error=deprecated'],
    ['order of -Werror and -Wno-error', '-Werror -Wno-error', '-Wno-error -Werror'],
    ['vendors whose attributes are unknown', '-Wno-attributes=a:: -Wno-attributes=b::', '-Wno-attributes=b::'],
    ['order of dtags', '-Wl,--enable-new-dtags -Wl,--disable-new-dtags', '-Wl,--disable-new-dtags -Wl,--enable-new-dtags'],
    ['order of -Bsymbolic', '-Wl,-Bsymbolic -Wl,-Bno-symbolic', '-Wl,-Bno-symbolic -Wl,-Bsymbolic'],
    ['libraries that are excluded', '-Wl,--exclude-libs=a -Wl,--exclude-libs=b', '-Wl,--exclude-libs=b'],
    ['order of registers and ISA flags', '-mgeneral-regs-only -msse2', '-msse2 -mgeneral-regs-only'],
    ['what -mavx2 implies', '-mavx2 -mno-avx2', '-mno-avx2'],
    ['order of -mtune and -mcpu', '-mtune=generic -mcpu=haswell', '-mcpu=haswell -mtune=generic'],
    ['order of registers', '-ffixed-r12 -fcall-used-r12', '-fcall-used-r12 -ffixed-r12'],
    ['order of merging', '-fmerge-constants -fmerge-all-constants', '-fmerge-all-constants -fmerge-constants'],
    ['order of -ffreestanding', '-ffreestanding -fhosted', '-fhosted -ffreestanding'],
    ['order of -std and keywords', '-std=c99 -fasm', '-fasm -std=c99'],
    ['an include folder named again', '-Ia -Ib -Ia', '-Ib -Ia'],
    ['passes', '-fdisable-tree-vrp1 -fenable-tree-vrp1', '-fenable-tree-vrp1 -fdisable-tree-vrp1'],
    ['order around a file of words', '@words -O2', '-O2 @words'],
    ['linker words by -Xlinker', '-Xlinker --no-as-needed -Wl,--as-needed', '-Wl,--as-needed -Xlinker --no-as-needed'],
  ]
  for (const [name, a, b] of different) test(name, () => assert.notDeepEqual(normaliseFlags(a), normaliseFlags(b)))
})

test('-march=native is what the compiler makes of it, and no "native" is left', () => {
  const out = normaliseFlags('-O2 -march=native', NATIVE)
  assert.deepEqual(out, normaliseFlags(`${NATIVE.join(' ')} -O2`))
  assert.equal(out.join(' ').includes('native'), false)
})

test('-mtune=native takes only the tuning of what was resolved', () => {
  assert.deepEqual(normaliseFlags('-march=x86-64 -mtune=native', NATIVE), ['-march=x86-64', '-mtune=skylake'])
})

const flag = fc.constantFrom(
  '-O2', '-O3', '-g', '-ggdb3', '-fplt', '-fno-plt', '-mavx2', '-mno-avx2', '-msse4', '-Wl,-O1', '-Wl,-z,now,--as-needed', '-lm', '-DX=1',
  '-Wall', '-Wno-error', '-pipe', '-flto=2', '-Ia', '-static', '-ffast-math', '-fno-math-errno', 'a.o', '--param x=1', '-std=c99', '-Xclang', '-Wa,-x',
) // prettier-ignore

test('what is normalised stays as it is', () => {
  fc.assert(
    fc.property(fc.array(flag, { maxLength: 12 }), (flags) => {
      const once = normaliseFlags(flags.join(' '))
      assert.deepEqual(normaliseFlags(once.join(' ')), once)
    }),
  )
})

test('flags of different options may be shuffled', () => {
  const free = [
    '-O2',
    '-g',
    '-fno-plt',
    '-mavx2',
    '-march=x86-64-v3',
    '-Wl,-O1',
    '-Wl,--as-needed',
    '-DX=1',
    '-Wall',
    '-std=c99',
    '--param=x=1',
  ]
  const expected = normaliseFlags(free.join(' '))
  fc.assert(
    fc.property(fc.shuffledSubarray(free, { minLength: free.length }), (flags) => {
      assert.deepEqual(normaliseFlags(flags.join('  ')), expected)
    }),
  )
})

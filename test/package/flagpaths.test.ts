/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { whyOfThisHost, withoutTmpdir } from '../../src/package/flagpaths.ts'

describe('mean the same everywhere', () => {
  const everywhere = [
    '',
    '-O2 -pipe -march=x86-64-v3 -mtune=generic -fomit-frame-pointer -g -ggdb3 -gz -std=c++20 -D_FORTIFY_SOURCE=3 -UNDEBUG -DX=1 -D X',
    '-flto=auto -fuse-linker-plugin -fno-plt -fstack-protector-strong -fcf-protection -Werror=odr --param max-x=1 --param=max-y=2',
    '-fprofile-partial-training -fprofile-reproducible=serial -fprofile-values -fprofile-update=atomic',
    '-Wl,-O1 -Wl,--as-needed -Wl,-z,pack-relative-relocs -Wl,--defsym=__gentoo_check_ldflags__=0 -Wl,--hash-style=gnu -Wl,-soname,x.so.1',
    '-Wl,-rpath,/usr/lib64/x -Wl,-rpath=/usr/lib -Wl,-rpath,$ORIGIN/../lib -Wl,--dynamic-linker=/lib64/ld-linux-x86-64.so.2 -Wl,-plugin-opt=O2',
    "-Wl,-rpath,'$ORIGIN' -Wl,-rpath,\\$$ORIGIN -Wl,-rpath,${ORIGIN}/x",
    '-I/usr/include/x -isystem /usr/include/y -isystem/usr/include/z -idirafter /usr/include -iquote /usr/share/x -L/usr/lib64 -L /lib64',
    '-include stdint.h -include cstdint -imacros config.h -I. -Iinclude -Wp,-D_GLIBCXX_ASSERTIONS -Wa,--noexecstack -lm -l m -fuse-ld=mold',
    '--sysroot=/ -isysroot / -x c -u main -z now -DPREFIX="/usr/share" -DRELATIVE=a/b -mllvm -inline-threshold=3 -save-temps',
    '-ffile-prefix-map=PORTAGE_TMPDIR/portage=. -fdebug-prefix-map=PORTAGE_TMPDIR/portage/a/b-1/work=/usr/src/debug/a/b-1',
    '-fbasic-block-sections=all -frandom-seed=x -fplugin-arg-x-y=1',
  ]
  for (const flags of everywhere) test(flags, () => assert.equal(whyOfThisHost(flags), undefined))
})

describe('name a path of this host', () => {
  const places = [
    '-I/srv/x', '-I /srv/x', '-isystem/srv/x', '-isystem /srv/x', '-iquote/srv/x', '-iquote /srv/x', '-idirafter/srv/x', '-idirafter /srv/x',
    '-iprefix /srv/x', '-iwithprefix /srv/x', '-L/srv/x', '-L /srv/x', '-Wl,-rpath,/srv/x', '-Wl,-rpath=/srv/x', '-Wl,-R/srv/x', '-Wl,-L,/srv/x',
    '-Wl,-rpath -Wl,/srv/x', '-Xlinker -rpath -Xlinker /srv/x', '-Wl,-rpath-link,/usr/lib:/srv/x', '-Wl,--dynamic-linker=/srv/x', '-Wl,-Map=/srv/x',
    '-Wa,-I/srv/x', '-Wp,-I,/srv/x', '-Xpreprocessor -I/srv/x', '-fuse-ld=/srv/x', '-DX=/srv/x', '-DX="/srv/x"', '-D X=/srv/x', "-DX='/srv/x y'",
    '-fdebug-prefix-map=/srv/x=.', '-ffile-prefix-map=/srv/x=/usr/src', '-fmacro-prefix-map=PORTAGE_TMPDIR/portage=/srv/x', '-fdebug-compilation-dir=/srv/x',
    '-ftime-trace=/srv/x', '-fdump-tree-all=/srv/x', '-fcallgraph-info=/srv/x', '-foo/srv/x', '--made-up=/srv/x', '-o /srv/x', '-MF /srv/x',
    '-I/usr/local/include', '-L/opt/x/lib', '-I/usr/../srv/x', '-I~/include', '-I ~anna/x', '-I../../x', '-L..', '-isystem//srv/x', '-L/home',
    '-mllvm -some-file=/srv/x', '-Xclang -some-file=/srv/x',
  ] // prettier-ignore
  for (const flags of places) test(flags, () => assert.match(whyOfThisHost(`-O2 ${flags} -g`) ?? '', /^names a path of this host \(/))
})

describe('read what nobody else has', () => {
  const reading = [
    '@flags', '@/usr/share/flags', '-Wl,@flags', '-Wa,@flags', '-Xlinker @flags', '-include /usr/include/x.h', '-include/usr/include/x.h', '-include ../x.h', '-imacros x/y.h',
    '-fplugin=annobin', '-fplugin=/usr/lib/x.so', '-fpass-plugin=x.so', '-specs=hardened.specs', '--specs=/usr/lib/x', '-B/usr/lib/x', '-B /usr/x', '-Bx',
    '--sysroot=/usr/x', '--sysroot /srv/x', '-isysroot /usr/x', '-T script.ld', '-Tx.ld', '-Wl,-T,x.ld', '-Wl,--version-script=x.map', '-Wl,--version-script,x',
    '-Wl,--dynamic-list=x', '-Wl,-plugin,/usr/lib/x.so', '-Wl,--just-symbols=x', '-Wl,--symbol-ordering-file,x', '-fprofile-use', '-fprofile-use=/usr/x',
    '-fprofile-generate', '-fprofile-instr-use=x', '-fauto-profile=x', '-fprofile-dir=x', '-fprofile-arcs', '-fprofile-list=x', '-fsanitize-ignorelist=x',
    '-fmodule-mapper=x', '-fbasic-block-sections=list=x', '-wrapper gdb,--args', '--gcc-toolchain=/usr', '--config x', '-Xclang -load -Xclang x.so',
    '-Xclang -include-pch -Xclang x', '-ivfsoverlay x', '-Wl,--dynamic-list,x',
  ] // prettier-ignore
  for (const flags of reading)
    test(flags, () => assert.match(whyOfThisHost(`-O2 ${flags} -g`) ?? '', /^has .*, and what that reads is known/))
})

describe('other reasons', () => {
  const cases: [string, 'cc' | 'unasked' | 'other', RegExp][] = [
    ['-O2 crt.o', 'cc', /^has crt\.o, a file/],
    ['-I$(pwd)', 'cc', /evaluates for itself \(\$\(pwd\)/],
    ['-I`pwd`', 'cc', /evaluates/],
    ['-L$HOME/lib', 'cc', /evaluates for itself \(\$HOME/],
    ['-L${S}/lib', 'cc', /evaluates/],
    ['-Ctarget-cpu=native', 'other', /^says "native"/],
    ['-Clink-arg=-march=native', 'other', /^says "native"/],
    ['-O2 -march=native', 'unasked', /^says "native"/],
    ['-m32 -mtune=native', 'unasked', /^says "native"/],
    ['-specs=mine.specs', 'unasked', /^has -specs=mine.specs/],
    ['-C target-cpu=native', 'other', /^says "native"/],
    ['-Clink-arg=-Wl,-rpath,/srv/x', 'other', /^names a path/],
    ['-L native=/srv/x', 'other', /^names a path/],
    ['-Cprofile-use=x', 'other', /^has .* reads/],
    ['--remap-path-prefix=/srv/x=.', 'other', /^names a path/],
    ['-pgo=x -trimpath', 'other', /^has -pgo=x/],
    ['-overlay=x', 'other', /^has -overlay=x/],
  ]
  for (const [flags, kind, why] of cases) test(flags, () => assert.match(whyOfThisHost(flags, kind) ?? '', why))
  for (const flags of ['-C opt-level=3 -Ctarget-cpu=x86-64-v3 -C linker=clang', '-trimpath -v -p=2 -mod=vendor', 'bzip2', '-9', '--remap-path-prefix=PORTAGE_TMPDIR/portage=.'])
    test(flags, () => assert.equal(whyOfThisHost(flags, 'other'), undefined))
}) // prettier-ignore

describe('the place of builds', () => {
  const cases: [string, string][] = [
    ['-O2 -ffile-prefix-map=/home/anna/portage=. -g', '-O2 -ffile-prefix-map=PORTAGE_TMPDIR/portage=. -g'],
    ['-fdebug-prefix-map=/home/anna/portage/a/b-1/work=/usr/src', '-fdebug-prefix-map=PORTAGE_TMPDIR/portage/a/b-1/work=/usr/src'],
    ['--remap-path-prefix /home/anna/portage=x', '--remap-path-prefix PORTAGE_TMPDIR/portage=x'],
    ['-ffile-prefix-map=/home/anna/portage2=.', '-ffile-prefix-map=/home/anna/portage2=.'],
    ['-ffile-prefix-map=/home/anna=.', '-ffile-prefix-map=/home/anna=.'],
    ['-I/home/anna/portage', '-I/home/anna/portage'],
  ]
  for (const [flags, expected] of cases) test(flags, () => assert.equal(withoutTmpdir(flags, '/home/anna'), expected))
})

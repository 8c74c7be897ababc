/**
 * Cases of the rules about what exists, what a program needs to run, and room.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Case, facts, leaves, refuses, script } from '../case.ts'
import { addFile, addLink, existing } from '../input.ts'
import { sha256 } from '../site.ts'

export const RUN_CASES: readonly Case[] = [
  leaves('link-within', 'usr/share/doc/l', (input) => addLink(input, 'usr/share/doc/l', '/etc/shadow')),
  leaves('link-within', 'usr/share/doc/gone', (input) => addLink(input, 'usr/share/doc/gone', 'nothing')),
  leaves('link-within', 'usr/share/doc/out', (input) => addLink(input, 'usr/share/doc/out', '../../../../x')),
  refuses('complete', 'a command that exists', (input) => (input.host.exists = existing({ 'usr/bin/demo-alias': 'file' }))),
  refuses('complete', 'a linked folder of helpers', (input) => {
    addFile(input, 'usr/libexec/demo/helper')
    input.host.exists = existing({ 'usr/libexec': 'link' })
  }),
  refuses('useful', 'documentation alone', (input) => {
    input.manifest.records = input.manifest.records.filter(({ path }) => /^usr(\/share.*)?$/.test(path))
    input.manifest.metadata.REQUIRES = ''
  }),
  refuses('complete', 'its own folder of data, a link', (input) => (input.host.exists = existing({ 'usr/share/demo': 'link' }))),
  refuses('complete', 'its own folder of data, a file', (input) => (input.host.exists = existing({ 'usr/share/demo': 'file' }))),
  refuses('complete', 'a command of a split /usr', (input) => (input.host.exists = existing({ bin: 'dir', 'bin/demo-alias': 'file' }))),
  refuses('complete', 'a link to nothing', (input) => addLink(input, 'usr/share/demo/l', 'gone')),
  ...(['file', 'link', 'other'] as const).map((kind) =>
    leaves('no-linked-folder', 'usr/share/man/man1/demo.1.gz', (input) => (input.host.exists = existing({ 'usr/share/man': kind }))),
  ),
  leaves('nothing-shadowed', 'usr/share/terminfo/d/demo', (input) => {
    addFile(input, 'usr/share/terminfo/d/demo')
    input.host.exists = existing({ 'etc/terminfo/d/demo': 'file' })
  }),
  leaves('nothing-shadowed', 'usr/bin/demo-alias', (input) => (input.host.exists = existing({ 'opt/bin/demo-alias': 'link' }))),
  leaves('nothing-shadowed', 'usr/lib64/libdemo.so.1', (input) => {
    input.host.exists = existing({ lib64: 'dir', 'lib64/libdemo.so.1': 'link' })
  }),
  ...(['file', 'link', 'dir', 'other'] as const).map((kind) =>
    leaves('nothing-replaced', 'usr/share/man/man1/demo.1.gz', (input) => {
      input.host.exists = existing({ 'usr/share/man/man1/demo.1.gz': kind })
    }),
  ),
  refuses('readable-programs', 'a broken ELF file', (input) => void input.facts.set(sha256('data'), { kind: 'odd', why: 'broken' })),
  refuses('libraries-there', 'a needed library', facts('data', { needed: ['libgone.so.3'] })),
  refuses('libraries-there', 'another category', facts('data', { category: 'x86_32', needed: ['libc.so.6'] })),
  refuses('libraries-there', 'REQUIRES', (input) => (input.manifest.metadata.REQUIRES = 'x86_64: libgone.so.3')),
  refuses('dependencies-met', 'an RDEPEND', (input) => input.host.unmet.push('app-misc/other')),
  refuses('libc-new-enough', 'a newer glibc', facts('data', { glibc: ['GLIBC_2.4', 'GLIBC_2.42'] })),
  refuses('libc-new-enough', 'the insides of glibc', facts('data', { glibc: ['GLIBC_PRIVATE'] })),
  refuses('libc-new-enough', 'an ability of glibc', (input) => {
    facts('data', { glibc: ['GLIBC_ABI_DT_RELR'] })(input)
    input.host.glibc = '2.35'
  }),
  refuses('libc-new-enough', 'another libc', (input) => (input.host.glibc = undefined)),
  refuses('interpreters-there', 'another loader', facts('data', { interpreter: '/lib/ld-musl-x86_64.so.1' })),
  refuses('interpreters-there', 'env of what is not there', script('-S lua -i')),
  refuses('interpreters-there', 'a name that is none', (input) => {
    script(undefined, '/usr/bin/a\u001b')(input)
    input.host.exists = existing({ 'usr/bin/a\u001b': 'other' })
  }),
  refuses('interpreters-there', 'an interpreter', script(undefined, '/usr/bin/lua')),
  refuses('interpreters-allowed', 'an interpreter in a home', (input) => {
    script(undefined, '/home/demo/python')(input)
    input.host.exists = existing({ 'home/demo/python': 'file' })
  }),
  refuses('interpreters-allowed', 'a loader in /tmp', (input) => {
    facts('data', { interpreter: '/lib64/../tmp/ld.so' })(input)
    input.host.exists = existing({ 'tmp/ld.so': 'file' })
  }),
  refuses('symbol-versions', 'an older libstdc++', (input) => {
    facts('data', { wants: [{ library: 'libstdc++.so.6', version: 'GLIBCXX_3.4.34' }] })(input)
    input.host.defines = (category, soname) => new Set(`${category} ${soname}` === 'x86_64 libstdc++.so.6' ? ['GLIBCXX_3.4.33'] : [])
  }),
  refuses('symbol-versions', 'its own library, which lacks one', (input) => {
    facts('data', { wants: [{ library: 'libdemo.so.1', version: 'DEMO_2' }] })(input)
    input.host.defines = () => new Set(['DEMO_2'])
  }),
  refuses('cpu-use', 'cpu_flags_x86_avx2', (input) => (input.manifest.metadata.USE = 'nls cpu_flags_x86_ssse3 cpu_flags_x86_avx2')),
  refuses('cpu-use', 'flags of another architecture', (input) => (input.manifest.metadata.USE = 'cpu_flags_arm_neon')),
  refuses('cpu-level', 'files for x86-64-v3', facts('data', { isa: 4 })),
  refuses('cpu-level', 'a level of the future', facts('data', { isa: 16 })),
  refuses('cpu-options', '-march=haswell', (input) => (input.manifest.metadata.CFLAGS = '-O2 -march=haswell')),
  refuses('cpu-options', '-march=native', (input) => (input.manifest.metadata.CFLAGS = '-march=native')),
  refuses('cpu-options', 'an unknown CPU', (input) => (input.cpuOptions = ['-march=future9'])),
  refuses('cpu-options', '-mavx2', (input) => (input.cpuOptions = ['-march=x86-64-v2', '-mavx2'])),
  refuses(
    'room-for-bytes',
    'little room',
    (input) => (input.host.filesystems[1] = { mount: 'usr/share', freeBytes: 1, freeInodes: undefined }),
  ),
  refuses('room-for-inodes', 'few inodes', (input) => (input.host.filesystems[0] = { mount: '', freeBytes: 1e9, freeInodes: 3 })),
  refuses('under-size-cap', 'a cap of 5 bytes', (input) => (input.policy.maxBytes = 5)),
  refuses('under-entry-cap', 'a cap of 5 entries', (input) => (input.policy.maxEntries = 5)),
  refuses('under-total-cap', 'much that is live', (input) => (input.host.liveBytes = 1e7)),
]

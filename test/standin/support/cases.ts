/**
 * For each rule, changes to an input that every other rule lets through.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { PlanInput } from '../../../src/standin/host.ts'
import { addFile, addLink, elf, existing, type Loose } from './input.ts'
import { sha256 } from './site.ts'

export interface Case {
  readonly rule: string
  readonly what: string
  /** Path that must be left out; without it the package must be refused. */
  readonly leaves?: string
  /** A second rule that goes on leaving the path out when the first is taken away; then it is only the reason that changes. */
  readonly behind?: string
  readonly change: (input: Loose<PlanInput>) => void
}

const refuses = (rule: string, what: string, change: Case['change']): Case => ({ rule, what, change })
const leaves = (rule: string, path: string, change: Case['change'] = (input) => addFile(input, path)): Case => ({
  rule,
  what: path,
  leaves: path,
  change,
})

const guarded = (rule: string, behind: string, path: string, change?: Case['change']): Case => ({ ...leaves(rule, path, change), behind })

const facts = (name: string, more: Parameters<typeof elf>[0]): Case['change'] => {
  return (input) => void input.facts.set(sha256(name), elf({ needed: [], ...more }))
}

function rename(input: Loose<PlanInput>, category: string, name: string, version: string = '1.2-r1'): void {
  Object.assign(input.family, { category, name, version })
  Object.assign(input.manifest.metadata, { CATEGORY: category, PF: `${name}-${version}` })
  input.wish.cpv = `${category}/${name}-${version}`
  for (const record of input.manifest.records) record.path = record.path.replace('usr/share/demo', `usr/share/${name}`)
  input.manifest.records.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
}

const script = (argument: string | undefined, interpreter: string = '/usr/bin/env'): Case['change'] => {
  return (input) => void input.facts.set(sha256('elf of demo'), { kind: 'script', interpreter, argument })
}

export const CASES: readonly Case[] = [
  refuses('source-merge', 'a binary merge', (input) => (input.wish.mergeType = 'binary')),
  refuses('source-merge', 'a build that is not merged', (input) => (input.wish.mergeType = 'buildonly')),
  refuses('own-root', 'another ROOT', (input) => (input.wish.root = '/mnt/stage/')),
  refuses('native-chost', 'another CHOST', (input) => (input.host.chost = 'aarch64-unknown-linux-gnu')),
  refuses('slot-free', 'an installed slot', (input) => input.host.installedSlots.push('0')),
  refuses('same-package', 'another version inside', (input) => (input.manifest.metadata.PF = 'demo-1.3')),
  refuses('same-package', 'another slot inside', (input) => (input.manifest.metadata.SLOT = '2')),
  refuses('same-package', 'another repository inside', (input) => (input.manifest.metadata.repository = 'other')),
  refuses('same-package', 'another wish', (input) => (input.wish.cpv = 'app-misc/demo-1.2')),
  refuses('not-vital', 'a language', (input) => rename(input, 'dev-lang', 'demo')),
  refuses('not-vital', 'a shell', (input) => rename(input, 'app-shells', 'bash')),
  refuses('not-vital', 'a cross toolchain', (input) => rename(input, 'cross-riscv64-unknown-linux-gnu', 'demo')),
  refuses('not-vital', '@system of this host', (input) => input.host.vital.set('app-misc/demo', 'it is in @system')),
  refuses('not-a-tool', 'a BDEPEND of the queue', (input) => input.host.queue.tools.add('app-misc/demo')),
  leaves('no-command-for-builds', 'usr/bin/demo', (input) => input.host.queue.dependencies.add('app-misc/demo')),
  refuses('no-blocker', 'a blocker', (input) => input.host.blockers.push('!app-misc/other')),
  refuses('not-restricted', 'RESTRICT=bindist', (input) => (input.manifest.metadata.RESTRICT = 'mirror bindist')),
  refuses('not-restricted', 'RESTRICT=fetch', (input) => (input.manifest.metadata.RESTRICT = 'fetch')),
  refuses('licence-accepted', 'a licence that is not accepted', (input) => (input.host.licenceAccepted = false)),
  refuses('not-live', 'version 9999', (input) => rename(input, 'app-misc', 'demo', '9999')),
  refuses('not-live', 'version 1.9999-r1', (input) => rename(input, 'app-misc', 'demo', '1.9999-r1')),
  refuses('as-released', 'user patches', (input) => input.host.userChanges.push('user patches')),
  ...['a\nb', 'a\u001bb', '..', '.', '', 'x'.repeat(256), 'a\ud800b'].map((name) =>
    refuses('sound-names', JSON.stringify(name), (input) => addFile(input, `usr/share/doc/${name}/x`)),
  ),
  refuses('sound-names', 'a link to a name with an escape', (input) => addLink(input, 'usr/share/doc/l', 'a\u001bb')),
  refuses('one-tree', 'one path twice', (input) => addFile(input, 'usr/share/demo/table')),
  refuses('one-tree', 'a path below a link', (input) => addFile(input, 'usr/bin/demo-alias/x')),
  refuses('one-tree', 'records out of order', (input) => (input.manifest.records = input.manifest.records.toReversed())),
  refuses('no-set-id', 'a set-user-id file', (input) => addFile(input, 'usr/share/doc/s', { mode: 0o4755 })),
  refuses('no-set-id', 'a set-group-id file', (input) => addFile(input, 'usr/share/doc/s', { mode: 0o2755 })),
  refuses('no-capability', 'a file capability', (input) => addFile(input, 'usr/share/doc/s', { capability: '0100' })),
  refuses('root-owned', 'a foreign owner', (input) => addFile(input, 'usr/share/doc/s', { owner: 'games' })),
  refuses('root-owned', 'a foreign group', (input) => addFile(input, 'usr/share/doc/s', { group: 'games' })),
  refuses('not-world-writable', 'a world-writable file', (input) => addFile(input, 'usr/share/doc/s', { mode: 0o666 })),
  guarded('no-header', 'allowed-place', 'usr/include/demo.h'),
  ...['usr/share/demo/x.hpp', 'opt/demo/include/any'].map((path) => leaves('no-header', path)),
  leaves('no-static-library', 'usr/share/demo/libdemo.a'),
  leaves('no-libtool', 'usr/share/demo/libdemo.la'),
  guarded('no-pkgconfig', 'allowed-place', 'usr/lib64/pkgconfig/demo'),
  leaves('no-pkgconfig', 'usr/share/demo/demo.pc'),
  guarded('no-cmake', 'allowed-place', 'usr/lib64/cmake/Demo/x'),
  leaves('no-cmake', 'usr/share/demo/Demo.cmake'),
  guarded('no-aclocal', 'allowed-place', 'usr/share/aclocal/x'),
  leaves('no-aclocal', 'usr/share/demo/demo.m4'),
  leaves('no-bindings', 'usr/share/demo/Demo.gir'),
  guarded('no-development-link', 'allowed-place', 'usr/lib64/libdemo.so', (input) =>
    addLink(input, 'usr/lib64/libdemo.so', 'libdemo.so.1'),
  ),
  ...['usr/bin/demo-config', 'opt/demo/bin/demo-config'].map((path) => leaves('no-config-script', path)),
  ...[
    'etc/demo.conf',
    'var/lib/demo/x',
    'boot/demo',
    'usr/local/bin/demo',
    'usr/share/applications/demo.desktop',
    'usr/share/dbus-1/services/demo.service',
    'usr/share/polkit-1/rules.d/demo.rules',
    'usr/share/bash-completion/completions/demo',
    'usr/lib/systemd/system/demo.service',
    'usr/lib/udev/rules.d/demo.rules',
    'usr/lib/tmpfiles.d/demo.conf',
    'usr/share/demo',
    'usr/share/other/x',
  ].map((path) =>
    leaves('allowed-place', path, (input) => {
      input.manifest.records = input.manifest.records.filter((record) => !record.path.startsWith(path))
      addFile(input, path)
    }),
  ),
  guarded('allowed-place', 'no-linked-folder', 'bin/demo'),
  leaves('link-within', 'usr/share/doc/l', (input) => addLink(input, 'usr/share/doc/l', '/etc/shadow')),
  leaves('link-within', 'usr/share/doc/gone', (input) => addLink(input, 'usr/share/doc/gone', 'nothing')),
  leaves('link-within', 'usr/share/doc/out', (input) => addLink(input, 'usr/share/doc/out', '../../../../x')),
  refuses('complete', 'a python module', (input) => addFile(input, 'usr/lib/python3.13/site-packages/demo.py')),
  refuses('complete', 'a folder of somebody else', (input) => addFile(input, 'usr/libexec/other/helper')),
  refuses('complete', 'a command that exists', (input) => (input.host.exists = existing({ 'usr/bin/demo-alias': 'file' }))),
  refuses('complete', 'a linked folder of helpers', (input) => {
    addFile(input, 'usr/libexec/demo/helper')
    input.host.exists = existing({ 'usr/libexec': 'link' })
  }),
  refuses('useful', 'documentation alone', (input) => {
    input.manifest.records = input.manifest.records.filter(({ path }) => /^usr(\/share.*)?$/.test(path))
    input.manifest.metadata.REQUIRES = ''
  }),
  leaves('no-linked-folder', 'usr/share/demo/table', (input) => (input.host.exists = existing({ 'usr/share/demo': 'link' }))),
  leaves('no-linked-folder', 'usr/share/demo/table', (input) => (input.host.exists = existing({ 'usr/share/demo': 'file' }))),
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
  refuses('interpreters-there', 'an interpreter', script(undefined, '/usr/bin/lua')),
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

/**
 * A plan input that every rule lets through; a test changes one thing in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { byPath, type ImageRecord } from '../../../src/package/record.ts'
import type { ElfFacts } from '../../../src/standin/elf.ts'
import type { HostView, Kind, PlanInput } from '../../../src/standin/host.ts'
import { manifestOf, sha256, type Tree } from './site.ts'

/** Writable all the way down, so that a case reads as "base, but ...". */
export type Loose<T> = T extends (...args: never[]) => unknown
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? Map<K, V>
    : T extends ReadonlySet<infer V>
      ? Set<V>
      : T extends object
        ? { -readonly [K in keyof T]: Loose<T[K]> }
        : T

export const IMAGE: Tree = {
  'usr/bin/demo': 'elf of demo',
  'usr/bin/demo-alias': { link: 'demo' },
  'usr/lib64/libdemo.so.1.0': 'elf of libdemo',
  'usr/lib64/libdemo.so.1': { link: 'libdemo.so.1.0' },
  'usr/share/demo/table': 'data',
  'usr/share/man/man1/demo.1.gz': 'manual',
}

const KINDS: Readonly<Record<string, Kind>> = {
  '': 'dir',
  bin: 'link',
  'lib64/ld-linux-x86-64.so.2': 'file',
  usr: 'dir',
  'usr/bin': 'dir',
  'usr/bin/env': 'file',
  'usr/bin/sh': 'link',
  'usr/lib64': 'dir',
  'usr/share': 'dir',
  'usr/share/doc': 'dir',
  'usr/share/man': 'dir',
  'usr/share/man/man1': 'dir',
}

/** What exists on the test host, with `more` over it. */
export function existing(more: Readonly<Record<string, Kind>> = {}): (path: string) => Kind {
  const kinds = { ...KINDS, ...more }
  return (path) => kinds[path] ?? 'absent'
}

export function elf(more: Partial<ElfFacts> = {}): ElfFacts {
  return {
    kind: 'elf',
    category: 'x86_64',
    needed: ['libc.so.6'],
    soname: undefined,
    interpreter: '/lib64/ld-linux-x86-64.so.2',
    glibc: ['GLIBC_2.34'],
    wants: [],
    defines: [],
    isa: 1,
    ...more,
  }
}

function host(): Loose<HostView> {
  return {
    chost: 'x86_64-pc-linux-gnu',
    installedSlots: ['9'],
    provides: new Map([['x86_64', new Set(['libc.so.6', 'libm.so.6'])]]),
    glibc: '2.41',
    defines: () => undefined,
    cpuFlags: new Set(['pni', 'ssse3', 'sse4_1', 'sse4_2', 'popcnt', 'cx16', 'lahf_lm']),
    march: undefined,
    vital: new Map(),
    queue: { tools: new Set(), dependencies: new Set() },
    blockers: [],
    unmet: [],
    strangeLicences: [],
    live: false,
    userChanges: [],
    filesystems: [
      { mount: '', freeBytes: 1e9, freeInodes: 1e6 },
      { mount: 'usr/share', freeBytes: 1e9, freeInodes: undefined },
    ],
    liveBytes: 0,
    sbinIsBin: false,
    exists: existing(),
  }
}

export function baseInput(): Loose<PlanInput> {
  return {
    manifest: manifestOf(IMAGE, {
      CATEGORY: 'app-misc',
      PF: 'demo-1.2-r1',
      CHOST: 'x86_64-pc-linux-gnu',
      SLOT: '0/1',
      repository: 'gentoo',
      CFLAGS: '-O2 -pipe -march=x86-64-v2',
      REQUIRES: 'x86_64: libc.so.6 libdemo.so.1',
    }),
    family: { repository: 'gentoo', category: 'app-misc', name: 'demo', version: '1.2-r1', chost: 'x86_64-pc-linux-gnu' },
    wish: { mergeType: 'source', root: '/', cpv: 'app-misc/demo-1.2-r1', slot: '0', builddir: '/var/tmp/portage/app-misc/demo-1.2-r1' },
    host: host(),
    policy: { maxBytes: 1e6, maxEntries: 1000, maxTotalBytes: 1e7 },
    facts: new Map([
      [sha256('elf of demo'), elf({ needed: ['libdemo.so.1', 'libc.so.6'] })],
      [sha256('elf of libdemo'), elf({ soname: 'libdemo.so.1', interpreter: undefined })],
    ]),
    cpuOptions: undefined,
  }
}

/** Puts a file (or what `more` makes of it) into the image of `input`. */
export function addFile(input: Loose<PlanInput>, path: string, more: Partial<Extract<ImageRecord, { type: 'file' }>> = {}): void {
  const record = { type: 'file', path, mode: 0o644, owner: 'root', group: 'root', size: 4, sha256: sha256('more'), ...more } as const
  add(input, record)
}

export function addLink(input: Loose<PlanInput>, path: string, target: string): void {
  add(input, { type: 'link', path, target, owner: 'root', group: 'root' })
}

export function addFolder(input: Loose<PlanInput>, path: string, mode: number, owner = 'root'): void {
  add(input, { type: 'dir', path, mode, owner, group: 'root' })
}

function add(input: Loose<PlanInput>, record: ImageRecord): void {
  input.manifest.records.push(record)
  input.manifest.records.sort(byPath)
}

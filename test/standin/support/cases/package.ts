/**
 * Cases of the rules about which package it is and which emerge asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Case, leaves, refuses, rename } from '../case.ts'

/** One of each kind that no host may do without, or that others are built with. */
const VITAL = [
  'sys-libs/glibc sys-libs/musl sys-devel/gcc llvm-core/clang sys-kernel/gentoo-kernel sys-boot/grub sys-apps/openrc sys-apps/systemd',
  'sys-process/runit sys-apps/portage app-portage/gentoolkit app-shells/zsh dev-lang/python dev-lang/perl perl-core/Encode',
  'app-alternatives/sh dev-util/ccache dev-build/cmake app-admin/sudo sys-auth/polkit virtual/editor sys-firmware/intel-microcode',
]
  .flatMap((line) => line.split(' '))
  .map((name) => name.split('/'))

export const PACKAGE_CASES: readonly Case[] = [
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
  refuses('licence-accepted', 'a licence that is not accepted', (input) => input.host.strangeLicences.push('unRAR')),
  refuses('not-live', 'version 9999', (input) => rename(input, 'app-misc', 'demo', '9999')),
  refuses('not-live', 'version 1.9999-r1', (input) => rename(input, 'app-misc', 'demo', '1.9999-r1')),
  refuses('not-live', 'PROPERTIES=live', (input) => (input.host.live = true)),
  ...VITAL.map(([category = '', name = '']) => refuses('not-vital', `${category}/${name}`, (input) => rename(input, category, name))),
  refuses('as-released', 'user patches', (input) => input.host.userChanges.push('user patches')),
]

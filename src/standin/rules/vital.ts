/**
 * Packages that never get a stand-in on any host: everything that builds other things or that a running system leans on.
 *
 * A host adds its own @system set and what Portage needs there (HostView.vital). Whole categories where all of one kind lives in them,
 * so that a new compiler or language need not be added by name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

const CATEGORIES: ReadonlyMap<string, string> = new Map([
  ['acct-group', 'it makes a group and places nothing'],
  ['acct-user', 'it makes a user and places nothing'],
  ['app-crypt', 'it guards keys'],
  ['app-portage', 'it belongs to Portage'],
  ['dev-build', 'it is a build tool'],
  ['dev-lang', 'it is a language: builds pick it up'],
  ['llvm-core', 'it is part of a toolchain'],
  ['llvm-runtimes', 'it is part of a toolchain'],
  ['sec-keys', 'it holds keys that others trust'],
  ['sec-policy', 'it is security policy'],
  ['sys-auth', 'it decides who may log in'],
  ['sys-boot', 'it boots the machine'],
  ['sys-devel', 'it is part of a toolchain'],
  ['sys-firmware', 'it is firmware'],
  ['sys-fs', 'it handles filesystems'],
  ['sys-kernel', 'it is a kernel'],
  ['virtual', 'it places nothing'],
])

const PACKAGES: ReadonlyMap<string, string> = new Map([
  ...['bash', 'bash-completion', 'dash', 'fish', 'ksh', 'loksh', 'mksh', 'tcsh', 'yash', 'zsh'].map(
    (name) => [`app-shells/${name}`, 'it is a shell'] as const,
  ),
  ...['glibc', 'musl', 'libxcrypt', 'libcap', 'pam', 'libselinux', 'libseccomp', 'ncurses', 'readline', 'timezone-data', 'zlib'].map(
    (name) => [`sys-libs/${name}`, 'the running system leans on it'] as const,
  ),
  ...[
    'baselayout',
    'busybox',
    'coreutils',
    'dbus',
    'openrc',
    'portage',
    'sandbox',
    'shadow',
    'systemd',
    'systemd-utils',
    'sysvinit',
    'util-linux',
  ].map((name) => [`sys-apps/${name}`, 'the running system leans on it'] as const),
  ...['pkgconf', 'pkgconfig', 'patchelf', 'swig', 'gperf', 'cppunit'].map((name) => [`dev-util/${name}`, 'it is a build tool'] as const),
  ['app-admin/sudo', 'it gives rights'],
  ['app-admin/doas', 'it gives rights'],
  ['app-misc/ca-certificates', 'it holds keys that others trust'],
  ['net-libs/nodejs', 'it is a language: builds pick it up'],
  ['net-misc/openssh', 'it decides who may log in'],
])

/** Why `category/name` never gets a stand-in, or undefined. */
export function vitalReason(category: string, name: string): string | undefined {
  if (category.startsWith('cross-')) return 'it is part of a toolchain'
  return CATEGORIES.get(category) ?? PACKAGES.get(`${category}/${name}`)
}

/**
 * Packages that never get a stand-in on any host: everything that builds other things or that a running system leans on.
 *
 * A host adds its own @system set and what Portage needs there (HostView.vital). Whole categories where all of one kind lives in them,
 * so that a new compiler or language need not be added by name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

const named = (category: string, reason: string, names: string): readonly (readonly [string, string])[] =>
  names.split(' ').map((name) => [`${category}/${name}`, reason] as const)

const BUILD_TOOL = 'it is a build tool'
const LANGUAGE = 'it is a language: builds pick it up'
const LEANS = 'the running system leans on it'
const RIGHTS = 'it gives rights'
const INIT = 'it starts the system'

const CATEGORIES: ReadonlyMap<string, string> = new Map([
  ['acct-group', 'it makes a group and places nothing'],
  ['acct-user', 'it makes a user and places nothing'],
  ['app-alternatives', 'it chooses what the system runs'],
  ['app-crypt', 'it guards keys'],
  ['app-eselect', 'it chooses what the system runs'],
  ['app-portage', 'it belongs to Portage'],
  ['dev-build', BUILD_TOOL],
  ['dev-lang', LANGUAGE],
  ['dev-lisp', LANGUAGE],
  ['dev-scheme', LANGUAGE],
  ['dev-util', BUILD_TOOL],
  ['llvm-core', 'it is part of a toolchain'],
  ['llvm-runtimes', 'it is part of a toolchain'],
  ['perl-core', 'it is part of Perl'],
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
  ...named(
    'app-shells',
    'it is a shell',
    'bash bash-completion dash elvish es fish ksh loksh mksh nushell oksh posh push pwsh rc sash scsh tcsh xonsh yash zsh',
  ),
  ...named(
    'sys-libs',
    LEANS,
    'binutils-libs glibc musl libunwind llvm-libunwind libxcrypt libcap libcap-ng pam libselinux libseccomp libsemanage ncurses readline timezone-data zlib zlib-ng',
  ),
  ...named(
    'sys-apps',
    LEANS,
    'baselayout busybox coreutils dbus dbus-broker diffutils file findutils gawk grep kmod less portage sandbox sed shadow systemd systemd-utils util-linux which',
  ),
  ...named('sys-apps', INIT, 'dinit finit openrc s6 s6-linux-init s6-rc sysvinit'),
  ...named('sys-process', INIT, 'runit'),
  ...named('app-arch', BUILD_TOOL, 'bzip2 cpio gzip libarchive lzip p7zip rpm rpm2targz tar unzip xz-utils zip zstd'),
  ...named('app-text', BUILD_TOOL, 'asciidoc build-docbook-catalog docbook2X doxygen opensp po4a ronn ronn-ng scdoc xmlto'),
  ...named('dev-java', LANGUAGE, 'java-config openjdk openjdk-bin openjdk-jre-bin'),
  ...named('dev-python', LANGUAGE, 'pypy pypy3 pypy3_10 pypy3_11'),
  ...named('dev-ruby', LANGUAGE, 'rubygems'),
  ['app-admin/doas', RIGHTS],
  ['app-admin/eselect', 'it chooses what the system runs'],
  ['app-admin/sudo', RIGHTS],
  ['app-misc/ca-certificates', 'it holds keys that others trust'],
  ['net-libs/nodejs', LANGUAGE],
  ['net-misc/openssh', 'it decides who may log in'],
  ['sys-apps/help2man', BUILD_TOOL],
  ['sys-apps/texinfo', BUILD_TOOL],
])

/** Why `category/name` never gets a stand-in, or undefined. */
export function vitalReason(category: string, name: string): string | undefined {
  if (category.startsWith('cross-')) return 'it is part of a toolchain'
  return CATEGORIES.get(category) ?? PACKAGES.get(`${category}/${name}`)
}

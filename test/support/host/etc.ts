/**
 * Fills the upper folder of a new host with all that makes a Gentoo of it: Portage, its settings, the ebuild repository, users.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { randomUUID } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  globSync,
  linkSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { paths } from '../ground/paths.ts'
import { program } from '../ground/program.ts'
import type { HostOptions } from './options.ts'
import { copyRepository } from './repository.ts'

/** Folders of the machine that a host starts without. */
const EMPTY = ['root', 'home', 'opt', 'srv', 'usr/local', 'etc/portage', 'var/cache', 'var/db', 'var/lib/portage', 'var/log', 'var/tmp']

/** Portage's user, with the id that Gentoo gives it. */
const PORTAGE_ID = 250
const FIRST_USER_ID = 1000

const CHOST = 'x86_64-pc-linux-gnu'

/** Gentoo calls them by CHOST, Debian by another name. */
const TOOLCHAIN = ['ar', 'as', 'cpp', 'g++', 'gcc', 'ld', 'nm', 'objcopy', 'objdump', 'ranlib', 'readelf', 'strip']

/** What stands on a host without ever being emerged. */
const NOT_EMERGED = ['net-libs/nodejs-24.0.0', 'sys-apps/portage-3.0.83', 'sys-apps/util-linux-2.40', 'app-misc/pax-utils-1.3.7']

/** Moves the clock of all programs that load it. */
const CLOCK = 'usr/lib/standin-test-clock.so'

/** Writes everything below `upper`. */
export async function fillUpper(upper: string, options: HostOptions): Promise<void> {
  for (const folder of EMPTY) mkdirSync(join(upper, folder), { recursive: true })
  await program('emptying folders', ['setfattr', '-n', 'trusted.overlay.opaque', '-v', 'y', ...EMPTY], { cwd: upper })
  await program('copying Portage', ['cp', '-a', `${paths.portageRoot}/.`, upper])
  await program('hiding programs', ['cp', '-a', `${paths.absent}/.`, upper])
  await program('copying package records', ['cp', '-a', paths.vdb, join(upper, 'var/db/pkg')])
  chmodSync(join(upper, 'root'), 0o700)
  chmodSync(join(upper, 'var/tmp'), 0o1777)
  linkSync(paths.node, join(upper, 'usr/bin/node'))
  for (const tool of TOOLCHAIN) symlinkSync(tool, join(upper, `usr/bin/${CHOST}-${tool}`))
  writeSystemFiles(upper, options)
  writeUsers(upper, options)
  copyRepository(join(upper, 'var/db/repos/gentoo'))
  writePortageSettings(upper, options)
  const distfiles = join(upper, 'var/cache/distfiles')
  await program('copying distfiles', ['cp', '-r', paths.distfiles, distfiles])
  await program('giving folders to portage', ['chown', '-R', `${PORTAGE_ID}:${PORTAGE_ID}`, distfiles])
  writeClock(upper, options.clockOffsetSeconds ?? 0)
}

function put(upper: string, path: string, text: string): void {
  mkdirSync(dirname(join(upper, path)), { recursive: true })
  writeFileSync(join(upper, path), text)
}

function writeSystemFiles(upper: string, options: HostOptions): void {
  const hostname = options.hostname ?? options.name
  put(upper, 'etc/hostname', `${hostname}\n`)
  put(upper, 'etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${hostname}\n::1 localhost\n`)
  put(upper, 'etc/resolv.conf', '')
  put(upper, 'etc/machine-id', `${randomUUID().replaceAll('-', '')}\n`)
  put(upper, 'etc/timezone', `${options.timezone ?? 'UTC'}\n`)
  symlinkSync(`/usr/share/zoneinfo/${options.timezone ?? 'UTC'}`, join(upper, 'etc/localtime'))
  // env-update writes ld.so.conf anew from this; without Debian's folder nothing on the host would start any more.
  const libraries = ['/lib64', '/usr/lib64', '/usr/local/lib64', '/lib', '/usr/lib', '/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu']
  put(
    upper,
    'etc/env.d/50baselayout',
    `PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\nLDPATH="${libraries.join(':')}"\n`,
  )
  put(upper, 'etc/ld.so.conf', `${libraries.join('\n')}\n`)
}

/** The machine's own users stay, for Debian's programs need them; ours are added, and nobody is called `standin`. */
function writeUsers(upper: string, { user }: HostOptions): void {
  const ours = new Set(['portage', 'standin', user])
  const others = (path: string): string =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !ours.has(line.split(':')[0] ?? ''))
      .map((line) => `${line}\n`)
      .join('')
  let passwd = `${others('/etc/passwd')}portage:x:${PORTAGE_ID}:${PORTAGE_ID}:portage:/var/lib/portage/home:/usr/sbin/nologin\n`
  let group = `${others('/etc/group')}portage:x:${PORTAGE_ID}:portage${user === undefined ? '' : `,${user}`}\n`
  if (user !== undefined) {
    passwd += `${user}:x:${FIRST_USER_ID}:${FIRST_USER_ID}:${user}:/home/${user}:/bin/bash\n`
    group += `${user}:x:${FIRST_USER_ID}:\n`
    mkdirSync(join(upper, 'home', user), { recursive: true })
  }
  put(upper, 'etc/passwd', passwd)
  put(upper, 'etc/group', group)
}

function writePortageSettings(upper: string, options: HostOptions): void {
  put(
    upper,
    'etc/portage/repos.conf/gentoo.conf',
    '[DEFAULT]\nmain-repo = gentoo\n\n[gentoo]\nlocation = /var/db/repos/gentoo\nauto-sync = no\n',
  )
  put(upper, 'etc/portage/profile/package.provided', `${NOT_EMERGED.join('\n')}\n`)
  symlinkSync('../../var/db/repos/gentoo/profiles/default', join(upper, 'etc/portage/make.profile'))
  put(upper, 'etc/portage/make.conf', makeConf(options))
  appendFileSync(join(upper, PROFILE_DEFAULTS), assignments(told(options)))
  put(upper, 'etc/portage/package.use/host', lines(options.packageUse))
  put(upper, 'etc/portage/package.accept_keywords/host', lines(options.acceptKeywords))
  put(upper, 'etc/portage/package.env', lines(options.packageEnv))
  for (const [name, text] of Object.entries(options.env ?? {})) put(upper, `etc/portage/env/${name}`, text)
  put(upper, 'var/lib/portage/world', '')
}

function lines(table: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(table ?? {})
    .map(([atom, value]) => `${atom} ${value}\n`)
    .join('')
}

function makeConf(options: HostOptions): string {
  const variables: Record<string, string> = {
    CFLAGS: options.cflags ?? '-O2 -pipe',
    CXXFLAGS: '${CFLAGS}',
    MAKEOPTS: options.makeopts ?? '-j2',
    PORTAGE_TMPDIR: options.tmpdir?.path ?? '/var/tmp',
    ACCEPT_LICENSE: '*',
    // Nobody reads along who could still think better of an --unmerge.
    CLEAN_DELAY: '0',
    ...(options.use === undefined ? {} : { USE: options.use }),
    FEATURES: `${sandboxFeatures()} ${options.features ?? ''}`.trim(),
    ...Object.fromEntries(Object.entries(options.makeConf ?? {}).filter(([name]) => !TO_EBUILDS.has(name))),
  }
  return assignments(variables)
}

const TO_EBUILDS: ReadonlySet<string> = new Set([
  'BIG_MEGABYTES',
  'FAILS_IN',
  'MANY_FILES',
  'RANDOM_SEED',
  'SLOW_SECONDS',
  'SLOW_UNTIL',
  'TRACES',
])

/** As make.conf, and so that a build which reads what is set there has a recipe: make.conf is the user's, and this is the repository's. */
export const PROFILE_DEFAULTS = '/var/db/repos/gentoo/profiles/base/make.defaults'

function told({ makeConf: all = {} }: HostOptions): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => TO_EBUILDS.has(name)))
}

function assignments(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join('')
}

/** libsandbox is not in Debian: the suite runs without it where it is missing, and with it where it is there. */
function sandboxFeatures(): string {
  const there = existsSync('/usr/bin/sandbox') && globSync('/usr/lib*/libsandbox.so').length > 0
  return there ? '' : '-sandbox -usersandbox'
}

/** The clock's file, of one length whatever it says, so that it can be written in place. */
export function clockText(offsetSeconds: number): string {
  return `${String(offsetSeconds).padEnd(20)}\n`
}

/** Every process of the host sees its clock, whatever Portage leaves of the environment. */
function writeClock(upper: string, offsetSeconds: number): void {
  if (offsetSeconds === 0) return
  copyFileSync(paths.clock, join(upper, CLOCK))
  put(upper, 'etc/clock-offset', clockText(offsetSeconds))
  put(upper, 'etc/ld.so.preload', `/${CLOCK}\n`)
}

/**
 * Whether the settings say what their writer meant: the hook, STANDIN_FEATURES, standin.conf, the policy, the sandbox.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { HostError } from '../../base/errors.ts'
import { counted } from '../../base/units.ts'
import { readPolicy } from '../../daemon/realm.ts'
import { unsoughtNames } from '../../daemon/traces.ts'
import { whyOfBashrcs } from '../../daemon/wish.ts'
import { CCACHE_VARIABLES, keepsDebug, whyOfCcache } from '../../portage/ccache.ts'
import { hookStatus } from '../../portage/hookfile.ts'
import { hookReach, mayEnd, MOVE_END } from '../../portage/hookreach.ts'
import { hostFeatures } from '../../portage/hostfeatures.ts'
import { whyOfLocalFiles } from '../../portage/localfiles.ts'
import { MODULE_LANGUAGES, whyOfLocalModules } from '../../portage/localmodules.ts'
import { type PackageSetting, packageSettings } from '../../portage/packageenv.ts'
import { readConf } from '../../portage/settings.ts'
import { highestLevel } from '../../trust/count.ts'
import { journalPath, readJournal } from '../lastKnown.ts'
import type { World } from '../world.ts'
import { type Check, type Finding, note, ok, wrong } from './finding.ts'

export const settingChecks: readonly Check[] = [
  { name: 'hook', look: hook },
  { name: 'bashrc', look: bashrc },
  { name: '/usr/local', look: localFiles },
  { name: 'ccache', look: ccache },
  { name: 'STANDIN_FEATURES', look: features },
  { name: 'standin.conf', look: conf },
  { name: 'names', look: names },
  { name: 'policy', look: policy },
  { name: 'libsandbox', look: sandbox },
]

function hook(world: World): Finding[] {
  const { path, state } = hookStatus(world)
  if (state === 'outdated') return [wrong('hook', `the lines in ${path} are not those of this version`, 'standin hook --enable')]
  const { sourced, end } = hookReach(world.root)
  if (!sourced) return [wrong('hook', `${path} does not source standin`, 'standin hook --enable'), ...orphans(world)]
  if (end !== undefined) return [wrong('hook', `${mayEnd(end)} (${JSON.stringify(end.text)}): no stand-in`, MOVE_END), ...orphans(world)]
  return [ok('hook', state === 'on' ? path : `${path}, put there by hand`)]
}

/** What nobody takes away before its merge makes that merge fail. */
function orphans({ folders }: World): Finding[] {
  const { live } = readJournal(journalPath(folders))
  if (live.length === 0) return []
  const named = `${counted(live.length, 'stand-in')} live (${live.map(({ cpv }) => cpv).join(' ')})`
  return [wrong('stand-ins', `${named}, and no hook that takes them away before a merge`, 'standin purge --all')]
}

/** What is built under such a one is neither published nor compared. */
function bashrc({ root, conf: path }: World): Finding[] {
  const why = whyOfBashrcs(root, readConf(path).settings.publish_repos)
  if (why === undefined) return [ok('bashrc', 'does nothing that a build could differ by unseen')]
  return [note('bashrc', why, 'until that is changed, no build of this host is published or held against a copy')]
}

const lasts = (builds: string): string => `as long as it is there, no build ${builds} is published or held against a copy`

function localFiles({ root }: World): Finding[] {
  const why = whyOfLocalFiles(root) ?? whyOfLocalModules(root, ['Perl'])
  if (why !== undefined) return [note('/usr/local', why, lasts('of this host'))]
  const ofSome = MODULE_LANGUAGES.flatMap((language) => {
    const found = whyOfLocalModules(root, [language])
    return found === undefined ? [] : [note('/usr/local', found, lasts(`that runs ${language}`))]
  })
  return ofSome.length > 0 ? ofSome : [ok('/usr/local', 'holds nothing that every build would take')]
}

async function ccache(world: World): Promise<Finding[]> {
  const asked = ['FEATURES', 'PORTAGE_TMPDIR', 'CFLAGS', 'CXXFLAGS', ...CCACHE_VARIABLES]
  const [wanted = '', tmpdir = '', cflags = '', cxxflags = '', ...values] = await variables(world, asked)
  const words = wanted.split(/\s+/)
  if (!words.includes('ccache')) return [ok('ccache', 'FEATURES does not ask for it')]
  const told = Object.fromEntries(CCACHE_VARIABLES.map((name, at) => [name, values[at]]))
  const debug = keepsDebug(`${cflags} ${cxxflags}`.split(/\s+/), words)
  const why = whyOfCcache({ root: world.root, tmpdir, told, keepsDebug: debug })
  if (why === undefined) return [ok('ccache', 'gives what the compiler would make')]
  return [note('ccache', why, 'as long as it does, no build of this host is published or held against a copy')]
}

/** Its exit code says nothing: it is 1 as well where one of them is not set. Errors: HostError PROGRAM_FAILED where Portage does not answer. */
async function variables({ run, env }: World, asked: readonly string[]): Promise<string[]> {
  // It has a value everywhere, so that an answer is never empty.
  const all = ['PORTAGE_TMPDIR', ...asked]
  const { stdout, stderr } = await run('portageq', ['envvar', ...all], { env, timeoutMs: 60_000, maxBytes: 64 * 1024 })
  const [tmpdir = '', ...values] = stdout.split('\n')
  if (tmpdir !== '') return values
  const last = stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? ''
  throw new HostError('PROGRAM_FAILED', `portageq does not say what ${asked[0]} is (${last || 'it says nothing'})`)
}

async function features(world: World): Promise<Finding[]> {
  const found = await hostFeatures({ ...world, cache: new Map(), now: 0 })
  const unknown = found.warnings.map((warning) => wrong('STANDIN_FEATURES', warning, 'correct it in make.conf or package.env'))
  if (unknown.length > 0) return unknown
  const set = [...found.features]
  if (set.length > 0) return [ok('STANDIN_FEATURES', set.join(' '))]
  const own = packageSettings(world.root)
  const wrongOwn = own.flatMap(({ path, warnings }) => warnings.map((text) => wrong('STANDIN_FEATURES', text, `correct it in ${path}`)))
  if (wrongOwn.length > 0) return wrongOwn
  const on = own.filter((one) => one.features.size > 0)
  if (on.length > 0) return [note('STANDIN_FEATURES', onlyFor(on))]
  return [wrong('STANDIN_FEATURES', 'is not set, so nothing happens', 'put STANDIN_FEATURES="install" into /etc/portage/make.conf')]
}

function onlyFor(on: readonly PackageSetting[]): string {
  const set = [...new Set(on.flatMap(({ features: own }) => [...own]))]
  return `${set.join(' ')}, only for the packages of package.env (${on.map(({ path }) => path).join(' ')})`
}

function conf({ conf: path }: World): Finding[] {
  const { warnings } = readConf(path)
  const unknown = warnings.map((warning) => wrong('standin.conf', warning, 'correct or remove it; man standin.conf names all settings'))
  if (unknown.length > 0) return unknown
  return [ok('standin.conf', existsSync(path) ? path : 'is not there, so all settings have their defaults')]
}

/** What an archive is not searched for, though it is a name of somebody. */
function names({ root, hostname, conf: path }: World): Finding[] {
  const { publish_repos: publicRepos, public_words: publicWords } = readConf(path).settings
  const left = unsoughtNames({ publicRepos: [...publicRepos], publicWords: [...publicWords] }, { root, hostname })
  if (left.length === 0) return [ok('names', 'a build with a name of a user or of this host stays at home')]
  const shown = left.slice(0, 9).map(({ name, why }) => `${JSON.stringify(name)} (${why})`)
  return [note('names', `not looked for in what is published: ${shown.join(', ')}${left.length > shown.length ? ', ...' : ''}`)]
}

async function policy(world: World): Promise<Finding[]> {
  const { settings } = readConf(world.conf)
  const named = readPolicy(settings.policy)
  const { keys } = named
  const builders = [...keys.values()].filter(({ builder }) => builder).length
  const text = `${counted(keys.size, 'key')} ${keys.size === 1 ? 'counts' : 'count'}, ${builders} of build servers`
  const highest = Math.max(0, highestLevel(named))
  if (keys.size > 0 && highest >= settings.level) return [ok('policy', text)]
  const remedy =
    keys.size === 0
      ? `name keys in ${settings.policy}`
      : `in ${settings.policy}: "builder = yes" for a key whose word alone is enough, more keys, or level1 = ${keys.size} in [quorum]`
  if (settings.level === 0) return [note('policy', `${text}: every stand-in has level 0`, remedy)]
  const reach = keys.size === 0 ? '' : `: that makes level ${highest} at most`
  const useless = `${text}${reach}, and setting level asks for ${settings.level}: no stand-in is ever used`
  const { features: set } = await hostFeatures({ ...world, cache: new Map(), now: 0 })
  // Who only publishes needs nobody's word.
  const installs = set.has('install') || packageSettings(world.root).some((one) => one.features.has('install'))
  return [installs ? wrong('policy', useless, remedy) : note('policy', useless, remedy)]
}

const LIBRARY_FOLDERS = ['usr/lib64', 'usr/lib', 'lib64', 'lib', 'usr/libexec/sandbox', 'usr/lib/x86_64-linux-gnu']

async function sandbox(world: World): Promise<Finding[]> {
  const found = LIBRARY_FOLDERS.map((folder) => join(world.root, folder, 'libsandbox.so')).find((path) => existsSync(path))
  if (found !== undefined) return [ok('libsandbox', found)]
  const [words = ''] = await variables(world, ['FEATURES'])
  const wanted = words.split(/\s+/).some((token) => token === 'sandbox' || token === 'usersandbox')
  return [
    wanted
      ? wrong('libsandbox', 'is missing, and FEATURES asks for it', 'emerge --oneshot sys-apps/sandbox')
      : note('libsandbox', 'is not there, and FEATURES does not ask for it'),
  ]
}

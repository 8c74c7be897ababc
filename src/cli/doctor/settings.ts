/**
 * Whether the settings say what their writer meant: the hook, STANDIN_FEATURES, standin.conf, the policy, the sandbox.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readPolicy } from '../../daemon/realm.ts'
import { readText } from '../../portage/bounded.ts'
import { hookStatus } from '../../portage/hookfile.ts'
import { hostFeatures } from '../../portage/hostfeatures.ts'
import { readConf } from '../../portage/settings.ts'
import { counted } from '../units.ts'
import type { World } from '../world.ts'
import { type Check, type Finding, note, ok, wrong } from './finding.ts'

export const settingChecks: readonly Check[] = [
  { name: 'hook', look: hook },
  { name: 'STANDIN_FEATURES', look: features },
  { name: 'standin.conf', look: conf },
  { name: 'policy', look: policy },
  { name: 'libsandbox', look: sandbox },
]

const MAX_BASHRC_BYTES = 4 * 1024 * 1024

function hook(world: World): Finding[] {
  const { path, state } = hookStatus(world)
  if (state === 'on') return [ok('hook', path)]
  if (state === 'outdated') return [wrong('hook', `the lines in ${path} are not those of this version`, 'standin hook --enable')]
  const byHand = /^[^#\n]*standin\/(?:standin\.bash|bashrc)/m.test(readText(path, MAX_BASHRC_BYTES) ?? '')
  return [byHand ? ok('hook', `${path}, put there by hand`) : wrong('hook', `${path} does not source standin`, 'standin hook --enable')]
}

async function features(world: World): Promise<Finding[]> {
  const found = await hostFeatures({ ...world, cache: new Map(), now: 0 })
  const unknown = found.warnings.map((warning) => wrong('STANDIN_FEATURES', warning, 'correct it in make.conf or package.env'))
  if (unknown.length > 0) return unknown
  const set = [...found.features]
  if (set.length > 0) return [ok('STANDIN_FEATURES', set.join(' '))]
  return [wrong('STANDIN_FEATURES', 'is not set, so nothing happens', 'put STANDIN_FEATURES="install" into /etc/portage/make.conf')]
}

function conf({ conf: path }: World): Finding[] {
  const { warnings } = readConf(path)
  const unknown = warnings.map((warning) => wrong('standin.conf', warning, 'correct or remove it; man standin.conf names all settings'))
  if (unknown.length > 0) return unknown
  return [ok('standin.conf', existsSync(path) ? path : 'is not there, so all settings have their defaults')]
}

async function policy(world: World): Promise<Finding[]> {
  const { settings } = readConf(world.conf)
  const { keys } = readPolicy(settings.policy)
  const builders = [...keys.values()].filter(({ builder }) => builder).length
  const text = `${counted(keys.size, 'key')} ${keys.size === 1 ? 'counts' : 'count'}, ${builders} of build servers`
  if (keys.size > 0) return [ok('policy', text)]
  const remedy = `name keys in ${settings.policy}`
  if (settings.level === 0) return [note('policy', `${text}: every stand-in has level 0`, remedy)]
  const useless = `${text}, and setting level asks for ${settings.level}: no stand-in is ever used`
  const { features: set } = await hostFeatures({ ...world, cache: new Map(), now: 0 })
  // Who only publishes needs nobody's word.
  return [set.has('install') ? wrong('policy', useless, remedy) : note('policy', useless, remedy)]
}

const LIBRARY_FOLDERS = ['usr/lib64', 'usr/lib', 'lib64', 'lib', 'usr/libexec/sandbox', 'usr/lib/x86_64-linux-gnu']

async function sandbox({ root, run, env }: World): Promise<Finding[]> {
  const found = LIBRARY_FOLDERS.map((folder) => join(root, folder, 'libsandbox.so')).find((path) => existsSync(path))
  if (found !== undefined) return [ok('libsandbox', found)]
  const { stdout } = await run('portageq', ['envvar', 'FEATURES'], { env, timeoutMs: 60_000, maxBytes: 64 * 1024 })
  const wanted = stdout.split(/\s+/).some((token) => token === 'sandbox' || token === 'usersandbox')
  return [
    wanted
      ? wrong('libsandbox', 'is missing, and FEATURES asks for it', 'emerge --oneshot sys-apps/sandbox')
      : note('libsandbox', 'is not there, and FEATURES does not ask for it'),
  ]
}

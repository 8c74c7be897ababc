/**
 * Whether the programs that standin starts are there, and new enough.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { HostError } from '../../base/errors.ts'
import { PYTHON_REMEDY, runWithPortage } from '../../portage/python.ts'
import type { World } from '../world.ts'
import { type Check, type Finding, note, ok, wrong } from './finding.ts'

/** Program, what emerges it, and what is not possible without it. */
const PROGRAMS: readonly (readonly [string, string, string])[] = [
  [
    'setpriv',
    'USE=caps for sys-apps/util-linux in package.use, and emerge --oneshot sys-apps/util-linux',
    'the peer could not be kept from root',
  ],
  ['prlimit', 'emerge --oneshot sys-apps/util-linux', 'the peer could not be kept from eating the memory'],
  ['unshare', 'emerge --oneshot sys-apps/util-linux', 'the warden could not be kept from the network'],
  ['nsenter', 'emerge --oneshot sys-apps/util-linux', 'the peer could not reach the network'],
  ['pivot_root', 'emerge --oneshot sys-apps/util-linux', 'the peer could not be kept from seeing the files of this host'],
  ['scanelf', 'emerge --oneshot app-misc/pax-utils', 'nothing can be published'],
]

const LEAST_NODE = [22, 18] as const
/** EPOCHREALTIME, which the hook tells its lines apart by. */
const LEAST_BASH = [5, 0] as const
/** The hook stands on inner parts of Portage, which were tried from this version on. */
const LEAST_PORTAGE = [3, 0, 83] as const

export const programChecks: readonly Check[] = [
  {
    name: 'Node',
    look: ({ nodeVersion }) => [atLeast('Node', nodeVersion, LEAST_NODE, 'emerge --oneshot net-libs/nodejs')],
  },
  { name: 'bash', look: bash },
  ...PROGRAMS.map(([name, remedy, without]): Check => ({
    name,
    look: ({ env }) => {
      const path = onPath(name, env['PATH'] ?? '')
      return [path === undefined ? wrong(name, `is not on PATH: ${without}`, remedy) : ok(name, path)]
    },
  })),
  { name: 'Portage', look: portage },
]

async function bash({ run, env }: World): Promise<Finding[]> {
  const { stdout } = await run('bash', ['-c', 'echo "${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}.${BASH_VERSINFO[2]}"'], { env, ...LIMITS })
  return [atLeast('bash', stdout.trim(), LEAST_BASH, 'emerge --oneshot app-shells/bash')]
}

const LIMITS = { timeoutMs: 30_000, maxBytes: 64 * 1024 }

async function portage({ root, run, env }: World): Promise<Finding[]> {
  let version: string
  try {
    version = (await runWithPortage({ root, program: 'print(portage.VERSION)', run }, { env, ...LIMITS })).stdout.trim()
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== 'MISSING_PROGRAM') throw error
    return [wrong('Portage', error.message, PYTHON_REMEDY)]
  }
  if (version === '') return [wrong('Portage', 'does not say its version', 'emerge --version shows why')]
  const found = atLeast('Portage', version, LEAST_PORTAGE, 'emerge --oneshot sys-apps/portage')
  return [found.state === 'ok' ? found : note('Portage', `${version}; standin was tried with 3.0.83 and later`, found.remedy)]
}

function atLeast(check: string, version: string, least: readonly number[], remedy: string): Finding {
  const parts = (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number)
  const order = least.map((part, at) => (parts[at] ?? 0) - part).find((difference) => difference !== 0) ?? 0
  return order >= 0 ? ok(check, version) : wrong(check, `${version || 'unknown'}, and ${least.join('.')} is needed`, remedy)
}

function onPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * What the host's own configuration switches on, asked of Portage itself: make.conf, profiles, and package.env for one package.
 *
 * Never taken from a package's saved environment: in a binary merge that says what the *builder* had switched on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type BigIntStats, statSync } from 'node:fs'
import { join } from 'node:path'
import { HostError } from '../base/errors.ts'
import { configFiles } from './conffiles.ts'
import { type ParsedFeatures, parseFeatures } from './features.ts'
import type { Run } from './run.ts'

export interface HostQuestion {
  /** PORTAGE_CONFIGROOT as this process sees it: `/`. */
  readonly root: string
  /** For one package, what package.env adds; without, what holds for all others. */
  readonly package?: { readonly cpv: string; readonly slot: string; readonly repository: string }
  /** The whole environment of Portage; a STANDIN_FEATURES in it would win over make.conf. */
  readonly env: Readonly<Record<string, string>>
  readonly run: Run
  readonly cache: HostCache
  /** Milliseconds of a clock that only goes forward. */
  readonly now: number
}

/** Made and kept by the caller. */
export type HostCache = Map<string, { readonly stamp: string; readonly at: number; readonly answer: ParsedFeatures }>

// Asking takes Portage half a second. What make.conf may `source` is not among the files that are looked at, so no answer is kept for longer than this.
const KEPT_MS = 60_000
const MOST_KEPT = 1000
const LIMITS = { timeoutMs: 60_000, maxBytes: 64 * 1024 }

// portageq knows no package.env; this is all that it does, and setcpv between. -I: nothing from the folder it is started in, or from the user.
const PROGRAM = `
import sys, portage
settings = portage.config(clone=portage.settings)
if len(sys.argv) > 1:
    cpv, slot, repository = sys.argv[1:]
    settings.setcpv(cpv, mydb={"EAPI": "8", "IUSE": "", "KEYWORDS": "", "SLOT": slot, "repository": repository})
print("STANDIN_FEATURES=" + " ".join(settings.get("STANDIN_FEATURES", "").split()))
`

/** Errors: HostError MISSING_PROGRAM or PROGRAM_FAILED when Portage cannot be asked, TIMED_OUT. The caller then holds everything for switched off. */
export async function hostFeatures(question: HostQuestion): Promise<ParsedFeatures> {
  const { cpv, slot, repository } = question.package ?? { cpv: '', slot: '', repository: '' }
  const key = JSON.stringify([question.root, cpv, slot, repository, question.env])
  const stamp = stampOf(question.root)
  const known = question.cache.get(key)
  if (known?.stamp === stamp && question.now - known.at < KEPT_MS) return known.answer
  const answer = parseFeatures(await askPortage(question, cpv === '' ? [] : [cpv, slot, repository]))
  question.cache.delete(key)
  question.cache.set(key, { stamp, at: question.now, answer })
  const oldest = question.cache.keys().next().value
  if (question.cache.size > MOST_KEPT && oldest !== undefined) question.cache.delete(oldest)
  return answer
}

async function askPortage({ run, env }: HostQuestion, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run('python3', ['-I', '-c', PROGRAM, ...args], { env, ...LIMITS })
  const answer = /^STANDIN_FEATURES=(.*)$/m.exec(stdout)?.[1]
  if (exitCode === 0 && answer !== undefined) return answer
  throw new HostError(
    'PROGRAM_FAILED',
    `Portage does not say what STANDIN_FEATURES is: ${stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? exitCode}`,
  )
}

/** Changes whenever a file changes that a person sets STANDIN_FEATURES in, or one comes or goes. */
function stampOf(root: string): string {
  const places = ['make.conf', 'package.env', 'env', 'profile'].map((name) => join(root, 'etc/portage', name))
  const files = [join(root, 'etc/make.conf'), ...places].flatMap(configFiles)
  return [...files, join(root, 'etc/portage/make.profile')].map((path) => `${path} ${stampOfFile(path)}`).join('\n')
}

function stampOfFile(path: string): string {
  const stat: BigIntStats | undefined = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? '' : `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`
}

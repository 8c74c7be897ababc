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
import { runWithPortage } from './python.ts'
import type { Run } from './run.ts'

export interface HostPackage {
  readonly cpv: string
  readonly slot: string
  readonly repository: string
}

export interface HostQuestion {
  /** PORTAGE_CONFIGROOT as this process sees it: `/`. */
  readonly root: string
  /** For one package, what package.env adds; without, what holds for all others. */
  readonly package?: HostPackage
  /** The whole environment of Portage; a STANDIN_FEATURES in it would win over make.conf. */
  readonly env: Readonly<Record<string, string>>
  readonly run: Run
  readonly cache: HostCache
  /** Milliseconds of a clock that only goes forward. */
  readonly now: number
  /** How long an answer is good while none of the files changes; a minute unless told. */
  readonly keptMs?: number
}

/** Made and kept by the caller. */
export type HostCache = Map<string, { readonly stamp: string; readonly at: number; readonly answer: ParsedFeatures }>

// Asking takes Portage half a second. What make.conf may `source` is not among the files that are looked at, so no answer is good for ever.
const KEPT_MS = 60_000
const MOST_KEPT = 5000
const MOST_AT_ONCE = 500
const LIMITS = { timeoutMs: 60_000, maxBytes: 64 * 1024 }

// portageq knows no package.env; this is all that it does, and setcpv between. What only takes away (`-publish`) takes it from make.conf's.
const PROGRAM = `
settings = portage.config(clone=portage.settings)
said = lambda: settings.get("STANDIN_FEATURES", "").split()
general = said()
def say():
    own = said()
    takes = own and own != general and all(token.startswith("-") for token in own)
    print("STANDIN_FEATURES=" + " ".join(general + own if takes else own))
rest = sys.argv[1:]
if not rest:
    say()
while rest:
    cpv, slot, repository, *rest = rest
    settings.setcpv(cpv, mydb={"EAPI": "8", "IUSE": "", "KEYWORDS": "", "SLOT": slot, "repository": repository})
    say()
`

/** Errors: HostError MISSING_PROGRAM or PROGRAM_FAILED when Portage cannot be asked, TIMED_OUT. The caller then holds everything for switched off. */
export async function hostFeatures(question: HostQuestion): Promise<ParsedFeatures> {
  const [answer] = await hostFeaturesOf(question, [question.package ?? NO_PACKAGE])
  if (answer === undefined) throw new HostError('PROGRAM_FAILED', 'Portage does not say what STANDIN_FEATURES is')
  return answer
}

/** The same for many packages, in their order; Portage is started once for hundreds of them, and not at all where no package has a setting of its own. */
export async function hostFeaturesOf(question: Omit<HostQuestion, 'package'>, packages: readonly HostPackage[]): Promise<ParsedFeatures[]> {
  const { root, env, cache, now, keptMs = KEPT_MS } = question
  const asked = configFiles(join(root, 'etc/portage/package.env')).length > 0 ? packages : packages.map(() => NO_PACKAGE)
  const stamp = stampOf(root)
  const keyOf = ({ cpv, slot, repository }: HostPackage): string => JSON.stringify([root, cpv, slot, repository, env])
  const isFresh = (key: string): boolean => {
    const known = cache.get(key)
    return known?.stamp === stamp && now - known.at < keptMs
  }
  const stale = [...new Map(asked.map((one) => [keyOf(one), one]))].filter(([key]) => !isFresh(key))
  const answers = new Map<string, ParsedFeatures>()
  for (let at = 0; at < stale.length; at += MOST_AT_ONCE) {
    const batch = stale.slice(at, at + MOST_AT_ONCE)
    const said = await askPortage(
      question,
      batch.flatMap(([, { cpv, slot, repository }]) => (cpv === '' ? [] : [cpv, slot, repository])),
    )
    for (const [index, [key]] of batch.entries()) answers.set(key, parseFeatures(said[index] ?? ''))
  }
  const all = asked.map((one) => answers.get(keyOf(one)) ?? cache.get(keyOf(one))?.answer ?? parseFeatures(''))
  for (const [key, answer] of answers) {
    cache.delete(key)
    cache.set(key, { stamp, at: now, answer })
  }
  for (const key of cache.keys()) if (cache.size > MOST_KEPT) cache.delete(key)
  return all
}

const NO_PACKAGE: HostPackage = { cpv: '', slot: '', repository: '' }

/** What stands behind the name in each line of the answer. */
async function askPortage({ root, run, env }: Pick<HostQuestion, 'root' | 'run' | 'env'>, args: readonly string[]): Promise<string[]> {
  const { exitCode, stdout, stderr } = await runWithPortage({ root, program: PROGRAM, args, run }, { env, ...LIMITS })
  const answers = [...stdout.matchAll(/^STANDIN_FEATURES=(.*)$/gm)].map(([, answer = '']) => answer)
  if (exitCode === 0 && answers.length === Math.max(1, args.length / 3)) return answers
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

/**
 * Says why the bashrcs of a host may make of a build what its settings do not say; what is not plainly harmless counts.
 *
 * Portage sources them anew in each phase (`__source_all_bashrcs` of ebuild.sh 3.0.83), over the environment that the phase before has left; the hook
 * sees what is set when a build begins. So only what is the same in each phase, and set above the hook, is what it tells.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, realpathSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { bashSteps, type Step } from './bashsteps.ts'
import type { Part } from './bashtokens.ts'
import { readText } from './bounded.ts'
import { profileFolders } from './profile.ts'
import type { Repository } from './repos.ts'

export interface BashrcQuestion {
  readonly root: string
  readonly repos: ReadonlyMap<string, Repository>
  /** Repositories that everybody has: what their profiles do, they do for everybody. */
  readonly publicRepos: readonly string[]
  /** What a recipe says the value of. */
  readonly recipeVariables: ReadonlySet<string>
}

const HOOK = '/usr/lib/standin/standin.bash'
const BASHRC = '/etc/portage/bashrc'
const PROFILE = '/etc/portage/profile'
const MAX_BYTES = 1024 * 1024
const MAX_DEPTH = 8

/** The same from the first phase of a build to its last, whoever runs it. */
export const STEADY: ReadonlySet<string> = new Set(
  'ARCH CATEGORY CHOST EAPI EPREFIX EROOT P PF PN PORTAGE_REPO_NAME PR PV PVR ROOT SLOT USE'.split(' '),
)

/** No build differs by them, or the hook looks at what they say; said twice they say the same. */
const HARMLESS =
  /^(FEATURES|MAKEOPTS|NINJAOPTS|(NO|)COLOR|NOCOLOR|COLUMNS|TERM|PORTAGE_NICENESS|PORTAGE_ELOG_\w+|CCACHE_(DIR|SIZE|MAXSIZE)|DISTCC_(DIR|HOSTS)|(http|https|ftp|no)_proxy)$/

/** Below these a build changes nothing. */
const OF_THE_HOST = /^\/(etc\/portage|usr\/lib\/standin)\//

interface Reading extends BashrcQuestion {
  /** The hook has told everything. */
  told: boolean
  /** Names that are set by now in each phase, whatever was left of the phase before. */
  set: Set<string>
  /** Names that were used before. */
  readonly used: Set<string>
}

/** One clause, or undefined where builds are what they are said to be. Errors: HostError of a file that can't be read, is too large, or of a broken profile. */
export function whyOfBashrc(question: BashrcQuestion): string | undefined {
  const reading: Reading = { ...question, told: false, set: new Set(), used: new Set() }
  const folders = [...ownProfiles(question), PROFILE]
  const byPackage = folders.map((folder) => join(folder, 'package.bashrc')).find((path) => existsSync(join(question.root, path)))
  if (byPackage !== undefined) return `${byPackage} may change what is built`
  for (const path of [...folders.map((folder) => join(folder, 'profile.bashrc')), BASHRC]) {
    const why = whyOfFile(reading, path, 0)
    if (why !== undefined) return why
  }
  return undefined
}

/** Folders of the chosen profile that not everybody has, as paths below the root. */
function ownProfiles({ root, repos, publicRepos }: BashrcQuestion): string[] {
  const known = publicRepos.flatMap((name) => repos.get(name) ?? [])
  const real = root === '/' ? '' : realpathSync(root)
  const own = profileFolders({ root, repos }).filter((folder) => !known.some((repo) => folder.startsWith(`${repo.folder}/`)))
  return own.map((folder) => (folder.startsWith(`${real}/`) ? folder.slice(real.length) : folder))
}

function whyOfFile(reading: Reading, path: string, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return `${path} is sourced too deep in your bashrc to be read`
  const file = join(reading.root, path)
  // Portage passes over what is no file.
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined
  const outer: Set<string>[] = []
  for (const step of bashSteps(readText(file, MAX_BYTES) ?? '')) {
    if (step.does === 'open') outer.push(new Set(reading.set))
    else if (step.does === 'close') reading.set = outer.pop() ?? reading.set
    else {
      const hook = step.does === 'source' && isHook(step.word)
      if (hook) reading.told = true
      const why = hook ? undefined : whyOfStep(reading, step)
      if (why !== undefined) return `line ${step.line} of ${path} may change what is built, unseen: ${reading.told ? TOO_LATE : why}`
      const deeper = step.does === 'source' && !hook ? whyOfFile(reading, written(step.word) ?? '', depth + 1) : undefined
      if (deeper !== undefined) return deeper
    }
  }
  return undefined
}

/** Whatever it is: below the lines of standin nobody hears it, and above them what is wrong with it will be said. */
const TOO_LATE = 'move it above the lines of standin'

function whyOfStep(reading: Reading, step: Exclude<Step, { does: 'open' | 'close' }>): string | undefined {
  switch (step.does) {
    case 'ask': {
      const unsteady = step.names.find((name) => !STEADY.has(name))
      return unsteady === undefined ? undefined : `it asks for ${unsteady}, which need not be the same in each phase`
    }
    case 'look':
      return step.path !== undefined && OF_THE_HOST.test(posix.normalize(step.path)) ? undefined : 'it asks for a file that may come or go'
    case 'source':
      return written(step.word) === undefined ? 'it sources a file that only bash could name' : undefined
    case 'set':
      // A build does not hear of that one.
      return step.name === 'STANDIN_FEATURES' ? undefined : reading.told ? TOO_LATE : whyOfSetting(reading, step)
    default:
      return `it does more than set variables that a recipe holds (${step.what.slice(0, 40)})`
  }
}

function whyOfSetting(reading: Reading, { name, adds, uses }: Extract<Step, { does: 'set' }>): string | undefined {
  const settable = (one: string): boolean => HARMLESS.test(one) || reading.recipeVariables.has(one)
  if (!settable(name)) return `it sets ${name}, which no recipe holds`
  for (const one of adds ? [...uses, name] : uses) {
    if (!settable(one) && !STEADY.has(one)) return `it takes ${one}, which need not be the same in each phase`
    if (!reading.set.has(one)) reading.used.add(one)
  }
  if (reading.used.has(name) && !HARMLESS.test(name)) return `it adds to ${name} anew in each phase: set it whole`
  reading.set.add(name)
  return undefined
}

function isHook(word: readonly Part[]): boolean {
  return written(word) === HOOK
}

/** An absolute path that is written out; EPREFIX is empty where there is a root to look below. */
function written(word: readonly Part[]): string | undefined {
  const path = word.map((part) => ('text' in part ? part.text : part.name === 'EPREFIX' ? '' : '\0')).join('')
  return /^\/[\w./+@:-]*$/.test(path) ? path : undefined
}

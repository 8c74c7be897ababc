/**
 * Rules that tell whether what is placed could run here: libraries, dependencies, interpreters.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { ElfFacts, FileFacts } from '../elf.ts'
import { baseName, commandsNamed, fitForTerminal, isSoundPath, leadsTo } from './names.ts'
import type { PackageRule, Surveyed } from './rule.ts'

/** Facts of every file that stays, with its path. */
export function factsOf({ kept, input }: Surveyed): { path: string; facts: FileFacts }[] {
  return kept.flatMap((record) => {
    const facts = record.type === 'file' ? input.facts.get(record.sha256) : undefined
    return facts === undefined ? [] : [{ path: record.path, facts }]
  })
}

/** Programs and libraries among them. */
export function elvesOf(surveyed: Surveyed): { path: string; facts: ElfFacts }[] {
  return factsOf(surveyed).flatMap(({ path, facts }) => (facts.kind === 'elf' ? [{ path, facts }] : []))
}

const readable: PackageRule = {
  scope: 'package',
  id: 'readable-programs',
  why: 'every program and library in it can be understood',
  stops: (surveyed) => {
    const odd = factsOf(surveyed).find(({ facts }) => facts.kind === 'odd')
    return odd === undefined ? undefined : `${fitForTerminal(odd.path)} is no program that could run`
  },
}

/** `x86_64: liba.so.1 libb.so.2 x86_32: libc.so.6`, as Portage writes REQUIRES, as pairs. */
export function sonamePairs(text: string): { category: string; soname: string }[] {
  let category = ''
  return text.split(/\s+/).flatMap((word) => {
    if (word.endsWith(':')) category = word.slice(0, -1)
    return word === '' || word.endsWith(':') ? [] : [{ category, soname: word }]
  })
}

const librariesThere: PackageRule = {
  scope: 'package',
  id: 'libraries-there',
  why: 'every library that it needs is here',
  stops: (surveyed) => {
    const elves = elvesOf(surveyed)
    const own = new Set(elves.flatMap(({ path, facts }) => [facts.soname, baseName(path)].map((name) => `${facts.category} ${name}`)))
    const missing = [
      ...sonamePairs(surveyed.input.manifest.metadata.REQUIRES ?? ''),
      ...elves.flatMap(({ facts: { category, needed } }) => needed.map((soname) => ({ category, soname }))),
    ].filter(({ category, soname }) => !own.has(`${category} ${soname}`) && !surveyed.input.host.provides.get(category)?.has(soname))
    const names = [...new Set(missing.map(({ soname }) => fitForTerminal(soname)))]
    return names.length === 0 ? undefined : `not here: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}`
  },
}

const dependenciesMet: PackageRule = {
  scope: 'package',
  id: 'dependencies-met',
  why: 'what it needs at run time is installed or stands in',
  stops: ({ input }) => (input.host.unmet.length === 0 ? undefined : `not installed: ${input.host.unmet.slice(0, 5).join(', ')}`),
}

/**
 * What must be there for a file to start: of each list one, as paths without `..`. `#!/usr/bin/env python` needs env, and python in a folder of PATH.
 */
export function interpretersOf(facts: FileFacts): (readonly string[])[] {
  if (facts.kind === 'odd' || facts.kind === 'data' || facts.interpreter === undefined) return []
  const own = leadsTo('', facts.interpreter) ?? facts.interpreter
  if (facts.kind === 'elf' || baseName(own) !== 'env' || facts.argument === undefined) return [[own]]
  const program = facts.argument.split(/\s+/).find((word) => !word.startsWith('-') && !word.includes('='))
  return program === undefined || program.includes('/') ? [[own]] : [[own], commandsNamed(program)]
}

const interpretersThere: PackageRule = {
  scope: 'package',
  id: 'interpreters-there',
  why: 'every interpreter that its programs ask for is here',
  stops: (surveyed) => {
    const own = new Set(surveyed.kept.map(({ path }) => path))
    const isThere = (path: string): boolean => own.has(path) || (isSoundPath(path) && surveyed.input.host.exists(path) !== 'absent')
    const missing = factsOf(surveyed)
      .flatMap(({ facts }) => interpretersOf(facts))
      .find((places) => !places.some(isThere))
    return missing === undefined ? undefined : `not here: /${fitForTerminal(missing[0] ?? '')}`
  },
}

/** Where a system has its interpreters. One in a home, in /tmp or in a build folder is the builder's, and whoever could write there would be run. */
function isForInterpreters(path: string): boolean {
  return /^(usr\/)?s?bin\/[^/]+$|^opt\/bin\/[^/]+$|^(usr\/)?lib[^/]*\/[^/]+$/.test(path)
}

const interpretersAllowed: PackageRule = {
  scope: 'package',
  id: 'interpreters-allowed',
  why: 'every interpreter is one of the system or its own',
  stops: (surveyed) => {
    const own = new Set(surveyed.kept.map(({ path }) => path))
    const wanted = factsOf(surveyed).flatMap(({ facts }) => interpretersOf(facts).flat())
    const strange = wanted.find((path) => !isForInterpreters(path) && !own.has(path))
    return strange === undefined ? undefined : `/${fitForTerminal(strange)} is no place for an interpreter`
  },
}

export const RUN_RULES: readonly PackageRule[] = [readable, librariesThere, dependenciesMet, interpretersThere, interpretersAllowed]

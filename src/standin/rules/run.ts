/**
 * Rules that tell whether what is placed could run here: libraries, libc, interpreters.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { ElfFacts, FileFacts } from '../elf.ts'
import { baseName, fitForTerminal } from './names.ts'
import type { PackageRule, Surveyed } from './rule.ts'

/** Facts of every file that stays, with its path. */
export function factsOf({ kept, input }: Surveyed): { path: string; facts: FileFacts }[] {
  return kept.flatMap((record) => {
    const facts = record.type === 'file' ? input.facts.get(record.sha256) : undefined
    return facts === undefined ? [] : [{ path: record.path, facts }]
  })
}

function elvesOf(surveyed: Surveyed): { path: string; facts: ElfFacts }[] {
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

/** Markers of glibc that name an ability instead of a version, with the version that brought it. */
const ABILITIES: ReadonlyMap<string, string> = new Map([
  ['GLIBC_ABI_DT_RELR', '2.36'],
  ['GLIBC_ABI_DT_X86_64_PLT', '2.42'],
  ['GLIBC_ABI_GNU2_TLS', '2.42'],
  ['GLIBC_ABI_GNU_TLS', '2.42'],
])

/** GLIBC_PRIVATE and markers that are newer than this table have no version: such a file only fits the very glibc it was built with. */
function versionOf(name: string): string | undefined {
  return ABILITIES.get(name) ?? /^GLIBC_(\d+(?:\.\d+)*)$/.exec(name)?.[1]
}

function isNewer(a: string, b: string): boolean {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}

const libcNewEnough: PackageRule = {
  scope: 'package',
  id: 'libc-new-enough',
  why: 'the libc of this machine is new enough',
  stops: (surveyed) => {
    const { glibc } = surveyed.input.host
    for (const name of new Set(elvesOf(surveyed).flatMap(({ facts }) => facts.glibc))) {
      const version = versionOf(name)
      if (glibc === undefined || version === undefined) return `it needs ${fitForTerminal(name)}`
      if (isNewer(version, glibc)) return `it needs glibc ${version}, here is ${glibc}`
    }
    return undefined
  },
}

/** `#!/usr/bin/env python` needs env and python. */
export function interpretersOf(facts: FileFacts): string[] {
  if (facts.kind === 'odd' || facts.kind === 'data' || facts.interpreter === undefined) return []
  const own = facts.interpreter.replace(/^\/+/, '')
  if (facts.kind === 'elf' || baseName(own) !== 'env' || facts.argument === undefined) return [own]
  const program = facts.argument.split(/\s+/).find((word) => word !== '-S' && !word.includes('='))
  return program === undefined || program.includes('/') ? [own] : [own, `usr/bin/${program}`]
}

const interpretersThere: PackageRule = {
  scope: 'package',
  id: 'interpreters-there',
  why: 'every interpreter that its programs ask for is here',
  stops: (surveyed) => {
    const own = new Set(surveyed.kept.map(({ path }) => path))
    const wanted = factsOf(surveyed).flatMap(({ facts }) => interpretersOf(facts))
    const missing = wanted.find((path) => !own.has(path) && surveyed.input.host.exists(path) === 'absent')
    return missing === undefined ? undefined : `not here: /${fitForTerminal(missing)}`
  },
}

export const RUN_RULES: readonly PackageRule[] = [readable, librariesThere, dependenciesMet, libcNewEnough, interpretersThere]

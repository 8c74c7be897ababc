/**
 * Rules about symbol versions: what a program was linked with must be in the libraries that it would find here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { baseName, fitForTerminal } from './names.ts'
import type { PackageRule } from './rule.ts'
import { elvesOf } from './run.ts'

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

/** A libstdc++ of an older compiler has the soname and not the symbols. Its own library comes first, then the one that the loader finds. */
const symbolVersions: PackageRule = {
  scope: 'package',
  id: 'symbol-versions',
  why: 'the libraries that it needs have the symbols that it was linked with',
  stops: (surveyed) => {
    const elves = elvesOf(surveyed)
    const own = new Map<string, Set<string>>()
    for (const { path, facts } of elves) {
      for (const name of new Set([facts.soname ?? baseName(path), baseName(path)])) {
        const key = `${facts.category} ${name}`
        own.set(key, new Set([...(own.get(key) ?? []), ...facts.defines]))
      }
    }
    for (const { facts } of elves) {
      for (const { library, version } of facts.wants) {
        const defined = own.get(`${facts.category} ${library}`) ?? surveyed.input.host.defines(facts.category, library)
        // A library that cannot be looked at says nothing; whether it is there is another rule's question.
        if (defined !== undefined && !defined.has(version)) return `${fitForTerminal(library)} has no ${fitForTerminal(version)} here`
      }
    }
    return undefined
  },
}

export const VERSION_RULES: readonly PackageRule[] = [libcNewEnough, symbolVersions]

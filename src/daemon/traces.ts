/**
 * Gathers what a build may have taken up of this host and of who started it: paths, names and homes that its archive is searched for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { plainText } from '../base/schema.ts'
import { type Metadata, METADATA_KEYS } from '../package/manifest.ts'
import type { PrivateText } from '../package/private/search.ts'
import { type PrivateFacts, privateTexts, unsought } from '../package/private/texts.ts'
import { readText } from '../portage/bounded.ts'
import { readRepos, type Repository } from '../portage/repos.ts'
import { readAccounts } from './accounts.ts'
import { called, calledNow, type NamedHost } from './called.ts'
import { callers } from './caller.ts'

/** What the warden tells a maker of where and by whom the package was built. */
export const traces = v.strictObject({
  tmpdir: plainText(4095),
  buildFolder: plainText(4095),
  /** Who typed the emerge that built it, as was read when the build began. */
  callers,
  /** What this host and its people were called by then; null where that is not known. */
  names: v.nullable(called),
  publicWords: v.array(plainText(80)),
  publicRepos: v.array(plainText(80)),
})

export type Traces = v.InferOutput<typeof traces>

const MAX_WORDS_BYTES = 64 * 1024 * 1024

/** Errors: HostError UNREADABLE. */
export function privateTextsOf(of: Traces, host: NamedHost, metadata: Metadata): PrivateText[] {
  return privateTexts(factsOf(of, host, metadata))
}

/** Names of this host and of people on it that are not looked for, each with the reason. Errors: HostError UNREADABLE. */
export function unsoughtNames(settings: Pick<Traces, 'publicWords' | 'publicRepos'>, host: NamedHost): ReturnType<typeof unsought> {
  const maybe = readAccounts(host.root).filter(({ kind }) => kind === 'maybe')
  return unsought(factsOf({ tmpdir: '/', buildFolder: '/', callers: null, names: null, ...settings }, host, {}), maybe)
}

function factsOf(of: Traces, host: NamedHost, metadata: Metadata): PrivateFacts {
  const accounts = readAccounts(host.root)
  const isSystem = (name: string): boolean => accounts.some((account) => account.name === name && account.kind === 'system')
  const typing = (of.callers ?? []).filter(({ name }) => !isSystem(name))
  const now = calledNow(host, accounts)
  // A build takes up what its host is called while it runs, which need not be so any more.
  const [hostname = '', ...aliases] = new Set([...now.hosts, ...(of.names?.hosts ?? [])])
  return {
    tmpdirs: [...new Set([of.tmpdir, followed(of.tmpdir)])],
    builds: [...new Set([of.buildFolder, followed(of.buildFolder)])],
    people: [...now.people, ...(of.names?.people ?? []), ...typing],
    hostname,
    aliases,
    domains: [...now.domains, ...(of.names?.domains ?? [])],
    isCommon: commonWords(of, host, metadata),
  }
}

/** The folder itself is mostly gone by now, so the links of what is left of the way to it are followed. */
function followed(folder: string): string {
  for (let end = folder.length; end > 0; end = folder.lastIndexOf('/', end - 1)) {
    const part = folder.slice(0, end)
    if (existsSync(part)) return realpathSync(part) + folder.slice(end)
  }
  return folder
}

/** Keys that hold the ebuild's own words. */
const EBUILD_KEYS = METADATA_KEYS.filter((key) => !['CFLAGS', 'CXXFLAGS', 'LDFLAGS', 'NEEDED.ELF.2', 'PROVIDES', 'REQUIRES'].includes(key))

function commonWords(of: Traces, { root }: NamedHost, metadata: Metadata): (word: string) => boolean {
  const own = wordsIn(EBUILD_KEYS.map((key) => metadata[key] ?? '').join(' '))
  const listed = new Set(of.publicWords.map((word) => word.toLowerCase()))
  const repositories = [...readRepos(root).values()].filter(({ name }) => of.publicRepos.includes(name))
  return (word) => {
    const plain = word.toLowerCase()
    return listed.has(plain) || own.has(plain) || repositories.some((repository) => isWordOf(repository, plain))
  }
}

function wordsIn(text: string): Set<string> {
  return new Set(text.toLowerCase().split(/[^a-z0-9]+/))
}

/** Whether it names a package or a category there, or stands in the description of a USE flag. */
function isWordOf({ folder }: Repository, word: string): boolean {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  if (names.some(({ name }) => wordsIn(name).has(word) || existsSync(join(folder, name, word)))) return true
  return ['use.desc', 'use.local.desc'].some((name) => wordsIn(readText(join(folder, 'profiles', name), MAX_WORDS_BYTES) ?? '').has(word))
}

/**
 * Finds what makes ccache give objects that the compiler of this build would not make: settings by which it looks at less than what decides of them.
 *
 * Sources: "Configuration" of the manual of ccache 4.10; `_prepare_features_dirs` of Portage 3.0.83 for where the cache lies.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { readText } from './bounded.ts'

export interface CcacheQuestion {
  readonly root: string
  /** PORTAGE_TMPDIR. */
  readonly tmpdir: string
  /** CCACHE_VARIABLES as the build has them, by name. */
  readonly told: Readonly<Record<string, string | undefined>>
  /** Whether debug information, which names folders, may end up in the package. */
  readonly keepsDebug: boolean
}

interface Setting {
  readonly key: string
  readonly value: string
  /** Where that stands, and in which words. */
  readonly says: string
}

const MAX_BYTES = 256 * 1024

/** Names of the environment where they are not those of the file without `_`. */
const KEYS: ReadonlyMap<string, string> = new Map([
  ['BASEDIR', 'base_dir'],
  ['CC', 'compiler'],
  ['COMPILERCHECK', 'compiler_check'],
  ['COMPILERTYPE', 'compiler_type'],
  ['HASHDIR', 'hash_dir'],
  ['IGNOREHEADERS', 'ignore_headers_in_manifest'],
  ['IGNOREOPTIONS', 'ignore_options'],
  ['NOHASHDIR', 'no_hash_dir'],
  ['PREFIX', 'prefix_command'],
  ['PREFIX_CPP', 'prefix_command_cpp'],
])

/** What is told of a build, of all CCACHE_*: the folder of its cache, and what may be no way to build. */
export const CCACHE_VARIABLES = [
  'CCACHE_DIR',
  'CCACHE_BASEDIR',
  'CCACHE_CC',
  'CCACHE_COMPILER',
  'CCACHE_COMPILERCHECK',
  'CCACHE_COMPILERTYPE',
  'CCACHE_CONFIGPATH',
  'CCACHE_HASHDIR',
  'CCACHE_IGNOREHEADERS',
  'CCACHE_IGNOREOPTIONS',
  'CCACHE_NOHASHDIR',
  'CCACHE_PATH',
  'CCACHE_PREFIX',
  'CCACHE_PREFIX_CPP',
  'CCACHE_REMOTE_STORAGE',
  'CCACHE_SECONDARY_STORAGE',
  'CCACHE_SLOPPINESS',
] as const

/** Set at all, they pass over what decides of an object, or let other programs or machines make it. */
const MUST_BE_EMPTY =
  'base_dir compiler configpath ignore_headers_in_manifest ignore_options path prefix_command prefix_command_cpp remote_storage secondary_storage sloppiness'

const MAY_SAY: ReadonlyMap<string, RegExp> = new Map([
  ['compiler_check', /^(mtime|content)$/],
  ['compiler_type', /^(auto)?$/],
  ...MUST_BE_EMPTY.split(' ').map((key) => [key, /^$/] as const),
])

const OF_DEBUG: ReadonlyMap<string, RegExp> = new Map([
  ['hash_dir', /^true$/],
  ['no_hash_dir', /^$/],
])

/** One clause for the user, or undefined where ccache gives what the compiler would. Errors: HostError UNREADABLE. */
export function whyOfCcache(question: CcacheQuestion): string | undefined {
  const { root, told, keepsDebug: ofDebug } = question
  const own = environmentOf(told)
  const general = settingsIn(root, '/etc/ccache.conf')
  for (const folder of foldersOf(question)) {
    const last = new Map([...general, ...settingsIn(root, join(folder, 'ccache.conf')), ...own].map((one) => [one.key, one]))
    const bad = [...last.values()].find(({ key, value }) => {
      const may = MAY_SAY.get(key) ?? (ofDebug ? OF_DEBUG.get(key) : undefined)
      return may !== undefined && !may.test(value)
    })
    if (bad !== undefined) return `ccache may give what this compiler would not make: ${bad.says}`
  }
  return undefined
}

/** Whether these flags, or words of FEATURES and RESTRICT, let debug information into the package. */
export function keepsDebug(flags: readonly string[], words: readonly string[]): boolean {
  return flags.some((flag) => /^-g(?!0$|no-)/.test(flag)) || ['nostrip', 'splitdebug', 'strip'].some((name) => words.includes(name))
}

function foldersOf({ tmpdir, told }: CcacheQuestion): string[] {
  const said = told['CCACHE_DIR'] ?? ''
  return said === '' ? [`${tmpdir}/ccache`, '/var/cache/ccache'] : [said]
}

function environmentOf(told: CcacheQuestion['told']): Setting[] {
  return CCACHE_VARIABLES.flatMap((name) => {
    const value = told[name] ?? ''
    const short = name.slice('CCACHE_'.length)
    const key = KEYS.get(short) ?? short.toLowerCase()
    return value === '' ? [] : [{ key, value, says: `the build has ${name}=${value.slice(0, 200)}` }]
  })
}

function settingsIn(root: string, path: string): Setting[] {
  const lines = (readText(join(root, path), MAX_BYTES) ?? '').split('\n')
  return lines.flatMap((line, at) => {
    const [, key = '', value = ''] = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    const says = `line ${at + 1} of ${path} says ${JSON.stringify(line.trim().slice(0, 200))}`
    return key === '' ? [] : [{ key, value, says }]
  })
}

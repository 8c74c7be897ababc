/**
 * Finds what makes ccache give objects that the compiler of this build would not make: settings by which it looks at less than what decides of them.
 *
 * Sources: "Configuration" of the manual of ccache 4.10; `_prepare_features_dirs` of Portage 3.0.83 for where the cache lies.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { isAbsolute, join } from 'node:path'
import { readText } from './bounded.ts'
import { configFiles } from './conffiles.ts'

export interface CcacheQuestion {
  readonly root: string
  /** PORTAGE_TMPDIR. */
  readonly tmpdir: string
  /** CCACHE_DIR of the build, where that is told; else it is looked for where a person sets it. */
  readonly directory?: string | undefined
  /** Whether debug information, which names folders, may end up in the package. */
  readonly keepsDebug: boolean
}

interface Setting {
  readonly key: string
  readonly value: string
  /** The line as it stands there. */
  readonly line: string
  readonly number: number
  readonly path: string
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
  const { root, keepsDebug: ofDebug } = question
  const own = personalFiles(root).flatMap((path) => environmentIn(root, path))
  const folders = foldersOf(question, own)
  if (folders === undefined) return 'where the settings of ccache lie (CCACHE_DIR) is said in a way that only a shell can read'
  const general = settingsIn(root, '/etc/ccache.conf')
  for (const folder of folders) {
    const last = new Map([...general, ...settingsIn(root, join(folder, 'ccache.conf')), ...own].map((one) => [one.key, one]))
    const bad = [...last.values()].find(({ key, value }) => {
      const may = MAY_SAY.get(key) ?? (ofDebug ? OF_DEBUG.get(key) : undefined)
      return may !== undefined && !may.test(value)
    })
    if (bad !== undefined)
      return `ccache may give what this compiler would not make: line ${bad.number} of ${bad.path} says ${JSON.stringify(bad.line.slice(0, 200))}`
  }
  return undefined
}

/** Whether these flags, or words of FEATURES and RESTRICT, let debug information into the package. */
export function keepsDebug(flags: readonly string[], words: readonly string[]): boolean {
  return flags.some((flag) => /^-g(?!0$|no-)/.test(flag)) || ['nostrip', 'splitdebug', 'strip'].some((name) => words.includes(name))
}

/** Undefined for a name that nobody here can evaluate. */
function foldersOf({ tmpdir, directory }: CcacheQuestion, own: readonly Setting[]): string[] | undefined {
  if (directory !== undefined && directory !== '') return [directory]
  const said = own.filter(({ key, value }) => key === 'dir' && value !== '').map(({ value }) => value)
  if (said.length === 0) return [`${tmpdir}/ccache`, '/var/cache/ccache']
  const folders = said.map((value) => value.replaceAll(/\$\{PORTAGE_TMPDIR\}|\$PORTAGE_TMPDIR\b/g, tmpdir))
  return folders.every((folder) => isAbsolute(folder) && !/[$`\\]/.test(folder)) ? [...new Set(folders)] : undefined
}

/** What `make.conf`, `package.env`, a bashrc or a login may set. */
function personalFiles(root: string): string[] {
  const places = ['etc/profile.env', 'etc/make.conf', 'etc/portage/make.conf', 'etc/portage/env', 'etc/portage/bashrc']
  return places.flatMap((place) => configFiles(join(root, place))).map((path) => `/${path.slice(join(root, '/').length)}`)
}

function environmentIn(root: string, path: string): Setting[] {
  return settingLines(root, path, /^\s*(?:export\s+)?CCACHE_([A-Z_]+)=(?:"([^"]*)"|'([^']*)'|([^\s#]*))/).map((one) => ({
    ...one,
    key: KEYS.get(one.key) ?? one.key.toLowerCase(),
  }))
}

function settingsIn(root: string, path: string): Setting[] {
  const prefix = root.replace(/\/+$/, '')
  return settingLines(root, path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path, /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/)
}

function settingLines(root: string, path: string, pattern: RegExp): Setting[] {
  const lines = (readText(join(root, path), MAX_BYTES) ?? '').split('\n')
  return lines.flatMap((line, at) => {
    const [, key = '', ...values] = pattern.exec(line) ?? []
    return key === '' ? [] : [{ key, value: values.find((one) => one !== undefined) ?? '', line: line.trim(), number: at + 1, path }]
  })
}

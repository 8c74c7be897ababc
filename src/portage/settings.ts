/**
 * Every setting of standin.conf, in one table that the file, its checks and its documentation are made from.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { parse } from 'ini'
import { UserError } from '../base/errors.ts'
import { readText } from './bounded.ts'
import { absolutePath, address, bytes, choice, rate, type Setting, wholeNumber, words, yesNo } from './setting.ts'

const URL_WORD = /^(https?|udp):\/\/[^\s"'<>\\]{1,500}$/
const REPOSITORY = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,79}$/

export const SETTINGS = {
  install_wait: wholeNumber({
    about:
      'How long emerge waits in pkg_setup, at most, for a stand-in that is still on its way. Where nobody has offered one within three seconds nothing waits any longer; nor does anything with 0. It is placed when it arrives.',
    min: 0,
    max: 600,
    unit: 'seconds',
    standard: '0',
  }),
  purge_wait: wholeNumber({
    about: 'How long the merge waits for the daemon to take the stand-in away, before the hook takes it away itself.',
    min: 1,
    max: 600,
    unit: 'seconds',
    standard: '30',
  }),
  on_failure: choice({
    about:
      'What becomes of a stand-in when the build fails, is interrupted or is killed: a stand-in is for the time of a build. One that is kept stays until the package is merged, or to the next `standin purge` or reboot.',
    from: ['purge', 'keep'],
    standard: 'purge',
  }),
  level: wholeNumber({
    about:
      'The least level at which a stand-in is used. 0: at least one valid attestation; 1 and 2: as many builders as the policy asks for; 3: a build server that the policy names.',
    min: 0,
    max: 3,
    standard: '1',
  }),
  policy: absolutePath({
    about: 'The file that says whose attestations count, and how many make a level.',
    standard: '/etc/portage/standin.policy',
  }),
  max_size: bytes({
    about: 'The largest package, unpacked, that gets a stand-in.',
    min: 1024,
    standard: '2G',
  }),
  max_total_size: bytes({
    about: 'What all stand-ins that are placed at one time may take together, unpacked.',
    min: 1024,
    standard: '8G',
  }),
  cache_size: bytes({
    about:
      'What archives may take on disk, those that were fetched and those that were made here together; what was fetched goes before what was made here, and of each the longest unused first.',
    min: 1024,
    standard: '10G',
  }),
  upload_limit: rate({ about: 'What is given to others. Nothing is uploaded before publish or seed is set.', standard: '1M' }),
  download_limit: rate({ about: 'What is taken from others.', standard: 'none' }),
  max_connections: wholeNumber({ about: 'Peers that are talked to at one time.', min: 1, max: 1000, standard: '50' }),
  listen: address({ about: 'The address that peers of the swarm reach this host at; :: is every address.', standard: '::' }),
  port: wholeNumber({
    about: 'The TCP port that peers reach this host at; 0 takes a free one at each start.',
    min: 0,
    max: 65_535,
    standard: '0',
  }),
  local_discovery: yesNo({ about: 'Find peers on the local network by multicast.', standard: 'yes' }),
  dht: yesNo({
    about: 'Find peers by the mainline DHT, which tells strangers the names of packages that are wanted here.',
    standard: 'no',
  }),
  trackers: words({
    about: 'Trackers to find peers by. One of WebRTC (ws, wss) is refused: standin does not speak that.',
    allowed: 'http, https or udp addresses',
    pattern: URL_WORD,
    most: 20,
    standard: '',
  }),
  web_seeds: words({
    about:
      'Web servers that hold archives: the file of each at ADDRESS/SHA256-OF-THE-ARCHIVE.gpkg.tar, as it lies in /var/cache/standin/archives of who built it. A server must answer a request for a range of bytes with status 206.',
    allowed: 'http or https addresses',
    pattern: /^https?:\/\/[^\s"'<>\\]{1,500}$/,
    most: 20,
    standard: '',
  }),
  publish_repos: words({
    about: 'Ebuild repositories whose packages are published. Your own overlay is nobody else\u2019s business until it is named here.',
    allowed: 'names of repositories',
    pattern: REPOSITORY,
    most: 100,
    standard: 'gentoo',
  }),
  public_words: words({
    about:
      'Names of this host, or of people on it, that say nothing about them: a build that holds such a word is published all the same. Others keep it at home. Names of one or two letters, and such as many programs hold anyway (root, test, desktop), are not looked for.',
    allowed: 'words of letters, digits and _ . -',
    pattern: /^[A-Za-z0-9_.-]{1,80}$/,
    most: 100,
    standard: '',
  }),
  tell: yesNo({ about: 'Say on the terminal that emerge was typed on what became of the stand-in, in one line each.', standard: 'yes' }),
  color: choice({
    about: 'Colour of those lines and of the command line tool; auto follows the terminal and NO_COLOR.',
    from: ['auto', 'yes', 'no'],
    standard: 'auto',
  }),
} as const satisfies Record<string, Setting<unknown>>

export type SettingName = keyof typeof SETTINGS
export type Settings = { readonly [K in SettingName]: NonNullable<ReturnType<(typeof SETTINGS)[K]['parse']>> }

export interface ReadSettings {
  readonly settings: Settings
  /** One line for each thing that was passed over. */
  readonly warnings: readonly string[]
}

const MAX_CONF_BYTES = 256 * 1024

/** Settings of the file at `path`, defaults where it says nothing or is not there. Errors: UserError BAD_SETTING, HostError UNREADABLE. */
export function readConf(path: string): ReadSettings {
  return parseConf(readText(path, MAX_CONF_BYTES) ?? '', path)
}

/** As `readConf`, for text that came from `path`. */
export function parseConf(text: string, path: string): ReadSettings {
  const given = new Map<string, unknown>(Object.entries(parse(text)))
  const unknown = [...given.keys()].filter((key) => !Object.hasOwn(SETTINGS, key))
  const settings: Record<string, unknown> = {}
  for (const [key, setting] of Object.entries(SETTINGS)) settings[key] = valueOf(setting, key, given.get(key), path)
  if (!isComplete(settings)) throw new UserError('BAD_SETTING', `${path}: a setting is missing`)
  return { settings, warnings: unknown.map((key) => unknownSetting(path, key, given.get(key))) }
}

function isComplete(settings: object): settings is Settings {
  return Object.keys(SETTINGS).every((key) => Object.hasOwn(settings, key))
}

function valueOf(setting: Setting<unknown>, key: string, given: unknown, path: string): unknown {
  const text = given === undefined ? setting.standard : written(given)
  const value = text === undefined ? undefined : setting.parse(text)
  if (value !== undefined) return value
  throw new UserError('BAD_SETTING', `${path}: ${key} = ${text?.slice(0, 200) ?? '(a list)'}: allowed is ${setting.allowed}`)
}

/** What stood in the file: ini makes true, false and null of those words, and lists and sections are no words. */
function written(given: unknown): string | undefined {
  if (typeof given === 'string') return given.trim()
  return typeof given === 'boolean' || given === null ? String(given) : undefined
}

function unknownSetting(path: string, key: string, value: unknown): string {
  if (typeof value === 'object' && value !== null) return `${path}: section [${key.slice(0, 80)}] is unknown and passed over`
  return `${path}: ${key.slice(0, 80)} is unknown and passed over`
}

/** The text of a standin.conf that says everything and changes nothing: each setting described, with its default, as a comment. */
export function standardConf(): string {
  const entries = Object.entries(SETTINGS).map(([key, { about, allowed, standard }]) => {
    const lines = [...wrapped(about, 100), ...wrapped(`Allowed: ${allowed}.`, 100)].map((line) => `# ${line}`)
    return [...lines, `#${key} = ${standard}`.trimEnd(), ''].join('\n')
  })
  return ['# Settings of standin. What is commented out shows the default.', '', ...entries].join('\n')
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length + 1 > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

/**
 * Questions about a path as text: its parts, its folders, whether it is one at all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { MAX_PATH_BYTES } from '../../package/record.ts'

/** NAME_MAX of every Linux filesystem that matters. */
const MAX_NAME_BYTES = 255

// oxlint-disable-next-line no-control-regex -- control and direction characters are exactly what must not reach a terminal
const UNFIT = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g

/** Folders above `path`, outermost first, without the root: `usr`, `usr/share` for `usr/share/x`. */
export function parentsOf(path: string): string[] {
  const parents: string[] = []
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) parents.push(path.slice(0, at))
  return parents
}

/** `lib64` for `usr/lib64`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** So that it still fits into PATH_MAX behind the root and inside of a temporary folder, where a part of it has another name. */
const MOST_BYTES = MAX_PATH_BYTES - 200

/** Whether `path` can be a relative path of a real file that means the same to everybody who reads it, and is fit for a terminal. */
export function isSoundPath(path: string): boolean {
  // Nearly every path there is; 100,000 of them are looked at while somebody waits.
  if (path.length <= MAX_NAME_BYTES && /^[!-~]+$/.test(path)) return !/(^|\/)\.{0,2}(\/|$)/.test(path)
  if (!path.isWellFormed() || Buffer.byteLength(path) > MOST_BYTES) return false
  if (path.search(UNFIT) >= 0) return false
  return path.split('/').every((name) => name !== '' && name !== '.' && name !== '..' && Buffer.byteLength(name) <= MAX_NAME_BYTES)
}

/** Where a link at `path` leads, as a path relative to the root, by text alone; undefined when it leaves the root. */
export function leadsTo(path: string, target: string): string | undefined {
  const parts = target.startsWith('/') ? [] : path.split('/').slice(0, -1)
  for (const name of target.split('/')) {
    if (name === '' || name === '.') continue
    if (name !== '..') parts.push(name)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.join('/')
}

/** In a folder of PATH: what a shell and a configure script find by name. */
export function isCommand(path: string): boolean {
  return /^(usr\/s?bin|opt\/bin)\/[^/]+$/.test(path)
}

const COMMAND_FOLDERS = ['usr/bin', 'usr/sbin', 'bin', 'sbin', 'opt/bin']

/** Everywhere that PATH may find a command of this name. */
export function commandsNamed(name: string): string[] {
  return COMMAND_FOLDERS.map((folder) => `${folder}/${name}`)
}

/** Other names under which a system looks for what `path` would be: commands by PATH, libraries of a split /usr, descriptions of terminals. */
export function namesakes(path: string): string[] {
  const name = baseName(path)
  if (isCommand(path)) return commandsNamed(name).filter((other) => other !== path)
  if (/^usr\/lib[^/]*\/[^/]+$/.test(path)) return [path.slice('usr/'.length)]
  const terminal = /^usr\/share\/(terminfo\/.+)$/.exec(path)?.[1]
  return terminal === undefined ? [] : [`etc/${terminal}`, `lib/${terminal}`, `usr/lib/${terminal}`]
}

/** A stranger's name as it may stand in a line for a terminal. */
export function fitForTerminal(name: string): string {
  return name.toWellFormed().slice(0, 200).replaceAll(UNFIT, '?')
}

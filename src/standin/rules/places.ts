/**
 * Rules about where a stand-in may lie: a list of what is allowed, by place and kind, and no list of what is not that could miss something.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { baseName, isCommand, leadsTo } from './names.ts'
import type { EntryRule, PackageRule, Rule } from './rule.ts'
import type { PlanInput } from '../host.ts'
import type { ImageRecord } from '../../package/record.ts'

/** Data that programs only read when they look for it by name; nothing acts by lying there. */
const SHARED = ['doc', 'info', 'licenses', 'locale', 'man', 'icons', 'pixmaps'] as const

/** Folders where a file acts by lying there, should a package carry the name of such a folder. A second lock, not the list that decides. */
const ACTING: readonly RegExp[] = [
  /^usr\/share\/(applications|autostart|bash-completion|ca-certificates|dbus-1|factory|fish|fontconfig|fonts|gdb|glib-2\.0|metainfo|mime)\//,
  /^usr\/share\/(openrc|p11-kit|pam|polkit-1|portage|sgml|systemd|user-tmpfiles\.d|wayland-sessions|xml|xsessions|zsh)\//,
  /^usr\/share\/(emacs\/site-lisp|vim\/vimfiles|nvim\/site|X11)\//,
  /^usr\/lib[^/]*\/(NetworkManager|binutils|browser-plugins|cups|dbus-1\.0|elogind|gcc|gconv|locale|mozilla|node_modules|pam|perl5|polkit-1)\//,
  /^usr\/lib[^/]*\/(python[\d.]*|portage|ruby|rustlib|security|sudo|systemd|udev|modules|firmware|kernel|[^/]+\.d)\//,
]

const LIBRARY = /^usr\/lib[^/]*\/[^/]+\.so\.[^/]+$/

/** Folder names that are the package's own: its name, its commands, and either with something after a dash, dot or digit. */
function isOwn(folder: string, input: PlanInput): boolean {
  const { name } = input.family
  if (folder === name || folder.toLowerCase() === name.toLowerCase()) return true
  return folder.startsWith(name) && /^[-.\d]/.test(folder.slice(name.length))
}

function isAllowed(path: string, input: PlanInput): boolean {
  if (ACTING.some((pattern) => pattern.test(path))) return false
  if (isCommand(path) || LIBRARY.test(path)) return true
  const [top, second, third, ...rest] = path.split('/')
  if (top === 'opt') return second !== undefined && third !== undefined && isOwn(second, input)
  if (top !== 'usr' || second === undefined || third === undefined) return false
  if (second === 'libexec') return isOwn(third, input)
  if (rest.length === 0) return false
  if (second === 'share') return SHARED.some((folder) => folder === third) || isOwn(third, input)
  return /^lib(32|64|x32)?$/.test(second) && isOwn(third, input)
}

const allowedPlace: EntryRule = {
  scope: 'entry',
  effect: 'leave',
  id: 'allowed-place',
  why: 'files go to commands, libraries, documentation and folders of the package itself, nowhere else',
  hits: (record, input) => !isAllowed(record.path, input),
}

/** A link is as good as what it leads to: something that is placed with it, or something in an allowed place that exists. */
const leadsSomewhere: EntryRule = {
  scope: 'entry',
  effect: 'leave',
  id: 'link-within',
  why: 'links lead to what is placed with them or to what exists in an allowed place',
  hits: (record, input, kept) => {
    if (record.type !== 'link') return false
    const target = leadsTo(record.path, record.target)
    if (target === undefined || target === record.path) return true
    if (kept.has(target)) return false
    return !(isAllowed(target, input) && input.host.exists(target) !== 'absent')
  },
}

/** What a program cannot do without, as far as a place tells: its commands, libraries and helpers. */
function isVital(path: string): boolean {
  return isCommand(path) || /^usr\/(lib[^/]*|libexec)\/|^opt\//.test(path)
}

const WHERE_IT_MATTERS = ['allowed-place', 'link-within', 'nothing-replaced', 'no-linked-folder']

/** A unit, a rule or a snippet of these may be missing and the program still runs as a user would run it. */
const DISPENSABLE =
  /^usr\/lib[^/]*\/(systemd|udev|tmpfiles\.d|sysusers\.d|sysctl\.d|modules-load\.d|modprobe\.d|binfmt\.d|environment\.d|debug)\//

const complete: PackageRule = {
  scope: 'package',
  id: 'complete',
  why: 'no command, library or helper of it had to be left out for its place',
  stops: ({ leftOut }) => {
    const missing = leftOut.find(({ path, rule }) => WHERE_IT_MATTERS.includes(rule) && isVital(path) && !DISPENSABLE.test(path))
    return missing === undefined
      ? undefined
      : `it would not run without ${baseName(missing.path)}, which may not be placed (${missing.rule})`
  },
}

const isUse = (record: ImageRecord): boolean => record.type !== 'dir' && (isCommand(record.path) || LIBRARY.test(record.path))

const useful: PackageRule = {
  scope: 'package',
  id: 'useful',
  why: 'a command or a library of it can be used',
  stops: ({ kept, input }) => {
    if (kept.some((record) => isUse(record) || (record.type === 'file' && record.path.startsWith('opt/')))) return undefined
    return input.manifest.records.some(isUse) ? 'no command or library of it is left to use' : 'it has no command and no library'
  },
}

export const PLACE_RULES: readonly Rule[] = [allowedPlace, leadsSomewhere, complete, useful]

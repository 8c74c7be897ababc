/**
 * Gathers what this host is called: by its kernel, by the files that set its name, and in /etc/hosts and /etc/resolv.conf.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { isPlaceholder, type PrivateFacts } from '../package/private/texts.ts'
import { readText } from '../portage/bounded.ts'

const MAX_NAME_BYTES = 64 * 1024
const MAX_HOSTS_BYTES = 16 * 1024 * 1024
const MAX_NAMES = 16

/** `called`: by the kernel, which may not have heard yet what the files say. Errors: HostError UNREADABLE. */
export function hostNames(root: string, called: string): Pick<PrivateFacts, 'hostname' | 'aliases' | 'domains'> {
  const own = [...new Set([called, ...namesToSet(root)])].filter(isOwnName)
  const [hostname = '', ...others] = own
  const aliases = new Set([...others, ...readAliases(root, own)])
  aliases.delete(hostname)
  return { hostname, aliases: [...aliases], domains: readDomains(root) }
}

/** hostname(5) of systemd, and what OpenRC's service `hostname` reads. */
function namesToSet(root: string): string[] {
  const systemd = fieldsIn(join(root, 'etc/hostname'), MAX_NAME_BYTES).flatMap(([name = '']) => (name === '' ? [] : [name]))
  const openrc = (readText(join(root, 'etc/conf.d/hostname'), MAX_NAME_BYTES) ?? '').matchAll(
    /^[ \t]*(?:export[ \t]+)?hostname=(["']?)([^\s"'`$;#\\]+)\1/gim,
  )
  return [...systemd.slice(0, 1), ...[...openrc].flatMap(([, , name = '']) => name).slice(-MAX_NAMES)]
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '127.0.1.1', '::1'])

/** Beside a name of its own whatever stands there; else for the loopback what has a part of one, for many a host keeps advertisers there. */
function readAliases(root: string, own: readonly string[]): string[] {
  const called = new Set(own.flatMap((name) => [name.toLowerCase(), labelsOf(name)[0] ?? '']))
  const parts = new Set(own.flatMap(tellingParts))
  // Of a hundred thousand lines few are worth being taken apart while a build begins.
  const mayName = anyOf([...called, ...parts])
  const lines = fieldsIn(join(root, 'etc/hosts'), MAX_HOSTS_BYTES, mayName).map(([address = '', ...names]) => ({ address, names }))
  const beside = lines.filter(({ names }) => names.some((name) => called.has(name.toLowerCase()))).flatMap(({ names }) => names)
  const loopback = lines.filter(({ address }) => LOOPBACK.has(address)).flatMap(({ names }) => names)
  const alike = loopback.filter((name) => labelsOf(name).some((label) => parts.has(label)))
  return [...beside.slice(0, MAX_NAMES), ...alike.slice(0, MAX_NAMES)].filter(isHostName)
}

function labelsOf(name: string): string[] {
  return name.toLowerCase().split('.')
}

/** Not `de`, nor `com` and `co` in front of a country, nor `www`. */
function tellingParts(name: string): string[] {
  const [first = '', ...others] = labelsOf(name)
  const parts = first.length < 3 ? [] : [first]
  return [...parts, ...others.slice(0, -1).filter((label) => label.length > 3)].filter((label) => !isPlaceholder(label))
}

function readDomains(root: string): string[] {
  const said = fieldsIn(join(root, 'etc/resolv.conf'), MAX_HOSTS_BYTES).filter(([key]) => key === 'domain' || key === 'search')
  return said.flatMap(([, ...names]) => names.map((name) => name.replace(/\.$/, ''))).filter(isHostName).slice(0, MAX_NAMES) // prettier-ignore
}

/** It may be anything, and is `(none)` where there is none. */
function isOwnName(name: string): boolean {
  return /^[^\s()/]{1,253}$/.test(name)
}

function isHostName(name: string): boolean {
  return /^[\w.-]{1,253}$/.test(name)
}

function anyOf(words: readonly string[]): (line: string) => boolean {
  return (line) => words.some((word) => line.toLowerCase().includes(word))
}

function fieldsIn(path: string, most: number, isWanted: (line: string) => boolean = () => true): string[][] {
  const lines = (readText(path, most) ?? '').split('\n').filter(isWanted)
  return lines.map((line) =>
    line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/),
  )
}

/**
 * What a course has changed on one host, written so that two hosts on which the same was typed say the same, whatever the time was.
 *
 * Left out is what two runs of one emerge differ in anyhow, each by its reason below. Nothing else is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync } from 'node:fs'
import { sha256Hex } from '../../../src/base/canonical.ts'
import type { Host } from '../host/host.ts'
import { differences } from '../host/snapshot.ts'
import type { Look } from './look.ts'

/** Files of which only their being there is compared, with mode and owner. */
const ANY_CONTENT: readonly { readonly of: RegExp; readonly why: string }[] = [
  { of: /\/var\/db\/pkg\/[^/]+\/[^/]+\/(BUILD_TIME|BINPKGMD5)$/, why: 'the time, and what hangs on it' },
  { of: /\/var\/db\/pkg\/[^/]+\/[^/]+\/COUNTER$/, why: 'of two merges at once either may be the first' },
  { of: /\/(environment(\.bz2|\.raw)?|die\.env)$/, why: 'times, process ids and random numbers of bash; searched for our names instead' },
  { of: /^\/var\/cache\/ldconfig\/aux-cache$/, why: 'inode numbers' },
  { of: /^\/var\/cache\/edb\/vdb_(metadata|blockers)\.pickle$/, why: 'times of folders' },
  { of: /^\/var\/cache\/binpkgs\//, why: 'a binary package holds the times of its build' },
  { of: /\/temp\/eclass-debug\.log$/, why: 'the time' },
  { of: /\/build-info\/(BUILD_TIME|BINPKGMD5)$/, why: 'the time, and what hangs on it' },
]

/** Of these a text is compared, without what is said of the time in it. */
const TEXTS: readonly { readonly of: RegExp; readonly plain: (text: string) => string }[] = [
  { of: /\/var\/db\/pkg\/[^/]+\/[^/]+\/CONTENTS$/, plain: (text) => text.replace(/ \d+$/gm, '') },
  { of: /\/var\/db\/pkg\/[^/]+\/[^/]+\/metadata$/, plain: (text) => text.replace(/^(BUILD_TIME|COUNTER|#dir_mtime)=.*$/gm, '$1') },
  { of: /^\/var\/cache\/edb\/mtimedb$/, plain: plainMtimedb },
  { of: /^\/var\/cache\/edb\/dep\//, plain: (text) => text.replace(/^_mtime_=.*$/m, '') },
  { of: /^\/var\/log\/emerge(-fetch)?\.log$/, plain: plainLog },
  { of: /^\/var\/log\/portage\/elog\//, plain: (text) => text.replace(/by process \d+ on \d\d\d\d-\d\d-\d\d \d\d:\d\d:\d\d \S+/g, 'TIME') },
  { of: /\/temp\/build\.log$/, plain: plainLog },
]

/** Ours on the host that runs it, and no leftover: its knowledge and what it gives to others. */
const OWN = /^\/var\/(lib\/standin\/(journal|known)\.sqlite(-wal|-shm)?|cache\/standin\/archives\/[0-9a-f]+\.gpkg\.tar)$/

/** One line for each thing that has changed. */
export function outcomeOf(host: Host, before: Look, after: Look, anyOrder: boolean): string[] {
  const tree = differences(before.tree, after.tree)
    .map((line) => /^(added|removed|changed) (.*?) \((?:.* -> \()?([^()]*)\)$/.exec(line)?.slice(1) ?? [line])
    .filter(([, path = '']) => !OWN.test(path))
    .flatMap(([how, path = '', is = '']) => [`${how} ${path}`, ...(how === 'removed' ? [] : plain(host, path, is, anyOrder))])
  const left = (['mounts', 'locks'] as const).flatMap((of) => changes(before[of], after[of]).map((line) => `${of}: ${line}`))
  return [...tree, ...left, ...newProcesses(before.processes, after.processes)]
}

/** The daemon asks Portage this and that whenever it likes, so there may be fewer now. */
export function newProcesses(before: readonly string[], after: readonly string[]): string[] {
  return changes(before, after).filter((line) => line.startsWith('+'))
}

/** Which lines are only in one of both, and so what the hooks made of it. */
export function contrast(on: readonly string[], off: readonly string[]): string[] {
  return changes(off, on).map((line) => line.replace(/^-/, 'only without the hooks:').replace(/^\+/, 'only with the hooks:'))
}

/** The properties of a file without its time, and the lines of a text, each with the path. */
function plain(host: Host, path: string, properties: string, anyOrder: boolean): string[] {
  const [kind, mode, owner, size, , hash] = properties.split(' ')
  const is = `${path} ${kind} ${mode} ${owner}`
  if (kind !== 'file') return [`${path} ${properties}`]
  if (ANY_CONTENT.some(({ of }) => of.test(path))) return [is]
  const text = TEXTS.find(({ of }) => of.test(path))
  if (text === undefined) return [`${is} ${size} ${hash}`]
  const plainText = text.plain(readFileSync(host.path(path), 'utf8'))
  const lines = plainText.split('\n')
  return [`${is} ${anyOrder ? '' : sha256Hex(plainText)}`, ...lines.map((line) => `${path}: ${line}`)]
}

/** What emerge says, and what it writes down of that. */
export function plainLog(text: string): string {
  return text
    .replaceAll('\r', '')
    .replace(/^\d{10}: /gm, '')
    .replace(/ ?\* waiting for lock on [^\n]*\n/g, '')
    .replace(/resolution took [\d.]+ s/g, 'resolution took a while')
    .replace(/^>>> Jobs: .*\n/gm, '')
    .replace(/(Final size of [a-z ]+): +[\d.]+ \w+.*/g, '$1')
    .replace(/Started emerge on: .*/g, 'Started emerge')
}

/** Lines of what emerge says on a terminal, without ours, which may come in the middle of another one. */
export function plainSaid(text: string): string[] {
  return plainLog(text.replaceAll('\r', '').replace(/ \* standin: .*\n/g, '')).split('\n')
}

interface Mtimedb {
  readonly resume?: { readonly favorites?: readonly string[] }
  readonly resume_backup?: unknown
}

/** The lists to go on with; Portage writes what was asked for as a set, which has no order. */
function plainMtimedb(text: string): string {
  const { resume, resume_backup: backup }: Mtimedb = JSON.parse(text)
  return JSON.stringify({ resume: { ...resume, favorites: resume?.favorites?.toSorted() }, backup: backup !== undefined }, undefined, 1)
}

function changes(before: readonly string[], after: readonly string[]): string[] {
  const left = [...before]
  const added = after.filter((line) => {
    const at = left.indexOf(line)
    if (at < 0) return true
    left.splice(at, 1)
    return false
  })
  return [...left.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)]
}

/**
 * `standin hook`: switches the hook in the user's bashrc on and off, or says whether it is on; `--pretend` shows the lines.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readBounded } from '../../portage/bounded.ts'
import { withBlock, withoutBlock } from '../../portage/hookblock.ts'
import { disableHook, enableHook, hookStatus } from '../../portage/hookfile.ts'
import type { HookDocument } from '../documents.ts'
import { EXIT } from '../exit.ts'
import type { Output } from '../output.ts'
import type { Line } from '../text.ts'
import type { World } from '../world.ts'

const MAX_BASHRC_BYTES = 4 * 1024 * 1024

/** `flags` has one of enable, disable and status. */
export function hook(world: World, out: Output, flags: ReadonlySet<string>, pretend: boolean): number {
  if (flags.has('status')) return tellStatus(world, out)
  const enable = flags.has('enable')
  const { path } = hookStatus(world)
  const change = changeOf(path, enable)
  const question = { root: world.root, pretend }
  const { changed } = enable ? enableHook(question) : disableHook(question)
  const document: HookDocument = { standin: 'hook-1', path, state: hookStatus(world).state, changed, pretend, ...change }
  if (out.json) out.document(document)
  else if (pretend || out.verbose) out.lines(renderChange(document))
  const done = pretend ? 'would be' : 'is now'
  out.good(changed ? `the hook ${done} ${enable ? 'on' : 'off'}: ${path}` : `the hook was ${enable ? 'on' : 'off'} already: ${path}`)
  return EXIT.ok
}

function tellStatus(world: World, out: Output): number {
  const { path, state } = hookStatus(world)
  if (out.json)
    out.document({ standin: 'hook-1', path, state, changed: false, pretend: false, removed: [], added: [] } satisfies HookDocument)
  else out.lines([out.quiet ? [state] : [{ tone: state === 'on' ? 'good' : 'warn', text: state }, `  ${path}`]])
  if (state === 'outdated') out.warn('the lines in it are not those of this version: standin hook --enable brings them up to date')
  return { on: EXIT.ok, outdated: EXIT.failure, off: EXIT.nothing }[state]
}

function changeOf(path: string, enable: boolean): { removed: string[]; added: string[] } {
  const before = readBounded(path, MAX_BASHRC_BYTES)?.toString('latin1')
  const after = enable ? withBlock(before, path) : before === undefined ? undefined : withoutBlock(before, path)
  return difference(linesOf(before), linesOf(after))
}

// The file is read byte by byte so that it can be written back; a person reads it as UTF-8.
function linesOf(text: string | undefined): string[] {
  const lines = Buffer.from(text ?? '', 'latin1')
    .toString('utf8')
    .split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

/** What lies between the lines that both begin with and those that both end with: one change, as a block makes it. */
export function difference(before: readonly string[], after: readonly string[]): { removed: string[]; added: string[] } {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start += 1
  let end = 0
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1
  return { removed: before.slice(start, before.length - end), added: after.slice(start, after.length - end) }
}

export function renderChange({ path, removed, added }: Pick<HookDocument, 'path' | 'removed' | 'added'>): Line[] {
  if (removed.length === 0 && added.length === 0) return []
  return [
    [{ tone: 'bold', text: path }],
    ...removed.map((line): Line => [{ tone: 'bad', text: `-${line}` }]),
    ...added.map((line): Line => [{ tone: 'good', text: `+${line}` }]),
  ]
}

/**
 * `standin hook`: switches the hook in the user's bashrc on, and off once nothing stands in any more, or says whether it is on; `--pretend` shows the lines.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError } from '../../base/errors.ts'
import { counted } from '../../base/units.ts'
import { readBounded } from '../../portage/bounded.ts'
import { withBlock, withoutBlock } from '../../portage/hookblock.ts'
import { disableHook, enableHook, hookStatus } from '../../portage/hookfile.ts'
import { hookReach, mayEnd, MOVE_END } from '../../portage/hookreach.ts'
import type { HookDocument } from '../documents.ts'
import { EXIT } from '../exit.ts'
import type { Output } from '../output.ts'
import type { Line } from '../text.ts'
import type { World } from '../world.ts'
import { liveNow, purgeAll } from './purge.ts'

const MAX_BASHRC_BYTES = 4 * 1024 * 1024
const STILL_SET =
  'remove STANDIN_FEATURES from make.conf and package.env too: without the hook each package that is built keeps it in environment.bz2'

/** `flags` has one of enable, disable and status. */
export async function hook(world: World, out: Output, flags: ReadonlySet<string>, pretend: boolean): Promise<number> {
  if (flags.has('status')) return tellStatus(world, out)
  const enable = flags.has('enable')
  const { path } = hookStatus(world)
  const change = changeOf(path, enable)
  const question = { root: world.root, pretend }
  const { changed, purged } = enable ? { ...enableHook(question), purged: [] } : await disable(world, out, pretend)
  const document: HookDocument = { standin: 'hook-1', path, state: hookStatus(world).state, changed, pretend, ...change, purged }
  if (out.json) out.document(document)
  else if (pretend || out.verbose) out.lines(renderChange(document))
  const done = pretend ? 'would be' : 'is now'
  out.good(changed ? `the hook ${done} ${enable ? 'on' : 'off'}: ${path}` : `the hook was ${enable ? 'on' : 'off'} already: ${path}`)
  if (pretend && purged.length > 0) out.warn(`would be purged first: ${purged.join(' ')}`)
  if (enable && !pretend) tellWhetherReached(world, out)
  if (!enable && changed && !pretend) out.warn(STILL_SET)
  return EXIT.ok
}

/** What stands in goes first, or the hook stays: nobody else would take it away before the merge, which would fail for it. */
async function disable(world: World, out: Output, pretend: boolean): Promise<{ changed: boolean; purged: string[] }> {
  // What is live only root may see.
  if (pretend) return { ...disableHook({ root: world.root, pretend }), purged: world.uid === 0 ? liveNow(world).map(({ cpv }) => cpv) : [] }
  const before = await purgeAll(world, out)
  if (before.failed > 0) throw new HostError('BAD_STATE', `${resisted(before.failed)}, so the hook stays on`)
  const { changed } = disableHook({ root: world.root })
  // The daemon looks for the hook once more when the journal names a stand-in: either that sees that it went, or this sees the stand-in.
  const since = await purgeAll(world, out)
  if (since.failed > 0) throw new HostError('BAD_STATE', `the hook is off, and ${resisted(since.failed)}: standin purge --all tries again`)
  return { changed, purged: [...before.purged, ...since.purged] }
}

const resisted = (count: number): string => `${counted(count, 'stand-in')} could not be purged`

function tellWhetherReached({ root }: World, out: Output): void {
  const { end } = hookReach(root)
  if (end === undefined) return
  out.warn(`there will be no stand-in: ${mayEnd(end)} (${JSON.stringify(end.text)})`)
  out.warn(MOVE_END)
}

function tellStatus(world: World, out: Output): number {
  const { path, state } = hookStatus(world)
  if (out.json)
    out.document({
      standin: 'hook-1',
      path,
      state,
      changed: false,
      pretend: false,
      removed: [],
      added: [],
      purged: [],
    } satisfies HookDocument)
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

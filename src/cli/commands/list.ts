/**
 * `standin list`: the live stand-ins and the own builds that atoms mean.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Named, meant } from '../atoms.ts'
import { daemonOr } from '../daemonOr.ts'
import type { ListDocument } from '../documents.ts'
import { journalPath, readJournal, readKnown } from '../lastKnown.ts'
import type { Output } from '../output.ts'
import { buildLine, liveLine } from '../standinLines.ts'
import { type Line } from '../text.ts'
import type { World } from '../world.ts'

export async function list(world: World, out: Output, atoms: readonly string[]): Promise<number> {
  const { value, fromDaemon, exit } = await daemonOr(world, out, 'list', () => ({
    live: readJournal(journalPath(world.folders)).live,
    builds: readKnown(world.folders).builds,
  }))
  const found = new Set<Named>(meant(atoms, [...value.live, ...value.builds], 'no live stand-in and no own build'))
  const document: ListDocument = {
    standin: 'list-1',
    daemon: fromDaemon,
    live: value.live.filter((one) => found.has(one)),
    builds: value.builds.filter((one) => found.has(one)),
  }
  if (out.json) out.document(document)
  else if (found.size === 0) out.good('there is no live stand-in and no own build')
  else out.lines(renderList(document, { now: world.now(), quiet: out.quiet, verbose: out.verbose }))
  return exit
}

export function renderList({ live, builds }: ListDocument, how: { now: number; quiet: boolean; verbose: boolean }): Line[] {
  if (how.quiet) return [...new Set([...live, ...builds].map(({ cpv }) => cpv))].map((cpv): Line => [cpv])
  return [
    ...live.map((one): Line => [{ tone: 'good', text: '[live] ' }, ' ', ...liveLine(one, how.now)]),
    ...builds.flatMap((one): Line[] => [
      [{ tone: 'label', text: '[built]' }, ' ', ...buildLine(one)],
      ...(how.verbose
        ? [`recipe  ${one.recipe}`, `content ${one.content}`, `archive ${one.archive}`].map((id): Line => [`        ${id}`])
        : []),
    ]),
  ]
}

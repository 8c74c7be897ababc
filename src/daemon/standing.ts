/**
 * Says which stand-ins must go before a package is merged, which one belongs to a build, and what the journal is to know of one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import type { Entry, NewEntry } from '../standin/journal.ts'
import { isSamePackage } from '../standin/live.ts'
import { sharedNames } from '../standin/shared.ts'
import type { Site } from '../standin/site.ts'
import type { Offer } from '../swarm/wire.ts'
import type { Course } from './course.ts'
import { cpvOfMoment, type MomentValues } from './moment.ts'

/** Every one of the package, also that of another emerge which still builds: whatever is merged would find its files in the way. */
export function standingOf(site: Pick<Site, 'journal'>, values: MomentValues): Entry[] {
  return site.journal.unsettled().filter(({ cpv }) => isSamePackage(cpv, cpvOfMoment(values)))
}

/**
 * Those of other packages that have put a name where the image of this merge has one too, and that name: Portage may refuse the merge for it, and can
 * name nobody who owns it.
 */
export function metBy(
  site: Pick<Site, 'journal' | 'root'>,
  values: MomentValues,
): readonly { readonly entry: Entry; readonly path: string }[] {
  const others = values.D === '' ? [] : site.journal.unsettled().filter(({ cpv }) => !isSamePackage(cpv, cpvOfMoment(values)))
  if (others.length === 0) return []
  const shared = sharedNames({ root: site.root, image: join(values.D, site.root) })
  return others.flatMap((entry) => {
    const path = shared(site.journal.paths(entry.id))
    return path === undefined ? [] : [{ entry, path }]
  })
}

/** Those of one build. */
export function standingFor(site: Pick<Site, 'journal'>, { PORTAGE_BUILDDIR }: MomentValues): Entry[] {
  return site.journal.unsettled().filter(({ builddir }) => builddir === PORTAGE_BUILDDIR)
}

/** What the journal is to know of a copy of `offer` that is about to stand in for a build. */
export function entryOf({ cpv, note }: Course, level: number, offer: Offer, at: Date): NewEntry {
  const { values } = note.began
  return {
    eroot: values.EROOT,
    cpv,
    builddir: values.PORTAGE_BUILDDIR,
    ownerPid: note.owner?.pid ?? 0,
    ownerStart: note.owner?.startTime ?? '',
    lockPath: `${values.PORTAGE_TMPDIR}/portage/${values.CATEGORY}/.${values.PF}.portage_lockfile`,
    archive: offer.archive.sha256,
    content: offer.content,
    recipe: offer.recipe,
    level,
    at: at.getTime(),
  }
}

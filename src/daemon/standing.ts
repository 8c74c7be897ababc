/**
 * Says which stand-ins must go before a package is merged, and which one belongs to a build.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Entry } from '../standin/journal.ts'
import { isSamePackage } from '../standin/live.ts'
import type { Site } from '../standin/site.ts'
import { cpvOfMoment, type MomentValues } from './moment.ts'

/** Every one of the package, also that of another emerge which still builds: whatever is merged would find its files in the way. */
export function standingOf(site: Pick<Site, 'journal'>, values: MomentValues): Entry[] {
  return site.journal.unsettled().filter(({ cpv }) => isSamePackage(cpv, cpvOfMoment(values)))
}

/** Those of one build. */
export function standingFor(site: Pick<Site, 'journal'>, { PORTAGE_BUILDDIR }: MomentValues): Entry[] {
  return site.journal.unsettled().filter(({ builddir }) => builddir === PORTAGE_BUILDDIR)
}

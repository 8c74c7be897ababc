/**
 * What becomes of a fetched archive once its files are placed: it is held until the own build has been compared with it, and given on with `seed`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Offer } from '../swarm/wire.ts'
import type { Course } from './course.ts'
import type { Realm } from './realm.ts'

export function passOn({ known, peer }: Pick<Realm, 'known' | 'peer'>, { cpv, note }: Course, staging: string, offer: Offer): void {
  const { seed, typed } = note.wanted
  const granted = typed.includes('seed') ? 'typed' : 'settings'
  const { repository } = offer.family
  if (seed) known.savePassedOn({ archive: offer.archive.sha256, cpv, slot: offer.slot, repository, granted })
  peer.pass(staging, seed)
}

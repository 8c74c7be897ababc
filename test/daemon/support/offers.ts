/**
 * Offers, keys and builds as tests of the daemon need them: whole, valid, and different only in what a test says.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { sha256Hex } from '../../../src/base/canonical.ts'
import type { Build } from '../../../src/daemon/known.ts'
import type { Weighed } from '../../../src/daemon/choose.ts'
import type { Offer } from '../../../src/swarm/wire.ts'
import { seal } from '../../../src/trust/envelope.ts'
import { keyOfSeed, type SigningKey } from '../../../src/trust/key.ts'
import { statementOf } from '../../../src/trust/statement.ts'
import type { Envelope } from '../../../src/trust/wire.ts'

export const id = (name: string): string => sha256Hex(name)

export const keyNamed = (name: string): SigningKey => keyOfSeed(Buffer.from(id(name), 'hex'))

const FAMILY = { repository: 'gentoo', category: 'app-misc', name: 'hello', version: '2.10', chost: 'x86_64-pc-linux-gnu' }

/** Says that `of` gave its content, signed by the key of `name`. */
export function attested(of: Offer, name: string, changes: Partial<Parameters<typeof statementOf>[0]> = {}): Envelope {
  const { recipe, linkage, environment, content, stable, metadata, archive } = of
  const said = { cpv: 'app-misc/hello-2.10', recipe, linkage, environment, content, stable, metadata, archive, standinsLive: false }
  return seal(statementOf({ ...said, ...changes }), keyNamed(name))
}

export function offerNamed(name: string, changes: Partial<Offer> = {}): Offer {
  const sha256 = id(`archive of ${name}`)
  return {
    family: FAMILY,
    slot: '0',
    recipe: id('recipe'),
    environment: id('environment'),
    linkage: id('linkage'),
    content: id(`content of ${name}`),
    stable: id(`stable of ${name}`),
    metadata: id('metadata'),
    archive: { sha256, size: 1000, name: `${sha256}.gpkg.tar`, infohash: 'a'.repeat(40), pieceLength: 262_144, pieces: 'AAAA' },
    image: { files: 3, bytes: 3000 },
    requires: [],
    attestations: [],
    ...changes,
  }
}

export function weighedNamed(name: string, changes: Partial<Offer> = {}, judged: Partial<Weighed> = {}): Weighed {
  return { offer: offerNamed(name, changes), level: 1, counted: '1 of 1', attested: 1, disputed: false, ...judged }
}

export function buildNamed(name: string, path: string, changes: Partial<Build> = {}): Build {
  const { archive, ...draft } = offerNamed(name)
  const { sha256, size } = archive
  return {
    cpv: 'app-misc/hello-2.10',
    archive: { sha256, size },
    path,
    offer: draft,
    audit: 'none',
    granted: 'settings',
    used: 0,
    ...changes,
  }
}

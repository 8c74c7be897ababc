/**
 * Rules about the emerge that asks and about whether the archive is the package it asked for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { cpvOf } from '../../package/family.ts'
import type { PackageRule } from './rule.ts'

const sourceMerge: PackageRule = {
  scope: 'package',
  id: 'source-merge',
  why: 'Portage builds the package from source and merges it',
  stops: ({ input }) => (input.wish.mergeType === 'source' ? undefined : 'Portage does not build this package from source'),
}

const ownRoot: PackageRule = {
  scope: 'package',
  id: 'own-root',
  why: 'the package goes to the running system',
  stops: ({ input }) => (input.wish.root === '/' ? undefined : 'the package goes to another ROOT than /'),
}

const nativeChost: PackageRule = {
  scope: 'package',
  id: 'native-chost',
  why: 'it was built for the CHOST of this machine',
  stops: ({ input }) =>
    input.family.chost === input.host.chost ? undefined : `it was built for ${input.family.chost}, this is another CHOST`,
}

const slotFree: PackageRule = {
  scope: 'package',
  id: 'slot-free',
  why: 'nothing of the package is installed in this slot',
  stops: ({ input }) =>
    input.host.installedSlots.includes(input.wish.slot) ? 'the slot is installed; an upgrade or rebuild gets no stand-in' : undefined,
}

/** An archive travels under the name that its finder used; what it says of itself must agree, or one package stands in for another. */
const samePackage: PackageRule = {
  scope: 'package',
  id: 'same-package',
  why: 'the archive is the package and slot that emerge builds',
  stops: ({ input: { family, manifest, wish } }) => {
    const { CATEGORY, PF, CHOST, SLOT, repository } = manifest.metadata
    const agrees =
      wish.cpv === cpvOf(family) &&
      `${CATEGORY}/${PF}` === wish.cpv &&
      repository === family.repository &&
      CHOST === family.chost &&
      SLOT?.split('/')[0] === wish.slot
    return agrees ? undefined : 'the archive says that it is another package, repository, CHOST or slot'
  },
}

export const REQUEST_RULES: readonly PackageRule[] = [sourceMerge, ownRoot, nativeChost, slotFree, samePackage]

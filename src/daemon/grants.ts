/**
 * Which archives may be given to others now: own builds where `publish` says so, fetched ones where `seed` does, each asked of this host for its package.
 *
 * What somebody has switched on by typing it stays: there is nobody to ask again. Everything else is asked anew, so taking a token away takes effect.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Feature } from '../portage/features.ts'
import type { Features } from './hostFeatures.ts'
import type { Build, Granted, Known } from './known.ts'

export interface GrantsInput {
  readonly known: Pick<Known, 'builds' | 'passedOn'>
  readonly features: Pick<Features, 'ofPackages'>
  /** `publish_repos`. */
  readonly publicRepos: readonly string[]
}

export interface Grants {
  readonly builds: readonly { readonly build: Build; readonly isGiven: boolean }[]
  readonly passedOn: readonly { readonly archive: string; readonly isGiven: boolean }[]
}

/** Undefined when Portage cannot be asked: nothing is to be given then, and nothing is to be thrown away. */
export async function grantsOf({ known, features, publicRepos }: GrantsInput): Promise<Grants | undefined> {
  const [builds, passedOn] = [known.builds(), known.passedOn()]
  const packages = [
    ...builds.map(({ cpv, offer }) => ({ cpv, slot: offer.slot, repository: offer.family.repository })),
    ...passedOn.map(({ cpv, slot, repository }) => ({ cpv, slot, repository })),
  ]
  const said = await features.ofPackages(packages)
  if (said === undefined) return undefined
  const isGiven = (at: number, granted: Granted, token: Feature): boolean => {
    const isPublic = publicRepos.includes(packages[at]?.repository ?? '')
    return isPublic && (granted === 'typed' || said[at]?.has(token) === true)
  }
  return {
    builds: builds.map((build, at) => ({ build, isGiven: isGiven(at, build.granted, 'publish') })),
    passedOn: passedOn.map(({ archive, granted }, at) => ({ archive, isGiven: isGiven(builds.length + at, granted, 'seed') })),
  }
}

/**
 * Own builds are given with `publish`, fetched ones with `seed`, each as this host says now for that package; what was typed stays.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grantsOf } from '../../src/daemon/grants.ts'
import type { Granted } from '../../src/daemon/known.ts'
import type { Feature } from '../../src/portage/features.ts'
import { buildNamed, id } from './support/offers.ts'

interface Case {
  readonly what: string
  readonly says: readonly Feature[] | undefined
  readonly granted?: Granted
  readonly publicRepos?: readonly string[]
  /** Whether the own build and the fetched archive are given; undefined: nobody knows. */
  readonly given: readonly [boolean, boolean] | undefined
}

const CASES: readonly Case[] = [
  { what: 'nothing', says: [], given: [false, false] },
  { what: 'publish', says: ['publish'], given: [true, false] },
  { what: 'seed', says: ['seed'], given: [false, true] },
  { what: 'both', says: ['publish', 'seed'], given: [true, true] },
  { what: 'install', says: ['install'], given: [false, false] },
  { what: 'nothing, and both were typed', says: [], granted: 'typed', given: [true, true] },
  { what: 'both, and the repository is not named any more', says: ['publish', 'seed'], publicRepos: [], given: [false, false] },
  { what: 'what Portage cannot say', says: undefined, given: undefined },
]

for (const { what, says, granted = 'settings', publicRepos = ['gentoo'], given } of CASES) {
  test(`the host says ${what}`, async () => {
    const asked: string[] = []
    const known = {
      builds: () => [buildNamed('own', '/x', { granted })],
      passedOn: () => [{ archive: id('fetched'), cpv: 'app-misc/other-1', slot: '0', repository: 'gentoo', granted }],
    }
    const grants = await grantsOf({
      known,
      publicRepos,
      features: {
        async ofPackages(packages) {
          asked.push(...packages.map(({ cpv }) => cpv))
          return says && packages.map(() => new Set(says))
        },
      },
    })
    assert.deepEqual(grants && [grants.builds[0]?.isGiven, grants.passedOn[0]?.isGiven], given)
    assert.deepEqual(asked, ['app-misc/hello-2.10', 'app-misc/other-1'])
  })
}

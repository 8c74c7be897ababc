/**
 * On a merged /usr, where /usr/sbin is a link to bin, an image with /usr/sbin is placed where Portage would merge it, and purged whole.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { FileFacts } from '../../src/standin/elf.ts'
import { place } from '../../src/standin/place.ts'
import { planStandin, type Plan } from '../../src/standin/plan.ts'
import { purge } from '../../src/standin/purge.ts'
import { openStaging } from '../../src/standin/staging.ts'
import { surveyDisk } from '../../src/standin/survey-host.ts'
import { differences, snapshot } from '../support/oracle.ts'
import { baseInput } from './support/input.ts'
import { entryFor, manifestOf, sha256, stage, type TestHost, type Tree } from './support/site.ts'
import { onHost, skip } from './support/tree.ts'

const SCRIPT = '#!/usr/bin/sh\n'
const shell: FileFacts = { kind: 'script', interpreter: '/usr/bin/sh', argument: undefined }
const IMAGE: Tree = {
  'usr/sbin/demod': SCRIPT,
  'usr/sbin/demod-alias': { link: 'demod' },
  'usr/bin/demo': { link: '../sbin/demod' },
  'usr/bin/demo-too': { link: '/usr/sbin/demod-alias' },
}

function planFor(host: TestHost, tree: Tree): Plan {
  const input = baseInput()
  const manifest = manifestOf(tree, { ...input.manifest.metadata, REQUIRES: '' })
  const facts = new Map([[sha256(SCRIPT), shell]])
  const disk = surveyDisk(host.root, manifest, facts)
  return planStandin({ ...input, manifest, facts, host: { ...input.host, ...disk } })
}

function lay(host: TestHost, sbin: string | undefined): void {
  writeFileSync(join(host.root, 'usr/bin/sh'), '')
  if (sbin === undefined) mkdirSync(join(host.root, 'usr/sbin'))
  else symlinkSync(sbin, join(host.root, 'usr/sbin'))
}

const named = (plan: Plan): string[] => (plan.kind === 'place' ? plan.operations.map(({ path }) => path) : [])

for (const sbin of ['bin', '../usr/bin', '/usr/bin'])
  test(`all of it lies in /usr/bin where /usr/sbin is a link to ${sbin}`, { skip }, () =>
    onHost(async (host) => {
      lay(host, sbin)
      const plan = planFor(host, IMAGE)
      assert.ok(plan.kind === 'place', JSON.stringify(plan))
      assert.deepEqual(named(plan), ['usr/bin/demo', 'usr/bin/demo-too', 'usr/bin/demod', 'usr/bin/demod-alias'])
      stage(host.stagingPath, IMAGE)
      const before = snapshot(host.root)
      const staging = openStaging(host.stagingPath)
      const result = await place({ ...host, plan, staging, entry: entryFor(), shouldStop: () => false, say: assert.fail })
      staging.close()
      assert.ok(result.kind === 'placed', JSON.stringify(result))
      assert.ok(lstatSync(join(host.root, 'usr/bin/demod')).isFile())
      purge({ ...host, id: result.id, say: assert.fail })
      assert.deepEqual(differences(before, snapshot(host.root)), [])
    }),
  )

test('it lies in both folders where there are two', () =>
  onHost((host) => {
    lay(host, undefined)
    assert.deepEqual(named(planFor(host, IMAGE)), ['usr/bin/demo', 'usr/bin/demo-too', 'usr/sbin/demod', 'usr/sbin/demod-alias'])
  }))

test('a link to anywhere else is nothing that is placed through', () =>
  onHost((host) => {
    lay(host, '../elsewhere')
    const plan = planFor(host, IMAGE)
    assert.ok(plan.kind === 'refuse')
    assert.deepEqual(
      plan.reasons.map(({ rule }) => rule),
      ['complete', 'useful'],
    )
  }))

test('two names that are one here are refused, and so is one that exists', () =>
  onHost((host) => {
    lay(host, 'bin')
    const twice = planFor(host, { ...IMAGE, 'usr/bin/demod': SCRIPT })
    assert.ok(twice.kind === 'refuse' && twice.reasons.some(({ rule }) => rule === 'one-tree'))
    writeFileSync(join(host.root, 'usr/bin/demod'), 'the user’s')
    const there = planFor(host, IMAGE)
    assert.ok(there.kind === 'refuse' && there.reasons.some(({ rule }) => rule === 'complete'))
  }))

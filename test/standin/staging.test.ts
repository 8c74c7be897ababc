/**
 * A peer that was taken over can stage what it likes: nothing but regular files with the bytes that the manifest names is ever placed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { place } from '../../src/standin/place.ts'
import { planStandin } from '../../src/standin/plan.ts'
import { openStaging, readManifest } from '../../src/standin/staging.ts'
import { surveyStaged } from '../../src/standin/survey.ts'
import { differences, snapshot } from '../support/oracle.ts'
import { baseInput } from './support/input.ts'
import { entryFor, manifestOf, planOf, sha256, stage, type TestHost } from './support/site.ts'
import { DEMO, onHost, skip } from './support/tree.ts'

const HEX = sha256('library')

interface Row {
  readonly what: string
  readonly code: string
  readonly spoil: (host: TestHost, file: string) => void
}

const ROWS: readonly Row[] = [
  { what: 'is missing', code: 'BAD_ARCHIVE', spoil: (_host, file) => rmSync(file) },
  {
    what: 'is a link to the right bytes',
    code: 'BAD_ARCHIVE',
    spoil: (host, file) => {
      renameSync(file, join(host.top, 'elsewhere'))
      symlinkSync(join(host.top, 'elsewhere'), file)
    },
  },
  {
    what: 'is a FIFO that nobody writes to',
    code: 'BAD_HASH',
    spoil: (_host, file) => {
      rmSync(file)
      assert.equal(spawnSync('mkfifo', [file]).status, 0)
    },
  },
  {
    what: 'is a device',
    code: 'BAD_HASH',
    spoil: (_host, file) => {
      rmSync(file)
      assert.equal(spawnSync('mknod', [file, 'c', '1', '5']).status, 0)
    },
  },
  {
    what: 'is a folder',
    code: 'BAD_HASH',
    spoil: (_host, file) => {
      rmSync(file)
      mkdirSync(file)
    },
  },
  { what: 'is shorter', code: 'BAD_HASH', spoil: (_host, file) => truncateSync(file, 3) },
  { what: 'is longer', code: 'BAD_HASH', spoil: (_host, file) => writeFileSync(file, 'library and more') },
  { what: 'has other bytes', code: 'BAD_HASH', spoil: (_host, file) => writeFileSync(file, 'LIBRARY') },
]

async function placeStaged(host: TestHost): Promise<void> {
  const staging = openStaging(host.stagingPath)
  try {
    const plan = planOf(DEMO, (folder) => existsSync(join(host.root, folder)))
    await place({ ...host, plan, staging, entry: entryFor(), shouldStop: () => false, say: () => undefined })
  } finally {
    staging.close()
  }
}

for (const { what, code, spoil } of ROWS)
  test(`a staged file that ${what} is refused, and nothing is left`, { skip }, () =>
    onHost(async (host) => {
      stage(host.stagingPath, DEMO)
      const before = snapshot(host.root)
      spoil(host, join(host.stagingPath, 'files', HEX))
      await assert.rejects(placeStaged(host), { name: 'StrangerError', code })
      assert.deepEqual(differences(before, snapshot(host.root)), [])
      assert.deepEqual(host.journal.unsettled(), [])
    }),
  )

test('a large file with other bytes is refused as well', { skip }, () =>
  onHost(async (host) => {
    const tree = { 'usr/bin/demo': 'x'.repeat(3_000_000) }
    stage(host.stagingPath, tree)
    writeFileSync(join(host.stagingPath, 'files', sha256(tree['usr/bin/demo'])), `${'x'.repeat(2_999_999)}y`)
    const before = snapshot(host.root)
    const staging = openStaging(host.stagingPath)
    const plan = planOf(tree, () => true)
    const placing = place({ ...host, plan, staging, entry: entryFor(), shouldStop: () => false, say: () => undefined })
    await assert.rejects(placing, { name: 'StrangerError', code: 'BAD_HASH' })
    staging.close()
    assert.deepEqual(differences(before, snapshot(host.root)), [])
  }),
)

test('a staging folder or its files folder that is a link is not opened', () =>
  onHost((host) => {
    renameSync(host.stagingPath, join(host.top, 'real'))
    symlinkSync('real', host.stagingPath)
    assert.throws(() => openStaging(host.stagingPath), { name: 'StrangerError', code: 'BAD_ARCHIVE' })
    rmSync(host.stagingPath)
    mkdirSync(host.stagingPath)
    symlinkSync('../real/files', join(host.stagingPath, 'files'))
    assert.throws(() => openStaging(host.stagingPath), { name: 'StrangerError', code: 'BAD_ARCHIVE' })
  }))

test('an open staging folder stays the one that was opened', () =>
  onHost((host) => {
    const text = JSON.stringify(manifestOf(DEMO))
    writeFileSync(join(host.stagingPath, 'manifest.json'), text)
    const staging = openStaging(host.stagingPath)
    renameSync(host.stagingPath, join(host.top, 'moved'))
    mkdirSync(host.stagingPath)
    writeFileSync(join(host.stagingPath, 'manifest.json'), '{}')
    assert.deepEqual(readManifest(staging), JSON.parse(text))
    staging.close()
  }))

for (const [what, code, spoil] of [
  ['is a link', 'BAD_ARCHIVE', (path: string) => symlinkSync('/etc/passwd', path)],
  ['is missing', 'BAD_ARCHIVE', () => undefined],
  ['is no JSON', 'SCHEMA', (path: string) => writeFileSync(path, '{"standin":')],
  ['has another shape', 'SCHEMA', (path: string) => writeFileSync(path, '{"standin":"manifest-1"}')],
  [
    'is too large',
    'TOO_LARGE',
    (path: string) => {
      writeFileSync(path, '')
      truncateSync(path, 65 * 1024 * 1024)
    },
  ],
] as const)
  test(`a manifest that ${what} is refused`, () =>
    onHost((host) => {
      spoil(join(host.stagingPath, 'manifest.json'))
      const staging = openStaging(host.stagingPath)
      assert.throws(() => readManifest(staging), { name: 'StrangerError', code })
      staging.close()
    }))

test('a file that shows one face to the plan and another to the copy is refused', { skip }, () =>
  onHost(async (host) => {
    const script = '#!/usr/bin/sh\n'
    stage(host.stagingPath, { 'usr/bin/demo': script })
    const input = baseInput()
    const manifest = manifestOf({ 'usr/bin/demo': script }, { ...input.manifest.metadata, REQUIRES: '' })
    const file = join(host.stagingPath, 'files', sha256(script))
    const staging = openStaging(host.stagingPath)
    // The interpreter that is planned with is here; the one of the real bytes is not asked for.
    writeFileSync(file, '#!/usr/bin/env')
    const facts = surveyStaged(staging, manifest)
    writeFileSync(file, script)
    const plan = planStandin({ ...input, manifest, facts, host: { ...input.host } })
    assert.ok(plan.kind === 'place', JSON.stringify(plan))
    const before = snapshot(host.root)
    const placing = place({ ...host, plan, staging, entry: entryFor(), shouldStop: () => false, say: () => undefined })
    await assert.rejects(placing, { name: 'StrangerError', code: 'BAD_HASH' })
    staging.close()
    assert.deepEqual(differences(before, snapshot(host.root)), [])
  }),
)

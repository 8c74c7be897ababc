/**
 * The largest and oddest images that the rules let through are planned in time and placed as they are; what is odder is refused with a reason.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import {
  closeSync,
  existsSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { MAX_RECORDS } from '../../src/package/record.ts'
import { place } from '../../src/standin/place.ts'
import { planStandin, type Plan } from '../../src/standin/plan.ts'
import { purge } from '../../src/standin/purge.ts'
import { openStaging, readManifest } from '../../src/standin/staging.ts'
import { surveyDisk } from '../../src/standin/survey-host.ts'
import { factsOfFile } from '../../src/standin/survey.ts'
import { differences, snapshot } from '../support/oracle.ts'
import { addFile, addLink, baseInput } from './support/input.ts'
import { entryFor, manifestOf, stage, type TestHost, type Tree } from './support/site.ts'
import { onHost, skip } from './support/tree.ts'

/** A plan on the disk of `host`, with a library that stands for something to use. */
function planFor(host: TestHost, tree: Tree): Plan {
  const input = baseInput()
  const manifest = manifestOf({ 'opt/demo/main': 'main', ...tree }, { ...input.manifest.metadata, REQUIRES: '' })
  const disk = surveyDisk(host.root, manifest, new Map())
  return planStandin({ ...input, manifest, facts: new Map(), host: { ...input.host, ...disk } })
}

/** Places `tree`, hands it to `look`, and purges it; nothing is left. */
async function placedAndPurged(host: TestHost, tree: Tree, look: () => void): Promise<void> {
  stage(host.stagingPath, { 'opt/demo/main': 'main', ...tree })
  const before = snapshot(host.root)
  const plan = planFor(host, tree)
  assert.ok(plan.kind === 'place', JSON.stringify(plan))
  const staging = openStaging(host.stagingPath)
  const result = await place({ ...host, plan, staging, entry: entryFor(), shouldStop: () => false, say: assert.fail })
  staging.close()
  assert.ok(result.kind === 'placed', JSON.stringify(result))
  look()
  purge({ ...host, id: result.id, say: assert.fail })
  assert.deepEqual(differences(before, snapshot(host.root)), [])
}

for (const [what, name] of [
  ['a name of 255 bytes', 'n'.repeat(255)],
  ['a name of 255 bytes and fewer letters', `${'ü'.repeat(127)}x`],
  ['a path of 3,800 bytes', `${'deep/'.repeat(755)}x`],
  ['blanks, quotes, backslashes and dashes', '- a\'b"c\\d $(e) *'],
  ['a name that looks like one of ours', '.standin-0123456789abcdef'],
  ['decomposed letters', 'u\u0308'],
] as const)
  test(`${what} is placed and purged`, { skip }, () =>
    onHost((host) =>
      placedAndPurged(host, { [`usr/share/demo/${name}`]: 'odd' }, () =>
        assert.ok(lstatSync(join(host.root, 'usr/share/demo', name)).isFile()),
      ),
    ),
  )

test('names that differ by case are two files', { skip }, () =>
  onHost((host) =>
    placedAndPurged(host, { 'usr/share/doc/demo': 'small', 'usr/share/doc/Demo': 'large' }, () => {
      assert.equal(lstatSync(join(host.root, 'usr/share/doc/demo')).size, 5)
      assert.ok(existsSync(join(host.root, 'usr/share/doc/Demo')))
    }),
  ),
)

test('files that are one inode in the image are two, so that a user who edits one does not change the other', { skip }, () =>
  onHost((host) =>
    placedAndPurged(host, { 'usr/share/demo/a': 'same', 'usr/share/demo/b': 'same', 'usr/share/doc/c': 'same' }, () => {
      const inodes = ['usr/share/demo/a', 'usr/share/demo/b', 'usr/share/doc/c'].map((path) => lstatSync(join(host.root, path)))
      assert.equal(new Set(inodes.map(({ ino }) => ino)).size, 3)
    }),
  ),
)

function linkedShare(root: string): void {
  renameSync(join(root, 'usr/share'), join(root, 'elsewhere'))
  symlinkSync('../elsewhere', join(root, 'usr/share'))
}

for (const [what, lay] of [
  ['a folder of data that is a link here', (root: string) => symlinkSync('/etc', join(root, 'usr/share/demo'))],
  ['/usr/share as a link to elsewhere', linkedShare],
  ['a file where the image has a folder', (root: string) => writeFileSync(join(root, 'usr/share/demo'), '')],
] as const)
  test(`${what} refuses the package`, () =>
    onHost((host) => {
      lay(host.root)
      const plan = planFor(host, { 'usr/share/demo/x': 'x' })
      assert.ok(plan.kind === 'refuse')
      assert.deepEqual(
        plan.reasons.map(({ rule }) => rule),
        ['complete'],
      )
      assert.match(plan.reasons[0]?.text ?? '', /usr\/share\/demo\/x.*no-linked-folder/)
    }))

test('names that no disk can hold are refused, and nobody looks for them', () =>
  onHost((host) => {
    for (const name of ['a\nb', '..', '.', '', 'n'.repeat(256), 'deep/'.repeat(800), 'a\0b']) {
      const plan = planFor(host, { [`usr/share/demo/${name}/x`]: 'x' })
      assert.ok(plan.kind === 'refuse' && plan.reasons.some(({ rule }) => rule === 'sound-names'), JSON.stringify(name))
    }
  }))

for (const type of ['device', 'fifo', 'socket', 'hard link'])
  test(`a ${type} in a manifest makes it none`, () =>
    onHost((host) => {
      const manifest = manifestOf({ 'usr/share/demo/x': 'x' })
      const records = manifest.records.map((record) => (record.type === 'file' ? { ...record, type } : record))
      writeFileSync(join(host.stagingPath, 'manifest.json'), JSON.stringify({ ...manifest, records }))
      const staging = openStaging(host.stagingPath)
      assert.throws(() => readManifest(staging), { name: 'StrangerError', code: 'SCHEMA' })
      staging.close()
    }))

test('the most entries that there may be are planned within seconds, and what is too much is said', (t) =>
  onHost((host) => {
    const input = baseInput()
    for (let at = 0; input.manifest.records.length < MAX_RECORDS; at += 1)
      input.manifest.records.push({
        type: 'file',
        path: `usr/share/demo/${Math.floor(at / 500)}/${at}`,
        mode: 0o644,
        size: 4,
        sha256: 'a'.repeat(64),
        owner: 'root',
        group: 'root',
      })
    input.policy = { maxBytes: 1e9, maxEntries: 2 * MAX_RECORDS, maxTotalBytes: 1e9 }
    input.manifest.records.sort((a, b) => (a.path < b.path ? -1 : 1))
    const began = performance.now()
    const { filesystems } = surveyDisk(host.root, input.manifest, input.facts)
    assert.equal(filesystems.length, 1)
    const surveyed = performance.now()
    const plan = planStandin(input)
    const planned = performance.now()
    t.diagnostic(`${MAX_RECORDS} entries: ${Math.round(surveyed - began)} ms to survey, ${Math.round(planned - surveyed)} ms to plan`)
    assert.equal(plan.kind, 'place', JSON.stringify(plan.kind === 'refuse' ? plan.reasons : ''))
    assert.ok(planned - surveyed < 20_000)
    input.policy.maxEntries = MAX_RECORDS
    const refused = planStandin(input)
    assert.ok(refused.kind === 'refuse' && refused.reasons[0]?.rule === 'under-entry-cap')
  }))

test('files above 2 and 4 GiB are counted whole', () => {
  const input = baseInput()
  const large = 5 * 2 ** 30
  addFile(input, 'usr/share/demo/large', { size: large })
  input.policy = { maxBytes: 2 * large, maxEntries: 100, maxTotalBytes: 4 * large }
  input.host.filesystems = [{ mount: '', freeBytes: 3 * large, freeInodes: undefined }]
  const plan = planStandin(input)
  assert.ok(plan.kind === 'place')
  assert.ok(plan.bytes > large)
  addLink(input, 'usr/share/demo/link', 'large')
  addFile(input, 'usr/share/demo/twin', { size: large })
  const refused = planStandin(input)
  assert.ok(refused.kind === 'refuse')
  assert.deepEqual(
    refused.reasons.map(({ rule }) => rule),
    ['room-for-bytes', 'under-size-cap'],
  )
})

test('a sparse file of 3 GiB is looked at without reading it', () =>
  onHost(({ top }) => {
    mkdirSync(join(top, 'sparse'))
    const fd = openSync(join(top, 'sparse/large'), 'wx+')
    try {
      const size = 3 * 2 ** 30
      ftruncateSync(fd, size)
      assert.ok(lstatSync(join(top, 'sparse/large')).blocks < 100, `${tmpdir()} has no sparse files`)
      assert.deepEqual(factsOfFile(fd, size), { kind: 'data' })
      // An ELF header whose only program header lies behind 2 GiB.
      const header = Buffer.alloc(64)
      header.write('\u007fELF\u0002\u0001\u0001', 0, 'latin1')
      header.writeUInt16LE(62, 18)
      header.writeBigUInt64LE(BigInt(size - 56), 32)
      header.writeUInt16LE(56, 54)
      header.writeUInt16LE(1, 56)
      writeSync(fd, header, 0, 64, 0)
      writeSync(fd, Buffer.from([3, 0, 0, 0]), 0, 4, size - 56)
      writeSync(fd, Buffer.from('/x\0'), 0, 3, size - 3)
      const facts = factsOfFile(fd, size)
      assert.ok(facts.kind === 'elf')
      assert.equal(facts.interpreter, '\u007fELF\u0002\u0001\u0001')
    } finally {
      closeSync(fd)
    }
  }))

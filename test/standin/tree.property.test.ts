/**
 * Whatever lies on a host and whatever is placed there, a purge gives back the very tree; and a plan never touches what exists.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { FileFacts } from '../../src/standin/elf.ts'
import type { Kind } from '../../src/standin/host.ts'
import type { Manifest } from '../../src/package/manifest.ts'
import { byPath, type ImageRecord } from '../../src/package/record.ts'
import { place } from '../../src/standin/place.ts'
import { planStandin, type Plan } from '../../src/standin/plan.ts'
import { purge } from '../../src/standin/purge.ts'
import { parentsOf } from '../../src/standin/rules/names.ts'
import { openStaging } from '../../src/standin/staging.ts'
import { surveyDisk } from '../../src/standin/survey-host.ts'
import { differences, snapshot } from '../support/oracle.ts'
import { baseInput } from './support/input.ts'
import { entryFor, manifestOf, sha256, stage, type TestHost, type Tree } from './support/site.ts'
import { editQuietly, onHost, skip } from './support/tree.ts'

const name = fc.constantFrom('a', 'b', 'c', 'demo', 'x.so.1', 'ü', 'with space')
const below = (...tops: readonly string[]): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...tops), fc.array(name, { minLength: 1, maxLength: 4 })).map(([folder, names]) => [folder, ...names].join('/'))
const textContent = fc.string({ maxLength: 40 }).map((some) => `text ${some}`)
const linkContent = fc.constantFrom('a', 'demo', '../demo', '/usr/bin/demo-main', '/etc/passwd').map((link) => ({ link }))
const SCRIPT = '#!/usr/bin/sh\n'
const shell: FileFacts = { kind: 'script', interpreter: '/usr/bin/sh', argument: undefined }

/** Anything, anywhere that a stand-in may come to. */
const path = below('usr/bin', 'usr/share/demo', 'usr/share/doc', 'usr/share/man', 'usr/lib64', 'usr/libexec/demo', 'opt/demo', 'etc')
/** What a host has is mostly not called like the package; where it is, the package is refused. */
const theirs = below('usr/bin', 'usr/share/doc', 'usr/share/man/man1', 'usr/lib64', 'usr/share/other', 'opt', 'etc')
const own = below('usr/share/demo', 'usr/lib64/demo', 'usr/libexec/demo', 'opt/demo', 'usr/share/doc', 'usr/share/man/man1', 'etc')

const command = name.map((some) => `usr/bin/${some}-command`)
const RUNS = { numRuns: 60 }

/** Drops what lies below a file or a link, so that the rest is one tree. */
function oneTree(entries: readonly (readonly [string, Tree[string]])[]): Tree {
  const all = new Map(entries)
  return Object.fromEntries([...all].filter(([at]) => !parentsOf(at).some((parent) => all.has(parent))))
}

const tree = fc.array(fc.tuple(theirs, fc.oneof(textContent, linkContent)), { minLength: 1, maxLength: 25 }).map(oneTree)
const entry = fc.oneof(
  { arbitrary: fc.tuple(own, textContent), weight: 5 },
  { arbitrary: fc.tuple(below('usr/share/doc', 'etc'), linkContent), weight: 2 },
  { arbitrary: fc.tuple(command, fc.constant(SCRIPT)), weight: 2 },
  { arbitrary: fc.tuple(command, fc.constant({ link: 'demo-main' })), weight: 1 },
)
/** A package that has something to run. */
const image = fc.array(entry, { minLength: 1, maxLength: 25 }).map((some) => oneTree([...some, ['usr/bin/demo-main', SCRIPT]]))

const text = (what: Tree[string] | undefined): string => (typeof what === 'string' ? what : '')

function lay(root: string, of: Tree): void {
  for (const [at, what] of Object.entries(of)) {
    const full = join(root, at)
    if (lstatSync(full, { throwIfNoEntry: false }) !== undefined) continue
    mkdirSync(dirname(full), { recursive: true })
    if (typeof what === 'string') writeFileSync(full, what)
    else symlinkSync(what.link, full)
  }
}

/** A real plan for `wanted` on the disk of `host`, through the rules that look at disks and places. */
function planFor(host: TestHost, wanted: Tree): Plan {
  const input = baseInput()
  const manifest: Manifest = manifestOf(wanted, { ...input.manifest.metadata, REQUIRES: '' })
  const facts = new Map([[sha256(SCRIPT), shell]])
  const disk = surveyDisk(host.root, manifest, facts)
  const exists = (at: string): Kind => (at === 'usr/bin/sh' ? 'file' : disk.exists(at))
  return planStandin({ ...input, manifest, facts, host: { ...input.host, ...disk, exists } })
}

test('place and purge of any tree on any host leave nothing', { skip }, async () => {
  let planned = 0
  await fc.assert(
    fc.asyncProperty(tree, image, (there, wanted) =>
      onHost(async (host) => {
        lay(host.root, there)
        stage(host.stagingPath, wanted)
        const before = snapshot(host.root)
        const plan = planFor(host, wanted)
        if (plan.kind === 'refuse') return
        planned += 1
        const staging = openStaging(host.stagingPath)
        const result = await place({ ...host, plan, staging, entry: entryFor(), shouldStop: () => false, say: assert.fail })
        staging.close()
        assert.ok(result.kind === 'placed', JSON.stringify(result))
        const during = snapshot(host.root)
        assert.deepEqual([...differences(before, during).keys()].length, plan.operations.length, 'something else changed')
        for (const { kind, path: at } of plan.operations) assert.match(during.get(at) ?? '', new RegExp(`^${kind} `))
        purge({ ...host, id: result.id, say: assert.fail })
        assert.deepEqual(differences(before, snapshot(host.root)), [])
      }),
    ),
    RUNS,
  )
  assert.ok(planned > 20, `only ${planned} of ${RUNS.numRuns} trees were planned`)
})

test('what a user writes into placed files is in the kept folder, all else is gone', { skip }, () =>
  fc.assert(
    fc.asyncProperty(image, fc.array(fc.nat(30), { maxLength: 6 }), (wanted, picks) =>
      onHost(async (host) => {
        stage(host.stagingPath, wanted)
        const before = snapshot(host.root)
        const plan = planFor(host, wanted)
        assert.ok(plan.kind === 'place', JSON.stringify(plan))
        const staging = openStaging(host.stagingPath)
        const result = await place({ ...host, plan, staging, entry: entryFor(), shouldStop: () => false, say: assert.fail })
        staging.close()
        assert.ok(result.kind === 'placed')
        const files = plan.operations.filter(({ kind }) => kind === 'file').map(({ path: at }) => at)
        const edited = [...new Set(picks.flatMap((pick) => (files.length === 0 ? [] : [files[pick % files.length] ?? ''])))].toSorted()
        // Every other one keeps its size and its time.
        const mine = (at: string): string =>
          edited.indexOf(at) % 2 === 0 ? `${text(wanted[at])}+mine` : text(wanted[at]).toUpperCase().padEnd(text(wanted[at]).length)
        const quietly = (at: string): boolean => Buffer.byteLength(mine(at)) === Buffer.byteLength(text(wanted[at]))
        for (const at of edited) (quietly(at) ? editQuietly : writeFileSync)(join(host.root, at), mine(at))
        const { keptAside, left } = purge({ ...host, id: result.id, say: () => undefined })
        assert.deepEqual(left, [])
        assert.deepEqual(keptAside.map(({ path: at }) => at).toSorted(), edited)
        for (const { path: at, keptAs } of keptAside) assert.equal(readFileSync(keptAs, 'utf8'), mine(at))
        assert.deepEqual(differences(before, snapshot(host.root)), [])
      }),
    ),
    RUNS,
  ),
)

const hostileName = fc.oneof(
  name,
  fc.constantFrom('..', '.', '', 'systemd', 'lib', 'x\n', '\u001b', 'libx.so', 'k.h'),
  fc.string({ maxLength: 5 }),
)
const hostilePath = fc.array(fc.oneof(hostileName, fc.constantFrom('usr', 'bin', 'share', 'lib64', 'etc')), { minLength: 1, maxLength: 5 })
const hostileRecord: fc.Arbitrary<ImageRecord> = fc
  .record({
    path: fc.oneof(
      path,
      hostilePath.map((names) => names.join('/')),
    ),
    kind: fc.nat(2),
    mode: fc.constantFrom(0o644, 0o755, 0o4755, 0o777),
    target: fc.string({ minLength: 1, maxLength: 9 }),
  })
  .map(({ path: at, kind, mode, target }) => {
    const root = { path: at, owner: 'root', group: 'root' }
    if (kind === 0) return { type: 'dir', mode, ...root }
    return kind === 1 ? { type: 'link', target, ...root } : { type: 'file', mode, size: 1, sha256: 'a'.repeat(64), ...root }
  })

function someExist(at: string): Kind {
  if (at === 'usr/bin/sh') return 'file'
  if (['usr', 'usr/bin', 'usr/share', 'usr/share/doc'].includes(at)) return 'dir'
  return ['usr/lib64', 'usr/share/doc/a', 'usr/bin/a'].includes(at) ? 'link' : 'absent'
}

test('no manifest makes a plan that leaves the allowed places, takes a name that exists, or sets an id', () => {
  let planned = 0
  fc.assert(
    fc.property(fc.array(hostileRecord, { maxLength: 8 }), (records) => {
      const input = baseInput()
      const good = manifestOf({ 'usr/bin/demo-main': SCRIPT }, { ...input.manifest.metadata, REQUIRES: '' })
      const manifest = { ...good, records: [...good.records, ...records].toSorted(byPath) }
      const plan = planStandin({
        ...input,
        manifest,
        facts: new Map([[sha256(SCRIPT), shell]]),
        host: { ...input.host, exists: someExist },
      })
      if (plan.kind === 'refuse') return
      planned += 1
      const made = new Set<string>()
      for (const operation of plan.operations) {
        assert.match(operation.path, /^(usr\/(s?bin|lib(32|64|x32)?|libexec|share)|opt)(\/|$)/)
        assert.equal(someExist(operation.path), 'absent')
        for (const parent of parentsOf(operation.path)) assert.ok(made.has(parent) || someExist(parent) === 'dir', `${parent} is no folder`)
        assert.ok(!made.has(operation.path), 'one name twice')
        if (operation.kind === 'dir') made.add(operation.path)
        if (operation.kind !== 'link') assert.equal(operation.mode & 0o6002, 0)
      }
    }),
    { numRuns: 3000 },
  )
  assert.ok(planned > 300, `only ${planned} of 3000 manifests were planned`)
})

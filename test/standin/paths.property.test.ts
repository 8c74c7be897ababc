/**
 * The rules about paths, for paths and package names that nobody thought of: every path has one place, and no name opens a door that is shut.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { planStandin } from '../../src/standin/plan.ts'
import { DISPENSABLE_PLACES } from '../../src/standin/rules/dispensable.ts'
import { GUARDED_PLACES } from '../../src/standin/rules/guarded.ts'
import { isSoundPath, leadsTo, namesakes, parentsOf } from '../../src/standin/rules/names.ts'
import { isOwn, ownNamesOf } from '../../src/standin/rules/own.ts'
import { placeOf } from '../../src/standin/rules/places.ts'
import { gentooHost, listedInput } from './support/image.ts'
import { addFile, addLink } from './support/input.ts'
import { KEPT_AWAY } from './support/cases/places.ts'

const RUNS = { numRuns: 5000 }

const part = fc.oneof(
  {
    arbitrary: fc.constantFrom('usr', 'bin', 'sbin', 'lib', 'lib64', 'libexec', 'share', 'opt', 'etc', 'var', 'demo', 'doc', 'man'),
    weight: 4,
  },
  { arbitrary: fc.constantFrom('..', '.', '', '...', 'a b', 'ü', 'x'.repeat(255), 'ü'.repeat(128)), weight: 1 },
  { arbitrary: fc.string({ maxLength: 12, unit: 'binary' }), weight: 1 },
)
const path = fc.array(part, { minLength: 1, maxLength: 7 }).map((parts) => parts.join('/'))
const word = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9+_-]{0,20}$/)

test('a sound path is one that the kernel reads as it is written', () => {
  fc.assert(
    fc.property(path, (some) => {
      const plain = posix.join('/', some) === `/${some}` && !some.endsWith('/') && !some.includes('\0')
      if (isSoundPath(some)) {
        assert.ok(plain, 'it is sound and not plain')
        assert.ok(some.split('/').every((name) => Buffer.byteLength(name) <= 255))
        assert.equal(Buffer.from(some).toString(), some)
        assert.doesNotMatch(some, /\p{Cc}/u)
        for (const parent of parentsOf(some)) assert.ok(isSoundPath(parent))
      }
    }),
    RUNS,
  )
})

test('where a link leads is what the kernel makes of it, and nothing where that would be above the root', () => {
  fc.assert(
    fc.property(path.filter(isSoundPath), path, (from, target) => {
      const deep = posix.join('/a/b/c/d/e/f/g/h', target.startsWith('/') ? '' : posix.dirname(from), target)
      const to = leadsTo(from, target)
      if (to === undefined) assert.ok(target.includes('..'))
      else {
        assert.equal(
          to === '' ? '/' : `/${to}`,
          posix.join('/', target.startsWith('/') ? '' : posix.dirname(from), target).replace(/(?<=.)\/$/, ''),
        )
        assert.ok(deep.startsWith('/a/b/c/d/e/f/g/h'))
      }
    }),
    RUNS,
  )
})

test('every path has a place, and one that takes anything is below /usr or /opt', () => {
  fc.assert(
    fc.property(path, word, (some, name) => {
      const place = placeOf(some, ownNamesOf({ ...listedInput({ name: 'a/demo', list: 'D x' }).family, name }, []))
      assert.ok(place !== undefined)
      if (place.takes.length > 0) assert.match(some, /^(usr\/(s?bin|lib(32|64|x32)?|libexec|share)|opt)\/[^]/)
    }),
    RUNS,
  )
})

test('no name of a package or of its commands opens a place that is shut', () => {
  const shut = [...GUARDED_PLACES, ...DISPENSABLE_PLACES]
  const names = KEPT_AWAY.flatMap((some) => some.split('/')).filter((name) => /^[A-Za-z0-9_][A-Za-z0-9+_-]*$/.test(name))
  fc.assert(
    fc.property(
      fc.constantFrom(...KEPT_AWAY),
      fc.oneof(fc.constantFrom(...names), word),
      fc.constantFrom(...names),
      (some, name, command) => {
        const input = listedInput({ name: `app-misc/${name}`, list: `E usr/bin/${command}` })
        const place = placeOf(some, ownNamesOf(input.family, input.manifest.records))
        assert.ok(shut.some((row) => row === place) || place?.takes.length === 0, `${place?.id} takes ${some} of ${name}`)
      },
    ),
    RUNS,
  )
})

test('a folder is a package’s own by a whole name, never by a part of one', () => {
  fc.assert(
    fc.property(word, fc.stringMatching(/^[a-z]{1,5}$/), (name, more) => {
      const own = ownNamesOf({ ...listedInput({ name: 'a/demo', list: 'D x' }).family, name }, [])
      assert.ok(
        isOwn(name, own) && isOwn(`${name}-${more}`, own) && isOwn(`org.example.${name}`.toLowerCase(), own) === /^[\w-]+$/.test(name),
      )
      assert.ok(!isOwn(`${name}${more}`, own) || /-bin$/i.test(name))
      assert.ok(!isOwn(`${more}${name}`, own) || more + name === name)
    }),
    RUNS,
  )
})

test('whatever a host has, nothing is placed over it, through it or before it', () => {
  const names = [
    'usr/bin/demo',
    'usr/sbin/demo',
    'usr/lib64/libdemo.so.1',
    'usr/share/terminfo/d/demo',
    'usr/share/demo/x',
    'usr/share/doc/x',
  ]
  const known = [
    ...new Set(
      names.flatMap((some) => [...parentsOf(some), some, ...namesakes(some), ...namesakes(some).flatMap((one) => parentsOf(one))]),
    ),
  ]
  const kinds = fc.dictionary(fc.constantFrom(...known), fc.constantFrom('absent', 'dir', 'file', 'link', 'other'))
  let placed = 0
  fc.assert(
    fc.property(kinds, fc.subarray(names, { minLength: 1 }), (host, some) => {
      const input = listedInput({ name: 'app-misc/demo', list: 'E usr/bin/demo-main' })
      for (const one of some) {
        if (one.includes('bin/')) addLink(input, one, '/usr/bin/demo-main')
        else if (one.includes('.so')) addLink(input, one, '/usr/bin/demo-main')
        else addFile(input, one)
      }
      const exists = gentooHost(host)
      input.host.exists = exists
      const plan = planStandin(input)
      if (plan.kind === 'refuse') return
      placed += 1
      for (const { kind, path: at } of plan.operations) {
        assert.equal(exists(at), 'absent')
        assert.ok(parentsOf(at).every((parent) => ['absent', 'dir'].includes(exists(parent))))
        assert.ok(kind === 'dir' || namesakes(at).every((other) => exists(other) === 'absent'))
      }
    }),
    RUNS,
  )
  assert.ok(placed > 500, `only ${placed} of ${RUNS.numRuns} were placed`)
})

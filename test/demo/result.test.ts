import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paint } from '../../src/cli/text.ts'
import { faults, jsonLine, type Result, table, type Told } from './result.ts'

const GOOD: Result = {
  package: 'app-misc/hello',
  usableAfterSeconds: 0.245,
  buildSeconds: 34.8,
  binpkgSeconds: 1.4,
  placed: 12,
  left: 0,
  audit: 'agree',
  contentIds: ['ab'.repeat(32), 'ab'.repeat(32)],
  archiveSha256: ['cd'.repeat(32), 'cd'.repeat(32)],
  emergeExit: [0, 0],
}
const TOLD: Told = {
  cpv: 'app-misc/hello-2.10',
  sinceTypedSeconds: 1.78,
  said: 'Hello, world!',
  commandLine: 'hello',
  hosts: ['alpha', 'beta'],
}

test('the line has these keys in this order', () => {
  assert.equal(jsonLine(GOOD).includes('\n'), false)
  assert.deepEqual(Object.keys(JSON.parse(jsonLine(GOOD))), [
    'package',
    'usableAfterSeconds',
    'buildSeconds',
    'binpkgSeconds',
    'placed',
    'left',
    'audit',
    'contentIds',
    'archiveSha256',
    'emergeExit',
  ])
})

test('when all went well nothing is wrong', () => assert.deepEqual(faults(GOOD, TOLD), []))

const BAD: readonly (readonly [RegExp, Partial<Result>, Partial<Told>?])[] = [
  [/alpha ended with 1/, { emergeExit: [1, 0] }],
  [/beta ended with 130/, { emergeExit: [0, 130] }],
  [/said nothing/, {}, { said: '' }],
  [/nothing stood in/, { placed: 0 }],
  [/2 paths/, { left: 2 }],
  [/differ/, { audit: 'differ' }],
  [/content ids/, { contentIds: ['aa', 'bb'] }],
  [/archives/, { archiveSha256: ['', ''] }],
]
for (const [pattern, result, told = {}] of BAD) {
  test(`one fault is told, and no other: ${pattern.source}`, () => {
    const found = faults({ ...GOOD, ...result }, { ...TOLD, ...told })
    assert.equal(found.length, 1, found.join('\n'))
    assert.match(found[0] ?? '', pattern)
  })
}

test('the table tells every figure', () => {
  const text = table({ ...GOOD, left: 3, contentIds: ['ab'.repeat(32), 'ef'.repeat(32)] }, TOLD)
    .map((line) => paint(line, false))
    .join('\n')
  for (const part of ['0.24 s', '1.78 s', '34.80 s', '1.40 s', '12, of which 3', 'agree', '0 and 0']) assert.ok(text.includes(part), part)
  assert.match(text, /content id .*abab.* on alpha, efef.* on beta/)
  assert.match(text, /archive .*cdcd.* on both hosts/)
})

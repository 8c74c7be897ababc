import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HostError } from '../../../src/base/errors.ts'
import type { Recording } from './recording.ts'
import { sceneOf } from './scene.ts'
import { drawn } from './svg.ts'
import { textOf } from './terminal.ts'

const EMERGE = [
  'beta ~ # emerge app-misc/hello',
  '>>> Emerging (1 of 1) app-misc/hello-2.10::gentoo',
  ' \u001b[32;01m*\u001b[39;49;00m standin: app-misc/hello-2.10: can be used now (level 3, 1 of 100), until your own build is merged',
  '>>> Compiling source in /var/tmp/portage/app-misc/hello-2.10/work/hello-2.10 ...',
  'make -j2',
  '',
  'gcc -DA="<&>" -c a.c',
  'gcc -c b.c',
  'gcc -c c.c',
  '>>> Source compiled.',
  ' * standin: app-misc/hello-2.10: stand-in purged (12 names in 6 ms), your own build is merged now',
  ' * standin: app-misc/hello-2.10: your own build agrees with the copy that stood in, byte for byte',
  'beta ~ # exit',
]
const OTHER = ['clara@beta ~ $ hello', 'Hello, world!', 'clara@beta ~ $ hello', 'Hello, world!', 'clara@beta ~ $ exit', 'exit']
const OTHER_AT = [2.5, 2.5, 12, 12, 13, 13]

const recording = (emerge: readonly string[]): Recording => ({
  emerge: emerge.map((line, at) => ({ at, line })),
  other: OTHER.map((line, at) => ({ at: OTHER_AT[at] ?? 0, line })),
})

test('what is announced is shown, of the rest a taste, and how much is left out', () => {
  const shown = sceneOf(recording(EMERGE)).rows.map((row) => (row.kind === 'folded' ? row.lines : textOf(row.glyphs).slice(0, 22)))
  assert.deepEqual(shown, [
    'beta ~ # emerge app-mi',
    '>>> Emerging (1 of 1) ',
    ' * standin: app-misc/h',
    '>>> Compiling source i',
    'make -j2',
    'gcc -DA="<&>" -c a.c',
    3,
    ' * standin: app-misc/h',
    ' * standin: app-misc/h',
  ])
})

test('each moment has the time at which it came', () => {
  const { moments, cards } = sceneOf(recording(EMERGE))
  assert.deepEqual(
    moments.map(({ number, at }) => [number, at]),
    [
      [1, 2],
      [2, 2.5],
      [3, 10],
      [4, 11],
    ],
  )
  assert.deepEqual(
    cards.map(({ below, lines }) => [below, lines.map(textOf)]),
    [
      [2, ['clara@beta ~ $ hello', 'Hello, world!']],
      [8, ['clara@beta ~ $ hello', 'Hello, world!']],
    ],
  )
})

for (const told of ['can be used now', 'stand-in purged', 'own build agrees']) {
  test(`there is no picture of a run without: ${told}`, () => {
    const without = recording(EMERGE.filter((line) => !line.includes(told)))
    assert.throws(
      () => sceneOf(without),
      (error) => error instanceof HostError && error.code === 'BAD_STATE',
    )
  })
}

test('the drawing holds the text as text, and asks for nothing from elsewhere', () => {
  const svg = drawn(sceneOf(recording(EMERGE)))
  assert.ok(svg.includes('gcc -DA="&lt;&amp;&gt;" -c a.c'))
  assert.ok(svg.includes('3 more lines'))
  assert.doesNotMatch(svg, /href|<script|<image|url\(|@import|NaN|undefined/)
  assert.deepEqual(svg.match(/https?:[^"' ]+/g), ['http://www.w3.org/2000/svg'])
})

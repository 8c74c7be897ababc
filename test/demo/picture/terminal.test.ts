import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Glyphs, shownOn, textOf } from './terminal.ts'

const plain = (text: string): Glyphs => ({ text, bold: false, colour: undefined })

// Lines as Portage and bash write them.
const LINES: readonly (readonly [string, readonly Glyphs[]])[] = [
  ['', []],
  ['>>> Unpacking source...\r', [plain('>>> Unpacking source...')]],
  [' \u001b[32;01m*\u001b[39;49;00m standin: x', [plain(' '), { text: '*', bold: true, colour: 'green' }, plain(' standin: x')]],
  ['\u001b]0;beta: emerge\u0007\u001b[?25l-\b\\\b|\rdone!\u001b[K', [plain('done!')]],
  ['long line\rshort\u001b[K', [plain('short')]],
  [
    '\u001b[?2004h\u001b[01;31mbeta\u001b[01;34m ~ #\u001b[00m ls',
    [{ text: 'beta', bold: true, colour: 'red' }, { text: ' ~ #', bold: true, colour: 'blue' }, plain(' ls')],
  ],
]
for (const [line, shown] of LINES) {
  test(`shown as a terminal shows it: ${JSON.stringify(line)}`, () => assert.deepEqual(shownOn(line), shown))
}

test('nothing that steers a terminal is left, whatever comes', () => {
  const part = fc.oneof(fc.string(), fc.constantFrom('\u001b[31m', '\u001b', '\u001b[', '\u001b]0;', '\u0007', '\r', '\b', '\u001b[2K'))
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      // oxlint-disable-next-line no-control-regex -- these are what must not be left
      assert.doesNotMatch(textOf(shownOn(parts.join(''))), /[\u0000-\u001f\u007f]/)
    }),
  )
})

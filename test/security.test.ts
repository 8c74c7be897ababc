/**
 * SECURITY.md promises nothing without a test: each that it names is there, and each of its promises names one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const top = join(import.meta.dirname, '..')
const [promised = '', notPromised = ''] = readFileSync(join(top, 'SECURITY.md'), 'utf8')
  .split(/^## (?:Promised|Not promised)$/m)
  .slice(1)
const shown = [...promised.matchAll(/^- `(test\/\S+\.test\.ts)`: (.+)$/gm)].map(([, file = '', name = '']) => ({ file, name }))
/** Names of tests as they are written, some with a part that is filled in. */
const namesIn = (text: string): string => text.replaceAll(/\\(['"])/g, '$1')

test('every promise names a test', () => {
  const promises = promised.split(/^(?=\*\*)/m).slice(1)
  assert.ok(promises.length > 7)
  assert.deepEqual(promises.filter((text) => !/^- `test\//m.test(text)), []) // prettier-ignore
  assert.equal(promised.match(/^- /gm)?.length, shown.length, 'every line is read')
  assert.match(notPromised, /^- \*\*/m)
})

test('every test that it names is there', () => {
  const missing = shown.filter(({ file, name }) => {
    const path = join(top, file)
    return !existsSync(path) || !["'", '"', '`'].some((quote) => namesIn(readFileSync(path, 'utf8')).includes(quote + name))
  })
  assert.deepEqual(missing, [])
})

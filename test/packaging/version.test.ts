/**
 * One version everywhere: whoever changes package.json is told by these what else carries its number, and what is generated must not be stale.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fg from 'fast-glob'
import { GENERATED } from '../../packaging/conf.ts'
import { version } from '../../packaging/release.ts'
import { VERSION } from '../../src/cli/version.ts'
import { parseConf, SETTINGS } from '../../src/portage/settings.ts'

const top = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(top, path), 'utf8')

test('the program says the version of package.json', () => {
  assert.equal(VERSION, version)
})

test('there is one ebuild, of that version', () => {
  assert.deepEqual(fg.globSync('packaging/overlay/app-portage/standin/*.ebuild', { cwd: top }), [
    `packaging/overlay/app-portage/standin/standin-${version}.ebuild`,
  ])
})

test('the manual pages are of that version', () => {
  const pages = fg.globSync('packaging/man/*', { cwd: top })
  assert.ok(pages.length > 0)
  for (const page of pages) assert.match(read(page), new RegExp(`^\\.TH .* "standin ${version.replaceAll('.', '\\.')}"`, 'm'), page)
})

for (const [path, text] of Object.entries(GENERATED)) {
  test(`${path} is what \`node packaging/conf.ts\` writes`, () => assert.equal(read(path), text))
}

test('the installed standin.conf names every setting and changes none', () => {
  const text = read('etc-portage/standin.conf')
  for (const name of Object.keys(SETTINGS)) assert.match(text, new RegExp(`^#${name} = ?`, 'm'))
  assert.deepEqual(parseConf(text, 'standin.conf'), parseConf('', 'standin.conf'))
})

test('each file of packaging that is run can be run, and names its licence', () => {
  for (const path of ['packaging/standin', 'packaging/standin-daemon']) assert.equal(statSync(join(top, path)).mode & 0o111, 0o111, path)
  const files = fg.globSync(['packaging/**/*.{ebuild,xml,initd,confd,service,ts}', 'packaging/standin*'], { cwd: top })
  assert.ok(files.length > 12)
  assert.deepEqual(
    files.filter((path) => !read(path).includes('SPDX-License-Identifier: GPL-2.0-or-later')),
    [],
  )
})

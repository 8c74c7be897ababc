/**
 * A root folder for one test, with the files that it is told, and gone after the test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { lutimesSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { atEnd } from '../support/atEnd.ts'

/** Path below the root to text; a path that ends in `/` is a folder. */
export type Files = Readonly<Record<string, string>>

export function rootWith(t: TestContext, files: Files = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'standin-portage-'))
  atEnd(t, () => {
    rmSync(root, { recursive: true, force: true })
  })
  addTo(root, files)
  makeOld(root)
  return root
}

const LONG_AGO = 1_600_000_000

/** What lies below `root` was not changed a moment ago: of two changes within one tick of a filesystem's clock, some ten milliseconds, the second shows in no time. */
export function makeOld(root: string): void {
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) lutimesSync(join(root, name), LONG_AGO, LONG_AGO)
}

export function addTo(root: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    const full = join(root, path)
    mkdirSync(path.endsWith('/') ? full : dirname(full), { recursive: true })
    if (!path.endsWith('/')) writeFileSync(full, text)
  }
}

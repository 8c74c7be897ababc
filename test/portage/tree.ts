/**
 * A root folder for one test, with the files that it is told, and gone after the test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
  return root
}

export function addTo(root: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    const full = join(root, path)
    mkdirSync(path.endsWith('/') ? full : dirname(full), { recursive: true })
    if (!path.endsWith('/')) writeFileSync(full, text)
  }
}

/**
 * Writes the files of etc-portage that say every setting, from the tables that the program itself reads them by: `node packaging/conf.ts`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { standardConf } from '../src/portage/settings.ts'
import { EXAMPLE_POLICY } from '../src/trust/policy.ts'
import { top } from './release.ts'

/** Path in the checkout to its text. */
export const GENERATED: Readonly<Record<string, string>> = {
  'etc-portage/standin.conf': standardConf(),
  'etc-portage/standin.policy': EXAMPLE_POLICY,
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of Object.entries(GENERATED)) writeFileSync(join(top, path), text)
}

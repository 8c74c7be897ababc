/**
 * Says what the files that `/etc/portage/package.env` names set STANDIN_FEATURES to, for whichever packages that is.
 *
 * A look for a person, who is told where to look on; what counts for one package is asked of Portage (`hostfeatures`).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { readText } from './bounded.ts'
import { configFiles } from './conffiles.ts'
import { type ParsedFeatures, parseFeatures } from './features.ts'

export interface PackageSetting extends ParsedFeatures {
  /** The file as the person knows it. */
  readonly path: string
}

const MAX_BYTES = 1024 * 1024
const SETTING = /^[ \t]*(?:export[ \t]+)?STANDIN_FEATURES=(?:"([^"]*)"|'([^']*)'|([^\s#]*))/gm

/** One for each file that sets it, in the order of their names in package.env. Errors: HostError UNREADABLE. */
export function packageSettings(root: string): PackageSetting[] {
  const lines = configFiles(join(root, 'etc/portage/package.env')).flatMap((path) => (readText(path, MAX_BYTES) ?? '').split('\n'))
  const names = lines.flatMap((line) => (line.split('#')[0] ?? '').trim().split(/\s+/).slice(1))
  return [...new Set(names)].flatMap((name) => {
    const path = join('/etc/portage/env', name)
    const last = [...(readText(join(root, path), MAX_BYTES) ?? '').matchAll(SETTING)].at(-1)
    return last === undefined ? [] : [{ path, ...parseFeatures(last[1] ?? last[2] ?? last[3] ?? '') }]
  })
}

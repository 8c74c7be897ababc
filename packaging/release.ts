/**
 * Names one release: its version stands in package.json and nowhere else that a person would have to change it too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'

/** The checkout. */
export const top = join(import.meta.dirname, '..')

const named = v.object({ version: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/)) })

export const version = v.parse(named, JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'))).version

/** `standin-1.2.3`: the folder in the tarball, and P of the ebuild. */
export const release = `standin-${version}`

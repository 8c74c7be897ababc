/**
 * Gathers what the licences of bundled packages ask to be handed on with them: names, versions, holders and the texts themselves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { standardText } from './licenceTexts.ts'

const PACKAGE_FOLDER = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//
const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i
/** No licence has fewer characters; what is shorter only names one. */
const SHORTEST_LICENCE = 500
/** Some packages have their licence at the end of their README only. */
const LICENCE_SECTION = /^#+ *licen[cs]e\b[^]*/im

const party = v.union([v.string(), v.object({ name: v.string() })])
const manifest = v.object({
  name: v.string(),
  version: v.string(),
  license: v.optional(v.string()),
  licenses: v.optional(v.array(v.object({ type: v.string() }))),
  author: v.optional(v.union([party, v.array(party)])),
})

export interface Bundled {
  readonly name: string
  readonly version: string
  /** As its author names it: an SPDX expression, mostly. */
  readonly licence: string
  readonly text: string
}

/** The packages that `files` (paths below `folder`) belong to, sorted. A package without a licence is an error. */
export function bundledPackages(folder: string, files: readonly string[]): Bundled[] {
  const folders = new Set(files.flatMap((file) => PACKAGE_FOLDER.exec(file)?.[1] ?? []))
  return [...folders].toSorted().map((path) => bundledPackage(join(folder, path)))
}

/** The file that is installed beside the bundles. */
export function licenceFile(packages: readonly Bundled[]): string {
  const head = `The programs of standin hold the following ${packages.length} packages, unchanged, each under its own licence.\n`
  const parts = packages.map(({ name, version, licence, text }) => `${'='.repeat(80)}\n${name} ${version} (${licence})\n\n${text.trim()}\n`)
  return [head, ...parts].join('\n')
}

function bundledPackage(folder: string): Bundled {
  const about = v.parse(manifest, JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
  const licence = about.license ?? about.licenses?.map(({ type }) => type).join(' OR ')
  if (licence === undefined || licence === '') throw new Error(`${about.name} names no licence: it can't be shipped`)
  const said = licenceText(folder) ?? ''
  const text = said.length >= SHORTEST_LICENCE ? said : completed(about, licence, said)
  return { name: about.name, version: about.version, licence, text }
}

/** Of a licence that is only named, the text is handed on too, for it asks for that itself. */
function completed({ name, author }: v.InferOutput<typeof manifest>, licence: string, said: string): string {
  const standard = standardText(licence, said)
  if (standard === undefined)
    throw new Error(`${name} has no text of its licence ${licence}, and licenceTexts.ts has none: it can't be shipped`)
  return [said.trim(), `Copyright (c) ${holders(author, name)}`, standard].filter((part) => part !== '').join('\n\n')
}

function licenceText(folder: string): string | undefined {
  const files = readdirSync(folder).toSorted()
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')
  const texts = files.filter((name) => LICENCE_FILE.test(name)).map(read)
  const readme = files.find((name) => /^readme/i.test(name))
  return texts.length > 0 ? texts.join('\n') : readme === undefined ? undefined : LICENCE_SECTION.exec(read(readme))?.[0]
}

function holders(author: v.InferOutput<typeof manifest>['author'], name: string): string {
  const parties = author === undefined ? [] : Array.isArray(author) ? author : [author]
  return parties.map((one) => (typeof one === 'string' ? one : one.name)).join(', ') || `the authors of ${name}`
}

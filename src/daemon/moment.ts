/**
 * One line that a hook writes: which moment of which build this is, with the values that Portage gave, checked once.
 *
 * Fields are separated by US (0x1f): version, moment, nonce, then NAME=value. bash writes it, so it is not JSON.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import * as v from 'valibot'
import { StrangerError } from '../base/errors.ts'
import { check, plainText } from '../base/schema.ts'
import { RECIPE_VARIABLES } from '../package/recipe.ts'
import { CCACHE_VARIABLES } from '../portage/ccache.ts'

/** Longest line that is read; USE of the largest ebuilds is about 3 KB. */
export const MAX_MOMENT_BYTES = 65_536

const path = v.pipe(plainText(4095), v.startsWith('/'))
const words = v.optional(plainText(32_768), '')

const momentValues = v.object({
  CATEGORY: plainText(80),
  PF: plainText(200),
  PORTAGE_BUILDDIR: path,
  PORTAGE_TMPDIR: path,
  MERGE_TYPE: v.picklist(['source', 'buildonly', 'binary']),
  STANDIN_FEATURES: v.optional(plainText(1000), ''),
  PN: v.optional(plainText(120), ''),
  PVR: v.optional(plainText(80), ''),
  SLOT: v.optional(plainText(80), ''),
  EAPI: v.optional(plainText(20), ''),
  EBUILD: v.optional(plainText(4095), ''),
  EROOT: v.optional(plainText(4095), '/'),
  PORTAGE_REPO_NAME: v.optional(plainText(80), ''),
  PORTAGE_RESTRICT: words,
  PORTAGE_PROPERTIES: words,
  USE: words,
  CHOST: v.optional(plainText(80), ''),
  FEATURES: words,
  ALLOW_TEST: words,
  /** Told where the bytes of what is packed hang on the number of jobs. */
  MAKEOPTS: words,
  CFLAGS: words,
  CXXFLAGS: words,
  CPPFLAGS: words,
  FFLAGS: words,
  FCFLAGS: words,
  LDFLAGS: words,
  CC: v.optional(plainText(1000), ''),
  CXX: v.optional(plainText(1000), ''),
  PATH: v.optional(plainText(8192), ''),
  LANG: v.optional(plainText(200), ''),
  LC_ALL: v.optional(plainText(200), ''),
  EXTRA_ECONF: words,
  EXTRA_EINSTALL: words,
  EXTRA_EMAKE: words,
  MYCMAKEARGS: words,
  MYMESONARGS: words,
  MYQMAKEARGS: words,
  MYPERLARGS: words,
  PKG_INSTALL_MASK: words,
  /** Functions of phases that the user's bashrc defines. */
  PHASE_HOOKS: words,
  /** Names of variables that are set and change a build in ways that no recipe names. */
  UNNAMED: words,
  /** `NAME=value` each: what is answered to configure before it asks. */
  ANSWERS: words,
  /** What says that the work folder of an earlier build is used again. */
  KEPT: v.optional(plainText(40), ''),
  /** How wide programs are told to print; empty where that is no width. */
  COLUMNS: v.exactOptional(v.pipe(v.string(), v.regex(/^([1-9]\d{0,3})?$/))),
  /** How wide the terminal of the phase is, where it has one. */
  WINDOW: v.exactOptional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,3}$/))),
  ...v.entriesFromList(CCACHE_VARIABLES, v.exactOptional(plainText(4095))),
  ...v.entriesFromList(RECIPE_VARIABLES, v.exactOptional(plainText(32_768))),
  D: v.optional(plainText(4095), ''),
  PKGDIR: v.optional(plainText(4095), ''),
  /** Of the binary package that Portage has just made of this build, where it made one. */
  BUILD_ID: v.optional(plainText(20), ''),
  BINPKGMD5: v.optional(v.pipe(v.string(), v.regex(/^([0-9a-f]{32})?$/)), ''),
})

export const moment = v.pipe(
  v.object({
    moment: v.picklist(['fetch', 'install', 'purge', 'publish', 'abandon']),
    nonce: v.pipe(v.string(), v.regex(/^\d{1,10}\.\d{1,20}$/, 'expected PID.MICROSECONDS')),
    values: momentValues,
  }),
  v.check(({ moment: name, values }) => name === 'purge' || values.MERGE_TYPE !== 'binary', 'a binary merge only asks for the way'),
)

export type Moment = v.InferOutput<typeof moment>
export type MomentValues = Moment['values']

/** Errors: StrangerError SCHEMA or TOO_LARGE; a hook of another version of standin is one of them. */
export function parseMoment(line: string): Moment {
  if (line.length > MAX_MOMENT_BYTES) throw new StrangerError('TOO_LARGE', `a hook wrote more than ${MAX_MOMENT_BYTES} bytes`)
  const [version, name, nonce, ...fields] = line.split('\u001f')
  if (version !== '1') throw new StrangerError('SCHEMA', 'a hook of another version of standin spoke: restart the daemon')
  const pairs = fields.map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)] as const)
  return check(moment, { moment: name, nonce, values: Object.fromEntries(pairs) }, 'what a hook wrote')
}

/** Seconds since the epoch at which bash wrote the line, from the nonce. */
export function askedAt(of: Moment): number {
  return Number(of.nonce.slice(of.nonce.indexOf('.') + 1)) / 1_000_000
}

/** `cat/pkg-1.2-r3`. */
export function cpvOfMoment(values: MomentValues): string {
  return `${values.CATEGORY}/${values.PF}`
}

/** Whether the same build is spoken of. A window that was resized since makes no other one of what has not begun. */
export function isToldAlike(a: MomentValues, b: MomentValues): boolean {
  const [one, other] = [a, b].map((values) => JSON.stringify({ ...values, WINDOW: undefined }))
  return one === other
}

/** What bash makes of PORTAGE_BUILDDIR for the names below /run/standin/builds. */
export function buildKey(buildDirectory: string): string {
  return buildDirectory.replaceAll('%', '%25').replaceAll('/', '%2F')
}

/**
 * Rules that leave out what a build on this machine could pick up while the stand-in is there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { ImageRecord } from '../../package/record.ts'
import type { PlanInput } from '../host.ts'
import type { SieveRule } from './rule.ts'

function leave(id: string, why: string, hits: (record: ImageRecord, input: PlanInput) => boolean): SieveRule {
  return { scope: 'sieve', id, why, hits: (record, { input }) => hits(record, input) }
}

const named =
  (pattern: RegExp) =>
  ({ path }: ImageRecord): boolean =>
    pattern.test(path)

/** A link to the versioned name, or a script for the linker. A library without a version is something else, which is not left out in silence. */
function isDevelopmentLink(record: ImageRecord, { facts }: PlanInput): boolean {
  if (!/^usr\/lib[^/]*\/[^/]+\.so$/.test(record.path)) return false
  return record.type === 'link' || (record.type === 'file' && facts.get(record.sha256)?.kind !== 'elf')
}

export const DEVELOPMENT_RULES: readonly SieveRule[] = [
  leave('no-header', 'headers are not placed', named(/(^|\/)include\/|\.(h|hh|hpp|hxx|h\+\+|inl|ipp|tcc|mod)$/i)),
  leave('no-static-library', 'static libraries are not placed', named(/\.(a|o|lo)$/)),
  leave('no-libtool', 'libtool files are not placed', named(/\.la$/)),
  leave('no-pkgconfig', 'pkg-config files are not placed', named(/(^|\/)pkgconfig\/|\.pc$/)),
  leave('no-cmake', 'CMake files are not placed', named(/(^|\/)cmake\/|\.cmake$/i)),
  leave('no-aclocal', 'aclocal and autoconf files are not placed', named(/(^|\/)aclocal[^/]*\/|\.(m4|ac)$/)),
  leave(
    'no-bindings',
    'descriptions for bindings are not placed',
    named(/(^|\/)(gir-1\.0|girepository-1\.0|vala|vapi)\/|\.(gir|vapi|typelib)$/),
  ),
  // Without this link no linker finds the library; the versioned name next to it is what a running program asks for.
  leave('no-development-link', 'development links of libraries are not placed', isDevelopmentLink),
  leave(
    'no-config-script',
    'NAME-config commands are not placed',
    named(/^(usr\/s?bin|opt(\/[^/]+)*\/s?bin)\/[^/]*[-_]config([-.][^/]*)?$/),
  ),
]

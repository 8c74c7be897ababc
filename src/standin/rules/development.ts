/**
 * Rules that leave out what a build on this machine could pick up while the stand-in is there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { EntryRule } from './rule.ts'
import type { ImageRecord } from '../../package/record.ts'

function leave(id: string, why: string, hits: (record: ImageRecord) => boolean): EntryRule {
  return { scope: 'entry', effect: 'leave', id, why, hits: (record) => hits(record) }
}

const named =
  (pattern: RegExp) =>
  ({ path }: ImageRecord): boolean =>
    pattern.test(path)

export const DEVELOPMENT_RULES: readonly EntryRule[] = [
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
  leave('no-development-link', 'development links of libraries are not placed', named(/^usr\/lib[^/]*\/[^/]+\.so$/)),
  leave('no-config-script', 'NAME-config commands are not placed', named(/^(usr\/s?bin|opt(\/[^/]+)*\/s?bin)\/[^/]*-config([-.][^/]*)?$/)),
]

/**
 * What the programs of the host answer that a warden asks: compiler, linker, C library, Portage.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Run } from '../../../src/portage/run.ts'

const ANSWERS: readonly (readonly [RegExp, string])[] = [
  [/^python3 /, 'STANDIN_FEATURES=install publish'],
  [/^getconf /, 'glibc 2.41'],
  [/--version -o/, 'GNU ld (GNU Binutils) 2.44'],
  [/-dumpspecs$/, '*cpp:'],
  [/-Q --help=/, '  -fpie  [enabled]'],
  [/-nostdinc/, '#define __PIE__ 2'],
  [/features\.h/, '#define __GLIBC__ 2\n#define __GLIBC_MINOR__ 41'],
  [/--version$/, 'gcc (Gentoo 14.3.0) 14.3.0'],
]

export const answering: Run = (program, args) => {
  const words = [program, ...args].join(' ').replaceAll('\n', ' ')
  return Promise.resolve({ exitCode: 0, stdout: ANSWERS.find(([asked]) => asked.test(words))?.[1] ?? '', stderr: '' })
}

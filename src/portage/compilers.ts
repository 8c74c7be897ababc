/**
 * Names the compilers that a build asks for beside the C toolchain: with another version of theirs it gives other code.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { packagesIn } from './depend.ts'

/** Interpreters are not among them: nearly every build asks for one, and what it makes does not hang on their patch level. */
const COMPILERS: ReadonlySet<string> = new Set(
  (
    'dev-lang/crystal dev-lang/dmd dev-lang/fpc dev-lang/ghc dev-lang/go dev-lang/go-bootstrap dev-lang/ldc2 dev-lang/nasm dev-lang/nim dev-lang/ocaml ' +
    'dev-lang/rust dev-lang/rust-bin dev-lang/sbcl dev-lang/vala dev-lang/yasm dev-lang/zig dev-lang/zig-bin llvm-core/clang llvm-core/llvm ' +
    'sys-devel/clang sys-devel/llvm'
  ).split(' '),
)

/** What a virtual stands for. */
const VIRTUALS: Readonly<Record<string, readonly string[]>> = { 'virtual/rust': ['dev-lang/rust', 'dev-lang/rust-bin'] }

/**
 * CPVs of `installed`, sorted, that are compilers which the texts (BDEPEND, DEPEND) name in any branch.
 * Errors: StrangerError SCHEMA for what PMS does not allow.
 */
export function compilersOf(
  texts: readonly string[],
  installed: readonly { readonly category: string; readonly name: string; readonly cpv: string }[],
): string[] {
  const named = texts.flatMap((text) => [...packagesIn(text, 'any')]).flatMap((name) => VIRTUALS[name] ?? [name])
  const wanted = new Set(named.filter((name) => COMPILERS.has(name)))
  return installed.flatMap(({ category, name, cpv }) => (wanted.has(`${category}/${name}`) ? [cpv] : [])).toSorted()
}

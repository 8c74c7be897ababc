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

interface Language {
  /** Variables of recipes that only it reads. */
  readonly names: readonly string[]
  /** Others that only it reads. */
  readonly others: RegExp
  /** Which dependency, or eclass, says that a build runs it. */
  readonly package: RegExp
  readonly eclass: RegExp
}

const LANGUAGES: readonly Language[] = [
  {
    names: ['RUSTFLAGS', 'CARGO_BUILD_TARGET'],
    others: /^(RUST(C|DOC)|CARGO_)/,
    package: /^(dev-lang|virtual)\/(rust|cargo)(-bin|-common)?$|\/(maturin|setuptools-rust|cargo-c|cbindgen)$/,
    eclass: /^(cargo|rust)/,
  },
  {
    names: ['GOFLAGS', 'GOAMD64', 'GOARM'],
    others: /^(GO(111MODULE|ARCH|ENV|EXPERIMENT|OS|ROOT|TOOLCHAIN|WORK)$|CGO_)/,
    package: /^dev-lang\/go(-bootstrap)?$/,
    eclass: /^go(lang)?-/,
  },
  {
    names: [],
    others: /^(_JAVA_OPTIONS|JAVA_TOOL_OPTIONS|JAVACFLAGS|CLASSPATH|ANT_(ARGS|OPTS)|MAVEN_OPTS)$/,
    package:
      /^(dev-java|java-virtuals)\/|^virtual\/(jdk|jre)$|^dev-lang\/(scala|kotlin|clojure|closure)|\/(open)?jdk|\/(bazel|ant|maven|gradle|sbt|plantuml)(-bin)?$/,
    eclass: /java|^gradle|^bazel/,
  },
  {
    names: [],
    others: /^LUA_(CPATH|INIT|PATH)$/,
    package: /^dev-lua\/|\/(lua|luajit|neovim|premake|texlive[a-z-]*)$|^dev-texlive\//,
    eclass: /^lua/,
  },
  {
    names: [],
    others: /^RUBY(LIB|OPT)$/,
    package: /^dev-ruby\/|^(dev-lang|virtual)\/ruby/,
    eclass: /^ruby-/,
  },
]

/**
 * Variables of other languages that mean nothing to a build of these dependencies (BDEPEND, DEPEND) and eclasses: those of recipes, and how others
 * are called. Errors: as `compilersOf`.
 */
export function unreadVariables(texts: readonly string[], eclasses: readonly string[]): { names: string[]; others: RegExp[] } {
  const named = texts.flatMap((text) => [...packagesIn(text, 'any')])
  const unread = LANGUAGES.filter((one) => !named.some((name) => one.package.test(name)) && !eclasses.some((name) => one.eclass.test(name)))
  return { names: unread.flatMap(({ names }) => names), others: unread.map(({ others }) => others) }
}

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

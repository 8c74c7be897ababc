/**
 * Tells which languages a build has nothing of, so that what their users set or install for themselves means nothing to it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { packagesIn } from './depend.ts'

export interface Language {
  readonly name: string
  /** Variables of recipes that only it reads. */
  readonly recipe?: readonly string[]
  /** Others that only it reads. */
  readonly others: RegExp
  /** Which dependency, or eclass, says that a build runs it. */
  readonly package: RegExp
  readonly eclass: RegExp
}

const LANGUAGES: readonly Language[] = [
  {
    name: 'Rust',
    recipe: ['RUSTFLAGS', 'CARGO_BUILD_TARGET'],
    others: /^(RUST(C|DOC)|CARGO_)/,
    package: /^(dev-lang|virtual)\/(rust|cargo)(-bin|-common)?$|\/(maturin|setuptools-rust|cargo-c|cbindgen)$/,
    eclass: /^(cargo|rust)/,
  },
  {
    name: 'Go',
    recipe: ['GOFLAGS', 'GOAMD64', 'GOARM'],
    others: /^(GO(111MODULE|ARCH|ENV|EXPERIMENT|OS|ROOT|TOOLCHAIN|WORK)$|CGO_)/,
    package: /^dev-lang\/go(-bootstrap)?$/,
    eclass: /^go(lang)?-/,
  },
  {
    name: 'Java',
    others: /^(_JAVA_OPTIONS|JAVA_TOOL_OPTIONS|JAVACFLAGS|CLASSPATH|ANT_(ARGS|OPTS)|MAVEN_OPTS)$/,
    package:
      /^(dev-java|java-virtuals)\/|^virtual\/(jdk|jre)$|^dev-lang\/(scala|kotlin|clojure|closure)|\/(open)?jdk|\/(bazel|ant|maven|gradle|sbt|plantuml)(-bin)?$/,
    eclass: /java|^gradle|^bazel/,
  },
  {
    name: 'Lua',
    others: /^LUA_(CPATH|INIT|PATH)$/,
    package: /^dev-lua\/|\/(lua|luajit|neovim|premake|texlive[a-z-]*)$|^dev-texlive\//,
    eclass: /^lua/,
  },
  {
    name: 'Ruby',
    others: /^RUBY(LIB|OPT)$/,
    package: /^dev-ruby\/|^(dev-lang|virtual)\/ruby/,
    eclass: /^ruby-/,
  },
  {
    name: 'Node',
    others: /^NODE_(OPTIONS|PATH)$/,
    package: /\/(nodejs|npm|yarn|pnpm|typescript|electron|esbuild|emscripten|jshint|uglify-?js)(-bin)?$/,
    eclass: /^(node|npm|yarn|pnpm|electron)/,
  },
  { name: 'Vala', others: /^VALAFLAGS$/, package: /^dev-lang\/vala(-common)?$/, eclass: /^vala/ },
  { name: 'Haskell', others: /^HCFLAGS$/, package: /^dev-haskell\/|^dev-lang\/ghc(-bin)?$/, eclass: /^(haskell|ghc)/ },
  {
    name: 'OCaml',
    others: /^OCAMLPARAM$/,
    package: /^dev-ml\/|^dev-lang\/ocaml$|\/(opam|coq|rocq)$/,
    eclass: /^(ocaml|dune|findlib|oasis|opam)/,
  },
  {
    name: 'D',
    others: /^(DMD|GDC|LDC)FLAGS$/,
    package: /^dev-lang\/(dmd|ldc2|gdc)|^dev-util\/dub$|\/dlang/,
    // GCC builds a compiler of it.
    eclass: /^(dlang|dmd|dub|toolchain$)/,
  },
  {
    // Meson asks it for libraries too.
    name: 'CMake',
    others: /^CMAKE_/,
    package: /\/(cmake|extra-cmake-modules|meson(-python)?|scikit-build(-core)?)$/,
    eclass: /^(cmake|ecm|meson)/,
  },
]

/** Of a build with these dependencies (BDEPEND, DEPEND) and eclasses. Errors: StrangerError SCHEMA for what PMS does not allow. */
export function languagesNotIn(texts: readonly string[], eclasses: readonly string[]): Language[] {
  const named = texts.flatMap((text) => [...packagesIn(text, 'any')])
  return LANGUAGES.filter((one) => !named.some((name) => one.package.test(name)) && !eclasses.some((name) => one.eclass.test(name)))
}

/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { languagesNotIn } from '../../src/portage/languages.ts'

const recipeNames = (texts: readonly string[], eclasses: readonly string[]): string[] =>
  languagesNotIn(texts, eclasses).flatMap(({ recipe = [] }) => recipe)

describe('variables of languages that a build does not run', () => {
  const [RUST, GO] = [
    ['RUSTFLAGS', 'CARGO_BUILD_TARGET'],
    ['GOFLAGS', 'GOAMD64', 'GOARM'],
  ]
  const cases: [string, string[], string[], string[]][] = [
    ['a build in C', ['dev-build/cmake'], ['cmake', 'toolchain-funcs'], [...RUST, ...GO]],
    ['one that names Rust', ['|| ( dev-lang/rust-bin:1.91.0 dev-lang/rust:1.91.0 )'], [], GO],
    ['a virtual', ['virtual/rust'], [], GO],
    ['a builder of Python packages in Rust', ['dev-python/setuptools-rust dev-util/maturin'], [], GO],
    ['an eclass', [''], ['cargo'], GO],
    ['one that names Go behind a flag', ['', 'go? ( >=dev-lang/go-1.24:= )'], [], RUST],
    ['an eclass of Go', [''], ['go-module'], RUST],
  ]
  for (const [name, texts, eclasses, expected] of cases) test(name, () => assert.deepEqual(recipeNames(texts, eclasses), expected))
})

describe('variables that no recipe names, of languages that a build does not run', () => {
  const NAMES =
    'RUSTC_WRAPPER CARGO_HOME GOROOT CGO_ENABLED _JAVA_OPTIONS CLASSPATH LUA_PATH RUBYLIB NODE_OPTIONS NODE_PATH VALAFLAGS HCFLAGS OCAMLPARAM ' +
    'DMDFLAGS GDCFLAGS LDCFLAGS CMAKE_BUILD_TYPE PYTHONPATH GOOGLE'
  const cases: [string, string, string[], string][] = [
    ['a build in C', 'dev-build/autoconf dev-lang/python', ['autotools'], 'PYTHONPATH GOOGLE'],
    ['one that Node runs in', 'wasm? ( net-libs/nodejs[npm] )', [], 'NODE_OPTIONS NODE_PATH PYTHONPATH GOOGLE'],
    ['Node itself', 'net-libs/nodejs', [], 'NODE_OPTIONS NODE_PATH PYTHONPATH GOOGLE'],
    ['one in Vala', '', ['vala'], 'VALAFLAGS PYTHONPATH GOOGLE'],
    ['one in Haskell', '>=dev-lang/ghc-9.0:=', ['haskell-cabal'], 'HCFLAGS PYTHONPATH GOOGLE'],
    ['one in OCaml', 'dev-ml/dune', [], 'OCAMLPARAM PYTHONPATH GOOGLE'],
    ['one in D', '', ['dlang-single'], 'DMDFLAGS GDCFLAGS LDCFLAGS PYTHONPATH GOOGLE'],
    ['GCC itself', '', ['toolchain'], 'DMDFLAGS GDCFLAGS LDCFLAGS PYTHONPATH GOOGLE'],
    ['not what has a name like an eclass', '', ['toolchain-funcs'], 'PYTHONPATH GOOGLE'],
    ['an eclass of CMake', '', ['cmake-multilib'], 'CMAKE_BUILD_TYPE PYTHONPATH GOOGLE'],
    ['CMake by its old name', 'dev-util/cmake', [], 'CMAKE_BUILD_TYPE PYTHONPATH GOOGLE'],
    ['one that Meson asks CMake for', '', ['meson'], 'CMAKE_BUILD_TYPE PYTHONPATH GOOGLE'],
    ['one that names Java', 'java? ( >=virtual/jdk-17:* )', [], '_JAVA_OPTIONS CLASSPATH PYTHONPATH GOOGLE'],
    ['an eclass of Java', '', ['java-pkg-2'], '_JAVA_OPTIONS CLASSPATH PYTHONPATH GOOGLE'],
    ['a JDK by name', 'dev-java/openjdk-bin', [], '_JAVA_OPTIONS CLASSPATH PYTHONPATH GOOGLE'],
    ['one that names Lua', 'dev-lang/luajit', [], 'LUA_PATH PYTHONPATH GOOGLE'],
    ['a program that Ruby runs', 'dev-ruby/asciidoctor', [], 'RUBYLIB PYTHONPATH GOOGLE'],
    ['one in Rust', 'virtual/rust', [], 'RUSTC_WRAPPER CARGO_HOME PYTHONPATH GOOGLE'],
    ['an eclass of Go', '', ['go-module'], 'GOROOT CGO_ENABLED PYTHONPATH GOOGLE'],
  ]
  for (const [name, text, eclasses, expected] of cases)
    test(name, () => {
      const missing = languagesNotIn([text], eclasses)
      const read = NAMES.split(' ').filter((one) => !missing.some(({ others }) => others.test(one)))
      assert.equal(read.join(' '), expected)
    })
})

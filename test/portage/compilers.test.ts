/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compilersOf, unreadVariables } from '../../src/portage/compilers.ts'

const INSTALLED = [
  { category: 'dev-lang', name: 'rust-bin', cpv: 'dev-lang/rust-bin-1.91.0' },
  { category: 'dev-lang', name: 'rust', cpv: 'dev-lang/rust-1.90.0-r1' },
  { category: 'dev-lang', name: 'go', cpv: 'dev-lang/go-1.25.1' },
  { category: 'dev-lang', name: 'python', cpv: 'dev-lang/python-3.13.1' },
  { category: 'dev-build', name: 'cmake', cpv: 'dev-build/cmake-4.0' },
]

describe('compilers of a build', () => {
  const cases: [string, string[], string[]][] = [
    ['none is asked for', ['dev-build/cmake >=dev-lang/python-3.11', ''], []],
    ['one', ['>=dev-lang/go-1.24:='], ['dev-lang/go-1.25.1']],
    ['any branch', ['|| ( dev-lang/rust:1.90.0 dev-lang/rust-bin:1.91.0 )'], ['dev-lang/rust-1.90.0-r1', 'dev-lang/rust-bin-1.91.0']],
    ['behind a flag', ['', 'go? ( dev-lang/go )'], ['dev-lang/go-1.25.1']],
    ['a virtual', ['virtual/rust'], ['dev-lang/rust-1.90.0-r1', 'dev-lang/rust-bin-1.91.0']],
    ['one that is not installed', ['llvm-core/clang'], []],
    ['one that is blocked', ['!dev-lang/go'], []],
  ]
  for (const [name, texts, expected] of cases) test(name, () => assert.deepEqual(compilersOf(texts, INSTALLED), expected))
})

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
  for (const [name, texts, eclasses, expected] of cases)
    test(name, () => assert.deepEqual(unreadVariables(texts, eclasses).names, expected))
})

describe('variables that no recipe names, of languages that a build does not run', () => {
  const NAMES = 'RUSTC_WRAPPER CARGO_HOME GOROOT CGO_ENABLED _JAVA_OPTIONS CLASSPATH LUA_PATH RUBYLIB PYTHONPATH GOOGLE'
  const cases: [string, string, string[], string][] = [
    ['a build in C', 'dev-build/cmake dev-lang/python', ['cmake'], 'PYTHONPATH GOOGLE'],
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
      const { others } = unreadVariables([text], eclasses)
      const read = NAMES.split(' ').filter((one) => !others.some((unread) => unread.test(one)))
      assert.equal(read.join(' '), expected)
    })
})

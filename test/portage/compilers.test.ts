/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compilersOf } from '../../src/portage/compilers.ts'

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

/**
 * A policy is understood whole or refused, and no level is ever free.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { UserError } from '../../src/base/errors.ts'
import { EXAMPLE_POLICY, parsePolicy, STANDARD_QUORUM } from '../../src/trust/policy.ts'

const ID = 'ab'.repeat(32)
const OTHER = 'cd'.repeat(32)

test('an empty policy: the standard quorum, and nobody counts', () => {
  assert.deepEqual(parsePolicy(''), { quorum: { 1: 100, 2: 1000, 3: 1 }, keys: new Map() })
})

test('the example says the defaults, and with its comments taken away still means what it says', () => {
  assert.deepEqual(parsePolicy(EXAMPLE_POLICY), { quorum: STANDARD_QUORUM, keys: new Map() })
  const meant = parsePolicy(EXAMPLE_POLICY.replace(/^#(?=[[a-z])/gm, ''))
  assert.deepEqual([...meant.keys], [['0'.repeat(64), { name: 'build server of the neighbours', builder: true }]])
})

test('keys and quorum are taken', () => {
  const text = `[quorum]\nlevel1 = 2\nlevel2=3\nlevel3 = 2\n[${ID}]\nname = Ada's server\nbuilder = yes\n[${OTHER}]\nname=Bob\nbuilder = no\n`
  assert.deepEqual(parsePolicy(text), {
    quorum: { 1: 2, 2: 3, 3: 2 },
    keys: new Map([
      [ID, { name: "Ada's server", builder: true }],
      [OTHER, { name: 'Bob', builder: false }],
    ]),
  })
})

const WRONG: readonly [string, string, string][] = [
  ['a quorum of 0', '[quorum]\nlevel1 = 0', 'level1'],
  ['an empty quorum', '[quorum]\nlevel3 =', 'level3'],
  ['a quorum without value', '[quorum]\nlevel3', 'level3'],
  ['a negative quorum', '[quorum]\nlevel1 = -1', 'level1'],
  ['a quorum in words', '[quorum]\nlevel1 = all', 'level1'],
  ['a huge quorum', '[quorum]\nlevel2 = 1000001', 'level2'],
  ['an unknown level', '[quorum]\nlevel4 = 1', 'level4'],
  ['level 2 below level 1', '[quorum]\nlevel1 = 10\nlevel2 = 9', 'level2'],
  ['a value outside of sections', 'level1 = 5', 'level1'],
  ['a section that is no key', '[friends]\nname = x', 'friends'],
  ['a short key id', `[${ID.slice(2)}]\nname = x`, ID.slice(2)],
  ['an upper-case key id', `[${ID.toUpperCase()}]\nname = x`, ID.toUpperCase()],
  ['a key without a name', `[${ID}]\nbuilder = yes`, 'name'],
  ['a misspelt word', `[${ID}]\nname = x\nbuilers = yes`, 'builers'],
  ['a builder that is perhaps one', `[${ID}]\nname = x\nbuilder = maybe`, 'builder'],
  ['a name that steers a terminal', `[${ID}]\nname = x\u001b[2J`, 'name'],
  ['a list for a name', `[${ID}]\nname[] = x`, 'name'],
  ['a key twice', `[${ID}]\nname = x\nbuilder = no\n[${OTHER}]\nname = y\n[${ID}]\nbuilder = yes`, `line 6: [${ID}]`],
  ['a key twice, spaced', `[${ID}]\nname = x\n[ ${ID} ] \nbuilder = yes`, 'line 3'],
  ['a key twice, quoted', `[${ID}]\nname = x\n["${ID}"]\nbuilder = yes`, 'line 3'],
  ['a quorum twice', `[quorum]\nlevel1 = 100\n# more\n\n[quorum]\nlevel1 = 1`, 'line 5: [quorum]'],
  ['a name twice', `[${ID}]\nname = x\nbuilder = no\r\nbuilder=yes`, `line 4: builder`],
  ['a name with and without value', `[${ID}]\nname = x\nbuilder = no\nbuilder`, `line 4: builder`],
  ['a level twice', '[quorum]\nlevel1 = 100\nlevel1 = 1', 'level1 of [quorum] stands here for the second time'],
  ['a section whose end is missing', `[${ID}]\nname = x\n[${OTHER}\nbuilder = yes`, 'line 3'],
  ['a section with something behind it', `[${ID}]\nname = x\n[${OTHER}] x\nbuilder = yes`, 'line 3'],
  ['a value without name', `[${ID}]\nname = x\n= yes`, 'line 3'],
  ['the section __proto__', '[__proto__]\nname = x', '__proto__'],
  ['the name __proto__', `[${ID}]\nname = x\n__proto__ = x`, '__proto__'],
  ['__proto__', '[__proto__x]\nname = x', '__proto__x'],
]

for (const [what, text, named] of WRONG) {
  test(`refused: ${what}`, () => {
    assert.throws(
      () => parsePolicy(text, 'the.policy'),
      (error) =>
        error instanceof UserError &&
        error.code === 'BAD_SETTING' &&
        error.message.startsWith('the.policy: ') &&
        error.message.includes(named),
    )
  })
}

test('property: any text gives a policy that asks for at least one key at each level, or BAD_SETTING', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom('[quorum]', `[${ID}]`, 'name = x', 'builder = yes'),
    fc.integer().map((n) => `level1 = ${n}`),
  )
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      try {
        const { quorum } = parsePolicy(lines.join('\n'))
        assert.ok(quorum[1] >= 1 && quorum[2] >= quorum[1] && quorum[3] >= 1)
      } catch (error) {
        assert.ok(error instanceof UserError && error.code === 'BAD_SETTING', String(error))
      }
    }),
  )
})

/**
 * Every rule stops what it is for, alone: taken out of the table, nothing else stops it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planStandin } from '../../src/standin/plan.ts'
import { RULES } from '../../src/standin/rules/table.ts'
import { CASES } from './support/cases.ts'
import { baseInput, IMAGE } from './support/input.ts'

test('the base input is let through by every rule, whole', () => {
  const plan = planStandin(baseInput())
  assert.equal(plan.kind, 'place', JSON.stringify(plan))
  assert.deepEqual(plan.leftOut, [])
  assert.ok(plan.kind === 'place')
  assert.deepEqual(
    plan.operations.map(({ kind, path }) => `${kind} ${path}`),
    [
      'file usr/bin/demo',
      'link usr/bin/demo-alias',
      'link usr/lib64/libdemo.so.1',
      'file usr/lib64/libdemo.so.1.0',
      'dir usr/share/demo',
      'file usr/share/demo/table',
      'file usr/share/man/man1/demo.1.gz',
    ],
  )
  assert.equal(
    plan.bytes,
    Object.values(IMAGE).reduce((sum, content) => sum + (typeof content === 'string' ? content.length : 0), 0),
  )
})

test('each rule has an id of its own, one line, and a case', () => {
  assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length)
  for (const { id, why } of RULES) {
    assert.match(id, /^[a-z]+(-[a-z]+)*$/)
    assert.match(why, /^\S.{10,110}$/)
    assert.ok(
      CASES.some(({ rule }) => rule === id),
      `${id} has no case`,
    )
  }
})

for (const { rule, what, leaves, behind, change } of CASES) {
  test(`${rule}: ${what}`, () => {
    const input = baseInput()
    change(input)
    const plan = planStandin(input)
    const without = planStandin(
      input,
      RULES.filter(({ id }) => id !== rule),
    )
    if (leaves === undefined) {
      assert.ok(plan.kind === 'refuse')
      assert.deepEqual(
        plan.reasons.map((reason) => reason.rule),
        [rule],
      )
      assert.equal(plan.verdicts.find((verdict) => verdict.rule === rule)?.passed, false)
      // oxlint-disable-next-line no-control-regex -- what a stranger sent must not reach a terminal raw
      assert.doesNotMatch(plan.reasons[0]?.text ?? '\n', /[\u0000-\u001f\u007f-\u009f]/)
      assert.equal(without.kind, 'place', 'something else stops it as well')
    } else {
      assert.deepEqual(
        plan.leftOut.filter(({ path }) => path === leaves),
        [{ path: leaves, rule }],
      )
      assert.deepEqual(
        without.leftOut.filter(({ path }) => path === leaves),
        behind === undefined ? [] : [{ path: leaves, rule: behind }],
      )
    }
  })
}

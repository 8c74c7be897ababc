/**
 * Every rule stops what it is for, alone: taken out of the table, nothing else stops it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { type Plan, planStandin } from '../../src/standin/plan.ts'
import { RULES } from '../../src/standin/rules/table.ts'
import type { Case } from './support/case.ts'
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

/** What the rule of a case says of it, with these rules: what the case expects of it, and nothing of any other rule. */
function holds({ rule, leaves, takes, behind }: Case, plan: Plan): boolean {
  if (leaves !== undefined) return plan.leftOut.some((entry) => entry.path === leaves && entry.rule === rule)
  if (takes !== undefined) return plan.kind === 'place' && plan.operations.some(({ path }) => path === takes)
  return (
    plan.kind === 'refuse' &&
    isDeepStrictEqual(
      plan.reasons.map((reason) => reason.rule),
      behind === undefined ? [rule] : [rule, behind],
    )
  )
}

for (const one of CASES) {
  const { rule, what, leaves, takes, behind, change } = one
  test(`${rule}: ${what}`, () => {
    const input = baseInput()
    change(input)
    const plan = planStandin(input)
    assert.ok(holds(one, plan), JSON.stringify(plan.kind === 'refuse' ? plan.reasons : plan.leftOut))
    const verdict = plan.verdicts.find((found) => found.rule === rule)
    assert.equal(verdict?.passed, leaves !== undefined || takes !== undefined)
    // oxlint-disable-next-line no-control-regex -- what a stranger sent must not reach a terminal raw
    assert.match(verdict.text, /^[^\u0000-\u001f\u007f-\u009f]+$/)

    const without = planStandin(
      input,
      RULES.filter(({ id }) => id !== rule),
    )
    assert.ok(!holds(one, without), 'the rule makes no difference')
    // What one row of the places does not decide the last one does.
    if (RULES.find(({ id }) => id === rule)?.scope === 'place') return
    if (leaves === undefined && behind === undefined) assert.equal(without.kind, 'place', 'something else stops it as well')
    else if (without.kind === 'place')
      assert.deepEqual(
        without.leftOut.filter(({ path }) => path === leaves).map((entry) => entry.rule),
        behind === undefined ? [] : [behind],
      )
    else
      assert.deepEqual(
        without.reasons.map((reason) => reason.rule),
        [behind],
      )
  })
}

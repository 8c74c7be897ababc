/**
 * What tests have made is undone, last first, also where a part of that fails.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { atEnd } from './support/atEnd.ts'

/** What Node calls when the test is over; a real one would fail with what these tests let fail. */
function endable(): { readonly t: TestContext; readonly end: () => Promise<unknown> } {
  const hooks: (() => unknown)[] = []
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all of it that is asked for
  const t = { after: (hook: () => unknown) => void hooks.push(hook) } as unknown as TestContext
  return { t, end: async () => Promise.all(hooks.map((hook) => hook())) }
}

test('the last is undone first, and waited for', async () => {
  const { t, end } = endable()
  const undone: string[] = []
  atEnd(t, () => void undone.push('folder'))
  atEnd(t, async () => {
    await Promise.resolve()
    undone.push('process')
  })
  await end()
  assert.deepEqual(undone, ['process', 'folder'])
})

test('a failure is told when all is undone, and so are two', async () => {
  for (const failing of [1, 2]) {
    const { t, end } = endable()
    const undone: number[] = []
    for (const at of [0, 1, 2])
      atEnd(t, () => {
        undone.push(at)
        if (at >= 3 - failing) throw new Error(`no ${at}`)
      })
    await assert.rejects(
      end(),
      failing === 1 ? { name: 'Error', message: 'no 2' } : { name: 'AggregateError', message: 'Error: no 2\nError: no 1' },
    )
    assert.deepEqual(undone, [2, 1, 0])
  }
})

/**
 * What a test has made is undone in reverse order, all of it: a part that fails neither hides the others nor keeps them from being undone.
 *
 * `t.after` of Node runs in the order of the calls and stops at the first failure: a folder would go before the process that writes in it, and
 * that process, never ended, would hold its test for ever.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { TestContext } from 'node:test'

type Undo = () => unknown

const lists = new WeakMap<TestContext, Undo[]>()

/** Has `undo` run when the test of `t` is over, before what was asked for earlier. */
export function atEnd(t: TestContext, undo: Undo): void {
  const known = lists.get(t)
  if (known !== undefined) return void known.push(undo)
  const list = [undo]
  lists.set(t, list)
  t.after(() => undoAll(list))
}

async function undoAll(list: Undo[]): Promise<void> {
  const failures: unknown[] = []
  for (let undo = list.pop(); undo !== undefined; undo = list.pop()) {
    try {
      await undo()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join('\n'))
}

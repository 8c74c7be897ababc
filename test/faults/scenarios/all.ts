/**
 * Every scenario, by its name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Scenario } from '../support/scenario.ts'
import { BUILDING } from './build.ts'
import { CAPTURING } from './capture.ts'
import { FOLLOWING } from './follow.ts'
import { HOOKS } from './hook.ts'
import { PLACING } from './place.ts'
import { PUBLISHING } from './publish.ts'
import { PURGING } from './purge.ts'
import { RECOVERING } from './recover.ts'

export const SCENARIOS: readonly Scenario[] = [
  ...PLACING,
  ...PURGING,
  ...RECOVERING,
  ...CAPTURING,
  ...FOLLOWING,
  ...PUBLISHING,
  ...BUILDING,
  ...HOOKS,
]

export function scenarioNamed(name: string): Scenario {
  const found = SCENARIOS.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no scenario has the name ${name}`)
  return found
}

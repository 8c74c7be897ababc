/**
 * `standin why`: each rule that let a package through or stopped it, the last time that it was built.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { meant } from '../atoms.ts'
import { daemonOr } from '../daemonOr.ts'
import type { WhyDocument } from '../documents.ts'
import { readKnown } from '../lastKnown.ts'
import type { Output } from '../output.ts'
import { packageSpan } from '../standinLines.ts'
import { arrowed, type Line, starred } from '../text.ts'
import { moment } from '../../base/units.ts'
import type { World } from '../world.ts'

type Course = WhyDocument['courses'][number]

export async function why(world: World, out: Output, atoms: readonly string[]): Promise<number> {
  const { value, fromDaemon, exit } = await daemonOr(world, out, 'why', () => readKnown(world.folders))
  const courses = meant(atoms, value.courses, 'no package of which standin has written down how it fared')
  if (out.json) out.document({ standin: 'why-1', daemon: fromDaemon, courses } satisfies WhyDocument)
  else out.lines(courses.flatMap((course) => renderCourse(course, out)))
  return exit
}

/** `quiet` leaves out the rules. */
export function renderCourse(course: Course, how: { readonly quiet: boolean }): Line[] {
  const verdicts = how.quiet ? [] : course.verdicts
  const width = Math.max(0, ...verdicts.map(({ rule }) => rule.length))
  return [
    arrowed(packageSpan(course), `  ${moment(course.at)}`),
    starred(course.placed ? 'good' : 'warn', course.outcome),
    ...verdicts.map(({ rule, passed, text }): Line => [
      '   ',
      passed ? { tone: 'good', text: 'passed ' } : { tone: 'bad', text: 'stopped' },
      ` ${rule.padEnd(width)}  ${text}`,
    ]),
  ]
}

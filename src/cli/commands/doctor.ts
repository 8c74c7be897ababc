/**
 * `standin doctor`: every check of this host, one line each, with the remedy for what is wrong.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { DoctorDocument } from '../documents.ts'
import { type Finding, withRemedies } from '../doctor/finding.ts'
import { CHECKS } from '../doctor/checks.ts'
import { EXIT } from '../exit.ts'
import type { Output } from '../output.ts'
import type { Line, Tone } from '../text.ts'
import type { World } from '../world.ts'

export async function doctor(world: World, out: Output): Promise<number> {
  const findings = (await Promise.all(CHECKS.map((check) => withRemedies(check, world)))).flat()
  world.signal.throwIfAborted()
  const wrong = findings.filter(({ state }) => state === 'wrong').length
  if (out.json) out.document({ standin: 'doctor-1', findings, wrong } satisfies DoctorDocument)
  else out.lines(renderFindings(findings, out))
  if (wrong > 0) out.bad(`${wrong} of ${findings.length} checks found something wrong`)
  else out.good(`${findings.length} checks, nothing is wrong`)
  return wrong > 0 ? EXIT.failure : EXIT.ok
}

const MARKS: Record<Finding['state'], { readonly tone: Tone; readonly text: string }> = {
  ok: { tone: 'good', text: '[ ok ]' },
  note: { tone: 'label', text: '[note]' },
  wrong: { tone: 'bad', text: '[ !! ]' },
}

export function renderFindings(findings: readonly Finding[], how: { readonly quiet: boolean }): Line[] {
  const width = Math.max(0, ...findings.map(({ check }) => check.length))
  return findings
    .filter(({ state }) => !how.quiet || state === 'wrong')
    .map(({ check, state, text, remedy }): Line => {
      const advice: Line = remedy === null ? [] : [' -- ', { tone: 'bold', text: remedy }]
      return [MARKS[state], ` ${check.padEnd(width)}  ${text}`, ...advice]
    })
}

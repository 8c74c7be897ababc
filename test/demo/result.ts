/**
 * What a demo has shown: the line of JSON for machines, the table for people, and in words whatever was not as it must be.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Line } from '../../src/cli/text.ts'

type Both<T> = readonly [first: T, second: T]

/** The keys of the last line of `npm run demo -- --json`. */
export interface Result {
  readonly package: string
  /** From Portage's fetch hook to the program's own output. */
  readonly usableAfterSeconds: number
  /** The whole emerge on the second host, without the time that the demo itself held it. */
  readonly buildSeconds: number
  /** `emerge -K` of the same package on a third host. */
  readonly binpkgSeconds: number
  /** Names that stood in. */
  readonly placed: number
  /** Paths that are not, right before the merge, what they were before the emerge. */
  readonly left: number
  readonly audit: string
  readonly contentIds: Both<string>
  readonly archiveSha256: Both<string>
  readonly emergeExit: Both<number>
}

/** What the table tells besides. */
export interface Told {
  /** `category/name-version`. */
  readonly cpv: string
  /** From the second person's `emerge` and Enter to the program's own output. */
  readonly sinceTypedSeconds: number
  /** What the program said. */
  readonly said: string
  readonly commandLine: string
  /** Names of the two hosts. */
  readonly hosts: Both<string>
}

export function jsonLine(result: Result): string {
  return JSON.stringify(result)
}

/** One sentence for each thing that is not as the design promises; none when all is well. */
export function faults(result: Result, told: Told): string[] {
  const [first, second] = told.hosts
  const wrong = [
    [result.emergeExit[0] === 0, `emerge on ${first} ended with ${result.emergeExit[0]}`],
    [result.emergeExit[1] === 0, `emerge on ${second} ended with ${result.emergeExit[1]}`],
    [told.said !== '', `${told.commandLine} said nothing while Portage was compiling`],
    [result.placed > 0, 'nothing stood in'],
    [result.left === 0, `${result.left} paths were not as before when the merge began`],
    [result.audit === 'agree', `the own build was compared with the copy that stood in: ${result.audit}`],
    [same(result.contentIds), 'the two hosts have different content ids'],
    [same(result.archiveSha256), 'the two hosts have different archives'],
  ] as const
  return wrong.filter(([good]) => !good).map(([, text]) => text)
}

function same([a, b]: Both<string>): boolean {
  return a === b && a !== ''
}

export function table(result: Result, told: Told): Line[] {
  const [first, second] = told.hosts
  const equal = ([a, b]: Both<string>): Line =>
    a === b
      ? [`${a.slice(0, 16)}  on both hosts`]
      : [{ tone: 'bad', text: `${a.slice(0, 16)} on ${first}, ${b.slice(0, 16)} on ${second}` }]
  const rows: [string, Line][] = [
    [
      `\`${told.commandLine}\` ran after`,
      [{ tone: 'good', text: inSeconds(result.usableAfterSeconds) }, `  from Portage's fetch hook to its own output`],
    ],
    ['', [`${inSeconds(told.sinceTypedSeconds)}  from \`emerge\` and Enter`]],
    ['a binary package takes', [`${inSeconds(result.binpkgSeconds)}  \`emerge -K\` of it, by somebody who had made one before`]],
    ['the own build took', [`${inSeconds(result.buildSeconds)}  the whole emerge`]],
    ['names that stood in', [`${result.placed}, of which ${result.left} were left when the merge began`]],
    [
      'the own build says',
      [result.audit === 'agree' ? { tone: 'good', text: 'agree, byte for byte' } : { tone: 'bad', text: result.audit }],
    ],
    ['content id', equal(result.contentIds)],
    ['archive (SHA-256)', equal(result.archiveSha256)],
    ['emerge ended with', [result.emergeExit.join(' and ')]],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    [{ tone: 'package', text: told.cpv }, ` on ${second}, from ${first}, without a server`],
    ...rows.map(([name, value]): Line => ['  ', { tone: 'label', text: name.padEnd(width) }, '  ', ...value]),
  ]
}

function inSeconds(seconds: number): string {
  return `${seconds.toFixed(2).padStart(6)} s`
}

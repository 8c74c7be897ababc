/**
 * Takes a course on both hosts and holds them against each other: what emerge leaves, says and ends with is the same, and nothing of standin is left.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Host } from '../host/host.ts'
import { append } from '../standin/built.ts'
import { settled } from '../story/ours.ts'
import { type Command, commandsOf, type Course, wordsOf } from './course.ts'
import { type Look, lookAt } from './look.ts'
import { contrast, outcomeOf, plainSaid } from './outcome.ts'
import { quietLook } from './quiet.ts'
import { savedNames, unsettledRows } from './traces.ts'
import { createPair, type Pair } from './pair.ts'
import { baseOf, reset, standinOff, writeFiles } from './reset.ts'

/** Declares a test for each of `courses`, all on one pair of hosts. */
export function takeCourses(name: string, courses: readonly Course[]): void {
  let pair: Pair | undefined
  before(async () => {
    pair = await createPair(name, offered(courses), ebuildsOf(courses))
  })
  after(() => pair?.close())
  for (const course of courses) test(course.name, { skip: course.skip ?? false }, () => take(pair, course))
}

function offered(courses: readonly Course[]): string[] {
  return [...new Set(courses.filter(({ skip }) => typeof skip !== 'string').flatMap(({ placed }) => placed))]
}

/** Those that the repository is without. */
function ebuildsOf(courses: readonly Course[]): Record<string, string> {
  const files = courses.flatMap((course) => Object.entries(course.files ?? {}))
  return Object.fromEntries(files.filter(([path]) => path.endsWith('.ebuild')))
}

const PLACED = /^(\S+): can be used now/gm

interface Taken {
  readonly before: Look
  readonly after: Look
  readonly exits: readonly number[]
  readonly said: readonly string[]
}

async function take(pair: Pair | undefined, course: Course): Promise<void> {
  assert.ok(pair !== undefined)
  const { on, off, daemon } = pair
  const bases = [await baseOf(on, course), await baseOf(off, course)] as const
  try {
    const heard = daemon.output().length
    let told = heard
    const prepared = (): void => void (told = daemon.output().length)
    const [ours, theirs] = await Promise.all([takeOn(on, course, prepared), takeOn(off, course, () => undefined)])
    const placed = [...daemon.output().slice(told).matchAll(PLACED)].map(([, cpv = '']) => cpv)
    const shown = ours.said.join('\n')
    assert.deepEqual(placed.toSorted(), course.placed.toSorted(), `another stand-in was placed: ${daemon.output().slice(heard)}\n${shown}`)
    assert.deepEqual(ours.exits, course.exits ?? ours.exits.map(() => 0), shown)
    assert.deepEqual(ours.exits, theirs.exits, shown)
    if (course.says !== undefined) assert.match(shown, course.says)
    const anyOrder = course.anyOrder === true
    const [weSaid, theySaid] = [ours.said.flatMap(plainSaid), theirs.said.flatMap(plainSaid)]
    assert.deepEqual(contrast(weSaid, theySaid), [])
    if (!anyOrder) assert.deepEqual(weSaid, theySaid)
    const outcomes = [outcomeOf(on, ours.before, ours.after, anyOrder), outcomeOf(off, theirs.before, theirs.after, anyOrder)] as const
    assert.deepEqual(contrast(...outcomes), [])
    assert.equal(await savedNames(on), '', 'a saved environment names standin')
    assert.equal(await unsettledRows(on), '0 0 0', 'rows of the journal')
  } finally {
    await Promise.all([reset(on, bases[0]), reset(off, bases[1])])
  }
}

async function takeOn(host: Host, course: Course, prepared: () => void): Promise<Taken> {
  writeFiles(host, course)
  for (const line of course.before ?? []) await host.run(wordsOf(line), { env: { ...course.env, ...standinOff } })
  prepared()
  if (course.bashrc !== undefined) append(host, '/etc/portage/bashrc', course.bashrc)
  const looked = await lookAt(host)
  const [exits, said]: [number[], string[]] = [[], []]
  const commands = commandsOf(course)
  for (let turn = 0; turn < course.typed.length; turn += 1) {
    const ended = await Promise.all(commands.filter((command) => command.turn === turn).map((command) => type(host, course, command)))
    exits.push(...ended.map(({ exitCode }) => exitCode))
    said.push(...ended.map(({ text }) => text))
  }
  await settled(host)
  return { before: looked, after: await quietLook(host, looked), exits, said }
}

async function type(host: Host, course: Course, { argv }: Command): Promise<{ exitCode: number; text: string }> {
  const typed = await host.start(argv, { pty: true, env: { NO_COLOR: '1', ...course.env } })
  if (course.answer !== undefined) typed.write(course.answer)
  const { exitCode } = await typed.exited
  return { exitCode, text: typed.output() }
}

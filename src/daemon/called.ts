/**
 * Tells what this host and the people on it are called at this moment, in a bounded form that the note of a build can hold.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import * as v from 'valibot'
import { StandinError } from '../base/errors.ts'
import { plainText } from '../base/schema.ts'
import { plainLine } from '../portage/terminal.ts'
import { type Account, readAccounts } from './accounts.ts'
import { person } from './caller.ts'
import { hostNames } from './hostNames.ts'

export interface NamedHost {
  readonly root: string
  /** What its kernel says now. */
  readonly hostname: string
}

/** About 4,000 accounts; a note is written anew at each step of a build. */
const MOST_BYTES = 256 * 1024

const names = v.pipe(v.array(v.pipe(v.string(), v.maxLength(253))), v.maxLength(64))

export const called = v.pipe(
  v.strictObject({
    /** What it is called by itself comes first. */
    hosts: names,
    domains: names,
    people: v.pipe(v.array(person), v.maxLength(10_000)),
  }),
  v.check((all) => Buffer.byteLength(JSON.stringify(all)) <= MOST_BYTES, 'too many bytes'),
)

export type Called = v.InferOutput<typeof called>

/** Or why that is not known. */
export const notedAsCalled = v.union([called, v.strictObject({ why: plainText(2000) })])

/** Whatever their number. Errors: HostError UNREADABLE. */
export function calledNow({ root, hostname }: NamedHost, accounts: readonly Account[] = readAccounts(root)): Called {
  const { hostname: first, aliases, domains } = hostNames(root, hostname)
  const people = accounts.filter(({ kind }) => kind === 'person').map(({ name, home }) => ({ name, home }))
  return { hosts: [first, ...aliases].filter((name) => name !== ''), domains: [...domains], people }
}

export function noteOfCalled(host: NamedHost): v.InferOutput<typeof notedAsCalled> {
  try {
    const read = v.safeParse(called, calledNow(host))
    return read.success ? read.output : { why: 'the accounts of people here are more than a note holds' }
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    return { why: plainLine(error.message).slice(0, 2000) }
  }
}

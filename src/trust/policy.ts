/**
 * Whose attestations count on this host, and how many of them make a level; without a policy nobody's count.
 *
 * The file is an ini file, for a person to write; `EXAMPLE_POLICY` shows all of it. Whatever is not understood is refused, for a misspelt word in
 * a policy would otherwise trust more, or less, than its writer meant.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { parse } from 'ini'
import { UserError } from '../base/errors.ts'

export interface NamedKey {
  readonly name: string
  /** A build server whose word alone makes level 3. */
  readonly builder: boolean
}

export interface Policy {
  /** Least number of counting keys for each level; never 0. */
  readonly quorum: Readonly<Record<1 | 2 | 3, number>>
  /** Key id to what is known of it. */
  readonly keys: ReadonlyMap<string, NamedKey>
}

export const STANDARD_QUORUM: Policy['quorum'] = { 1: 100, 2: 1000, 3: 1 }

export const EXAMPLE_POLICY = `# Whose attestations count on this host. A key that is not named here counts nothing, however many there are of it.

[quorum]
# So many counting keys must have said the same of an offer. At least 1 each; level2 not less than level1.
level1 = ${STANDARD_QUORUM[1]}
level2 = ${STANDARD_QUORUM[2]}
# So many of the keys with "builder = yes".
level3 = ${STANDARD_QUORUM[3]}

# One section for each key, by its key id. \`standin key\` shows that of a host.
#[0000000000000000000000000000000000000000000000000000000000000000]
#name = build server of the neighbours
#builder = yes
`

const MAX_KEYS = 100_000
const MAX_QUORUM = 1_000_000
const MAX_NAME = 100

/** Errors: UserError BAD_SETTING, naming `path`, the key and what is allowed. */
export function parsePolicy(text: string, path: string = 'policy'): Policy {
  refuseTwice(text, path)
  const sections = Object.entries<unknown>(parse(text))
  if (sections.length > MAX_KEYS) throw bad(path, '', `more than ${MAX_KEYS} sections`)
  const quorum = { ...STANDARD_QUORUM }
  const keys = new Map<string, NamedKey>()
  for (const [section, values] of sections) {
    if (typeof values !== 'object' || values === null) throw bad(path, section, 'stands outside of any section')
    if (section === 'quorum') Object.assign(quorum, quorumOf(new Map(Object.entries(values)), path))
    else keys.set(keyIdOf(section, path), namedKey(new Map(Object.entries(values)), section, path))
  }
  if (quorum[2] < quorum[1]) throw bad(path, 'quorum', `level2 (${quorum[2]}) is less than level1 (${quorum[1]})`)
  return { quorum, keys }
}

/** The package `ini` takes the last of two values, joins sections of one name, and skips what it can't read; the writer of such a file means another. */
function refuseTwice(text: string, path: string): void {
  const said = new Set<string>()
  let section = ''
  for (const [at, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (/^\s*([;#].*)?$/.test(line)) continue
    const isSection = /^\[[^\]]*\]\s*$/.test(line)
    const [name] = Object.keys(parse(line))
    const where = `line ${at + 1}: ${line.trim()}`
    if (name === undefined || (!isSection && name.startsWith('['))) throw bad(path, where, 'is neither a section nor NAME = VALUE')
    if (isSection) section = name
    const key = isSection ? name : `${section}\n${name}`
    if (said.has(key)) throw bad(path, where, `${isSection ? 'the section' : `${name} of [${section}]`} stands here for the second time`)
    said.add(key)
  }
}

type Values = ReadonlyMap<string, unknown>

function quorumOf(values: Values, path: string): Partial<Record<1 | 2 | 3, number>> {
  const levels = new Map<string, 1 | 2 | 3>([
    ['level1', 1],
    ['level2', 2],
    ['level3', 3],
  ])
  return Object.fromEntries(
    [...values].map(([key, value]) => {
      const level = levels.get(key)
      if (level === undefined) throw bad(path, `quorum: ${key}`, 'is unknown; there are level1, level2 and level3')
      return [level, keysNeeded(value, key, path)]
    }),
  )
}

function keysNeeded(value: unknown, key: string, path: string): number {
  const number = typeof value === 'string' && /^\d{1,7}$/.test(value) ? Number(value) : 0
  if (number < 1 || number > MAX_QUORUM) throw bad(path, `quorum: ${key} = ${String(value)}`, `allowed is 1 to ${MAX_QUORUM} keys`)
  return number
}

function keyIdOf(section: string, path: string): string {
  if (!/^[0-9a-f]{64}$/.test(section)) throw bad(path, `[${section}]`, 'a section is quorum, or a key id of 64 lower-case hex digits')
  return section
}

function namedKey(values: Values, section: string, path: string): NamedKey {
  const [name, builder] = [values.get('name'), values.get('builder') ?? false]
  const unknown = [...values.keys()].find((key) => key !== 'name' && key !== 'builder')
  if (unknown !== undefined) throw bad(path, `[${section}]: ${unknown}`, 'is unknown; there are name and builder')
  // oxlint-disable-next-line no-control-regex -- the name is shown on terminals
  if (typeof name !== 'string' || name.length > MAX_NAME || !/^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+$/.test(name))
    throw bad(path, `[${section}]: name`, `every key has a name of 1 to ${MAX_NAME} printable characters`)
  return { name, builder: yesOrNo(builder, section, path) }
}

function yesOrNo(value: unknown, section: string, path: string): boolean {
  if (value === true || value === 'yes') return true
  if (value === false || value === 'no') return false
  throw bad(path, `[${section}]: builder = ${String(value)}`, 'allowed is yes or no')
}

function bad(path: string, what: string, why: string): UserError {
  return new UserError('BAD_SETTING', `${path}: ${what.slice(0, 200)}: ${why}`)
}

/**
 * Turns the words of the command line into one checked request, or says which of them is wrong.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { parseArgs } from 'node:util'
import { UserError } from '../base/errors.ts'
import { COLOUR_CHOICES, commandOf, type CommandName, isCommand, OPTIONS } from './usage.ts'

export type Colour = (typeof COLOUR_CHOICES)[number]

export interface Asked {
  /** Undefined only with `help` or `version`. */
  readonly command: CommandName | undefined
  readonly atoms: readonly string[]
  /** Long names of the options that were given. */
  readonly flags: ReadonlySet<string>
  readonly colour: Colour | undefined
  /** For `daemon`: what is passed on as it is. */
  readonly rest: readonly string[]
}

const SHORT = new Map(OPTIONS.flatMap(([long, short]) => (short === '' ? [] : [[short, long]])))
const EVERYWHERE = OPTIONS.map(([long]) => long)

/** Errors: UserError USAGE. */
export function parseArguments(words: readonly string[]): Asked {
  const command = commandIn(words)
  // What follows `daemon` is the daemon's own.
  const own = command?.name === 'daemon' ? words.slice(0, command.at + 1) : words
  const rest = command?.name === 'daemon' ? words.slice(command.at + 1) : []
  const wantsHelp = rest.length === 1 && (rest[0] === '--help' || rest[0] === '-h')
  const asked = read(own, command?.name)
  return wantsHelp ? { ...asked, flags: new Set([...asked.flags, 'help']) } : { ...asked, rest }
}

function read(words: readonly string[], command: CommandName | undefined): Asked {
  const allowed = new Set([...EVERYWHERE, ...(command === undefined ? [] : commandOf(command).flags)])
  const flags = new Set<string>()
  const positionals: string[] = []
  let colour: Colour | undefined
  for (const token of tokensOf(words)) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const { name, value, rawName } = token
    if (name === 'color') colour = colourOf(value)
    else if (!allowed.has(name)) throw wrong(`${command ?? 'standin'} takes no option ${rawName}`)
    else if (value !== undefined) throw wrong(`${rawName} takes no value`)
    else flags.add(name)
  }
  if (flags.has('quiet') && flags.has('verbose')) throw wrong('--quiet and --verbose exclude each other')
  const atoms = positionals.slice(1)
  const told = flags.has('help') || flags.has('version')
  if (command === undefined && !told) throw wrong('a command is missing')
  if (command !== undefined && !told) checkForm(command, flags, atoms)
  return { command, atoms, flags, colour, rest: [] }
}

/** The first word that is no option, and where it stands. Errors: UserError USAGE when it is no command. */
function commandIn(words: readonly string[]): { readonly name: CommandName; readonly at: number } | undefined {
  const token = tokensOf(words).find(({ kind }) => kind === 'positional')
  if (token?.kind !== 'positional') return undefined
  if (!isCommand(token.value)) throw wrong(`there is no command ${JSON.stringify(token.value.slice(0, 60))}`)
  return { name: token.value, at: token.index }
}

type Token =
  | { readonly kind: 'option'; readonly name: string; readonly rawName: string; readonly value?: string | undefined }
  | { readonly kind: 'positional'; readonly index: number; readonly value: string }
  | { readonly kind: 'option-terminator' }

// Not strict: the tokens are judged here, in words that fit the rest.
function tokensOf(words: readonly string[]): readonly Token[] {
  const options = {
    color: { type: 'string' as const },
    ...Object.fromEntries([...SHORT].map(([short, long]) => [long, { type: 'boolean' as const, short }])),
  }
  return parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true }).tokens
}

function colourOf(value: string | undefined): Colour {
  // emerge takes y and n.
  const found = COLOUR_CHOICES.find((choice) => choice === value || (choice !== 'auto' && choice.slice(0, 1) === value))
  if (found === undefined) throw wrong(`--color takes ${COLOUR_CHOICES.join(', ')}`)
  return found
}

function checkForm(name: CommandName, flags: ReadonlySet<string>, atoms: readonly string[]): void {
  const command = commandOf(name)
  const [fewest, most] = command.atoms
  if (atoms.length < fewest) throw wrong(`${name} wants an atom: standin ${name} ${command.form}`)
  if (atoms.length > most) throw wrong(most === 0 ? `${name} takes no atom` : `${name} takes at most ${most} atoms`)
  if (name === 'purge' && flags.has('all') === atoms.length > 0) throw wrong(`purge wants either atoms or --all`)
  if (name === 'hook' && command.flags.filter((flag) => flags.has(flag)).length !== 1)
    throw wrong('hook wants one of --enable, --disable and --status')
  if (name === 'hook' && flags.has('status') && flags.has('pretend')) throw wrong('hook --status changes nothing: leave out --pretend')
}

function wrong(what: string): UserError {
  return new UserError('USAGE', `${what} (standin --help)`)
}

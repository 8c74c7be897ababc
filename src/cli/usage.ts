/**
 * The commands and options there are, in one table that arguments are checked against and help is made from.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { EXIT_MEANINGS } from './exit.ts'

export interface Command {
  /** What follows the command. */
  readonly form: string
  readonly about: string
  /** Options beyond those that every command takes. */
  readonly flags: readonly string[]
  /** Fewest and most atoms. */
  readonly atoms: readonly [number, number]
}

const MOST_ATOMS = 1000

export const COMMANDS = {
  status: {
    form: '[--watch]',
    about: 'what the daemon does: live stand-ins, kept files, transfers, disputes',
    flags: ['watch'],
    atoms: [0, 0],
  },
  list: { form: '[ATOM...]', about: 'live stand-ins and own builds that match', flags: [], atoms: [0, MOST_ATOMS] },
  why: { form: 'ATOM...', about: 'each rule that let a package through or stopped it, the last time', flags: [], atoms: [1, MOST_ATOMS] },
  purge: {
    form: '--all | ATOM...',
    about: 'take stand-ins away now; works without the daemon too',
    flags: ['all'],
    atoms: [0, MOST_ATOMS],
  },
  hook: {
    form: '--enable | --disable | --status',
    about: 'the lines of standin in /etc/portage/bashrc',
    flags: ['enable', 'disable', 'status'],
    atoms: [0, 0],
  },
  doctor: { form: '', about: 'check this host, one line a thing, with a remedy for each that is wrong', flags: [], atoms: [0, 0] },
  key: { form: '', about: 'the id of the key that signs for this host, and how others let it count', flags: [], atoms: [0, 0] },
  daemon: { form: '[ARGUMENT...]', about: 'run the daemon in the foreground', flags: [], atoms: [0, 0] },
} as const satisfies Record<string, Command>

export type CommandName = keyof typeof COMMANDS

/** Long name, short name, what it does. */
export const OPTIONS: readonly (readonly [string, string, string])[] = [
  ['pretend', 'p', 'only show what would be done'],
  ['verbose', 'v', 'say more'],
  ['quiet', 'q', 'say less: no messages but errors, and of what was asked the bare names'],
  ['json', '', 'one JSON document on standard output (with --watch one a line)'],
  ['help', 'h', 'show this, or with a command what it takes'],
  ['version', 'V', 'show the version'],
]

export const COLOUR_CHOICES = ['yes', 'no', 'auto'] as const

export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name)
}

export function commandOf(name: CommandName): Command {
  return COMMANDS[name]
}

/** What `--help` prints. */
export function help(name: CommandName | undefined): string {
  if (name !== undefined)
    return [`standin ${name} ${COMMANDS[name].form}`.trimEnd(), `  ${COMMANDS[name].about}`, '', ...options(), ''].join('\n')
  const commands = Object.entries(COMMANDS).map(([command, { form, about }]) => row(`${command} ${form}`, about))
  const codes = EXIT_MEANINGS.map(([code, meaning]) => row(String(code), meaning, 7))
  return [
    'standin [OPTION...] COMMAND [ATOM...]',
    '  run programs while Portage compiles them',
    '',
    'Commands:',
    ...commands,
    '',
    ...options(),
    '',
    'Exit codes:',
    ...codes,
    '',
  ].join('\n')
}

function options(): string[] {
  const lines = OPTIONS.map(([long, short, about]) => row(`--${long}${short === '' ? '' : `, -${short}`}`, about))
  return ['Options:', ...lines, row(`--color=${COLOUR_CHOICES.join('|')}`, 'colours; auto: on a terminal, unless NO_COLOR is set')]
}

function row(left: string, right: string, width: number = 40): string {
  return `  ${left.padEnd(width - 2)}${right}`
}

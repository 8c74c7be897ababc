/**
 * Runs one command and tells its exit code; no error leaves it unsaid, and none leaves it as a stack trace unless asked for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError, StandinError, systemCode, UserError } from '../base/errors.ts'
import { parseAtom } from '../portage/atom.ts'
import { readConf } from '../portage/settings.ts'
import { type Asked, type Colour, parseArguments } from './arguments.ts'
import { EXIT, exitCodeOf } from './exit.ts'
import { type Output, outputFor } from './output.ts'
import { type CommandName, help } from './usage.ts'
import { VERSION } from './version.ts'
import type { World } from './world.ts'

/** `words`: the command line without the program. */
export async function main(words: readonly string[], world: World): Promise<number> {
  let asked: Asked
  try {
    asked = parseArguments(words)
  } catch (error) {
    const json = words.includes('--json')
    return failed(error, world, outputFor(world, { ...NOTHING_ASKED, flags: new Set(json ? ['json'] : []) }, 'auto'))
  }
  if (asked.command === undefined || asked.flags.has('help') || asked.flags.has('version')) {
    world.stdout.write(asked.flags.has('version') ? `standin ${VERSION}\n` : help(asked.command))
    return EXIT.ok
  }
  const out = outputWithSettings(world, asked)
  try {
    // A bad atom is wrong whatever the daemon would say, so nobody is asked before.
    for (const { text, use } of asked.atoms.filter((atom) => !atom.startsWith('/')).map(parseAtom))
      if (use !== undefined) out.warn(`${JSON.stringify(text)}: USE is not known here, so [${use}] is not looked at`)
    const atoms = asked.atoms.length === 0 ? [] : await (await import('./owners.ts')).withoutPaths(asked.atoms, world)
    return await COMMANDS_BY_NAME[asked.command]({ ...asked, atoms, world, out, pretend: asked.flags.has('pretend') })
  } catch (error) {
    return failed(error, world, out)
  }
}

const NOTHING_ASKED: Asked = { command: undefined, atoms: [], flags: new Set(), colour: undefined, rest: [] }

interface Call {
  readonly world: World
  readonly out: Output
  readonly atoms: readonly string[]
  readonly flags: ReadonlySet<string>
  readonly pretend: boolean
  readonly rest: readonly string[]
}

// Each command is loaded when it is asked for: most need little, and Node's start is what a person waits for.
const COMMANDS_BY_NAME: Record<CommandName, (call: Call) => Promise<number>> = {
  status: async ({ world, out, flags }) =>
    flags.has('watch')
      ? (await import('./commands/watch.ts')).watch(world, out)
      : (await import('./commands/status.ts')).status(world, out),
  list: async ({ world, out, atoms }) => (await import('./commands/list.ts')).list(world, out, atoms),
  why: async ({ world, out, atoms }) => (await import('./commands/why.ts')).why(world, out, atoms),
  purge: async ({ world, out, atoms, pretend }) => (await import('./commands/purge.ts')).purge(world, out, atoms, pretend),
  hook: async ({ world, out, flags, pretend }) => (await import('./commands/hook.ts')).hook(world, out, flags, pretend),
  doctor: async ({ world, out }) => (await import('./commands/doctor.ts')).doctor(world, out),
  key: async ({ world, out }) => (await import('./commands/key.ts')).key(world, out),
  daemon: async ({ world, out, rest, pretend }) => (await import('./commands/daemon.ts')).daemon(world, out, rest, pretend),
}

/** A standin.conf that does not read is said, and no reason to do nothing: `doctor` and `purge` are wanted then most. */
function outputWithSettings(world: World, asked: Asked): Output {
  let standard: Colour = 'auto'
  let trouble: string | undefined
  try {
    standard = readConf(world.conf).settings.color
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    trouble = error.message
  }
  const out = outputFor(world, asked, standard)
  if (trouble !== undefined && asked.command !== 'doctor') out.warn(trouble)
  return out
}

function failed(error: unknown, world: World, out: Output): number {
  if (world.signal.aborted) return EXIT.interrupted
  const said = asStandinError(error, world)
  out.bad(said.message)
  if (out.verbose && error instanceof Error) for (const line of (error.stack ?? '').split('\n')) out.warn(line)
  if (out.json) out.document({ standin: 'error-1', code: said.code, message: said.message })
  return exitCodeOf(said.code)
}

function asStandinError(error: unknown, world: World): StandinError {
  const cause = error instanceof StandinError ? error.cause : error
  const code = systemCode(cause)
  if ((code === 'EACCES' || code === 'EPERM') && world.uid !== 0 && !(error instanceof UserError))
    return new UserError('NOT_ROOT', `only root may do this (${cause instanceof Error ? cause.message : code})`, { cause })
  if (error instanceof StandinError) return error
  return new HostError('IO', error instanceof Error ? error.message : String(error), { cause: error })
}

/**
 * Asks the daemon over its control socket, within bounds of time and size, and believes no answer that has not the agreed shape.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { connect } from 'node:net'
import { HostError, hostError, StrangerError, systemCode, UserError } from '../base/errors.ts'
import { lineCutter } from '../base/lines.ts'
import { checkJson } from '../base/schema.ts'
import { type Answer, answer, MAX_ANSWER_BYTES, type Request } from '../daemon/controlWire.ts'

export interface Door {
  readonly path: string
  /** Longest silence. */
  readonly patienceMs: number
  readonly signal: AbortSignal
}

export type AnswerTo<T extends Answer['t']> = Extract<Answer, { readonly t: T }>

/**
 * The first answer. Errors: UserError NO_DAEMON (nobody is there, or says nothing), NOT_ROOT; HostError PROGRAM_FAILED (the daemon refuses),
 * BAD_STATE (it speaks another version); the reason of `signal` when that aborts.
 */
export async function ask<T extends Answer['t']>(door: Door, asked: Request, kind: T): Promise<AnswerTo<T>> {
  for await (const said of follow(door, asked, kind)) return said
  throw silent(door)
}

/** Every answer until the daemon hangs up. Errors as for `ask`. */
export async function* follow<T extends Answer['t']>(door: Door, asked: Request, kind: T): AsyncGenerator<AnswerTo<T>, void, undefined> {
  for await (const line of linesFrom(door, asked)) {
    const said = understood(line)
    if (said.t === 'error') throw new HostError('PROGRAM_FAILED', `the daemon could not do it: ${said.message}`)
    if (!isKind(said, kind)) throw otherVersion(new HostError('BAD_STATE', `${said.t} instead of ${kind}`))
    yield said
  }
}

async function* linesFrom(door: Door, asked: Request): AsyncGenerator<string, void, undefined> {
  door.signal.throwIfAborted()
  const socket = connect(door.path)
  const stop = (): void => void socket.destroy()
  door.signal.addEventListener('abort', stop, { once: true })
  socket.setTimeout(door.patienceMs, () => socket.destroy(silent(door)))
  socket.write(`${JSON.stringify(asked)}\n`)
  const cutter = lineCutter(MAX_ANSWER_BYTES)
  try {
    for await (const chunk of socket) {
      if (Buffer.isBuffer(chunk)) yield* cutter.push(chunk)
    }
  } catch (error) {
    door.signal.throwIfAborted()
    throw refusal(door, error)
  } finally {
    door.signal.removeEventListener('abort', stop)
    socket.destroy()
  }
}

function isKind<T extends Answer['t']>(said: Answer, kind: T): said is AnswerTo<T> {
  return said.t === kind
}

function understood(line: string): Answer {
  try {
    return checkJson(answer, line, 'answer of the daemon', MAX_ANSWER_BYTES)
  } catch (error) {
    if (error instanceof StrangerError) throw otherVersion(error)
    throw error
  }
}

function otherVersion(cause: Error): HostError {
  return new HostError('BAD_STATE', `the daemon is of another version of standin: restart it (${cause.message})`, { cause })
}

function silent(door: Door): UserError {
  return new UserError('NO_DAEMON', `the daemon does not answer at ${door.path}: restart it`)
}

function refusal(door: Door, error: unknown): Error {
  const code = systemCode(error)
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR')
    return new UserError('NO_DAEMON', `the daemon is not running (nobody listens at ${door.path}): start the service standin`, {
      cause: error,
    })
  if (code === 'EACCES' || code === 'EPERM')
    return new UserError('NOT_ROOT', `only root may talk to the daemon: ${door.path} is closed to this user`, { cause: error })
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE') return silent(door)
  return hostError(`could not talk to the daemon at ${door.path}`, error)
}

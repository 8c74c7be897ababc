/**
 * Keeps one peer running: an unprivileged child with the host's network, which is started again when it dies and spoken to in checked lines.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { lineCutter } from '../base/lines.ts'
import { checkJson } from '../base/schema.ts'
import { plainLine } from '../portage/terminal.ts'
import { type FromPeer, fromPeer, MAX_PEER_LINE, type ToPeer } from './peerWire.ts'

export interface PeerProcess {
  readonly pid: number | undefined
  /** Lost when the peer is down; `started` says what it needs to hear again. */
  send(message: ToPeer): void
  /** Ends the peer that runs; the next one comes by itself. */
  restart(): void
  /** Ends one that hangs, as nothing else does. */
  kill(): void
  close(): Promise<void>
}

export interface PeerOptions {
  /** Program and arguments that become the peer, its channel being descriptor 3. */
  argv: readonly [string, ...string[]]
  /** The whole environment of the peer. */
  env: Record<string, string>
  heard(message: FromPeer): void
  /** Called at each start: send here what a fresh peer must know. */
  started(send: (message: ToPeer) => void): void
  /** Called at each end: whatever was asked of that peer gets no answer any more. */
  ended(): void
  readonly log: (line: string) => void
}

/** Wait before a restart: doubled at each early death from 0.2 s to at most 30 s, so that a broken peer does not eat a core. */
const FIRST_WAIT = 200
const LONGEST_WAIT = 30_000
const HEALTHY_AFTER = 10_000

/** How long what a dead peer has written is still read. */
const LAST_WORDS = 500

export function keepPeer(options: PeerOptions): PeerProcess {
  let child: ChildProcess | undefined
  let channel: Duplex | undefined
  let wait = FIRST_WAIT
  let timer: NodeJS.Timeout | undefined
  let closing = false

  const send = (message: ToPeer): void => {
    if (channel?.writable === true) channel.write(`${JSON.stringify(message)}\n`)
  }

  const start = (): void => {
    const since = performance.now()
    const [program, ...rest] = options.argv
    // No terminal and no log file as a descriptor, and a session of its own: whoever takes the peer over must not type on root's terminal.
    const started = spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'], env: options.env, cwd: '/', detached: true })
    child = started
    started.stderr?.on('data', logged(options.log))
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Node makes descriptor 3 a socket pair, its types know only streams
    const pair = started.stdio[3] as Duplex
    channel = pair
    listen(pair, options, () => started.kill('SIGKILL'))
    // What the peer has started may hold its end of both for ever, and must not keep the next peer, or this warden's end, waiting.
    started.once('exit', () => setTimeout(() => (pair.destroy(), started.stderr?.destroy()), LAST_WORDS).unref())
    started.once('error', (error) => options.log(`peer: could not start: ${error.message}`))
    started.once('close', (code, signal) => {
      if (child === started) child = undefined
      if (channel === pair) channel = undefined
      options.ended()
      if (closing) return
      wait = performance.now() - since > HEALTHY_AFTER ? FIRST_WAIT : Math.min(wait * 2, LONGEST_WAIT)
      options.log(`peer: ended (${signal ?? `exit code ${code ?? '?'}`}), starts again in ${wait} ms`)
      timer = setTimeout(start, wait)
    })
    options.started(send)
  }
  start()

  return {
    get pid() {
      return child?.pid
    },
    send,
    restart: () => void child?.kill('SIGTERM'),
    kill: () => void child?.kill('SIGKILL'),
    async close() {
      closing = true
      clearTimeout(timer)
      const running = child
      if (running === undefined) return
      const ended = once(running, 'close')
      channel?.end()
      const last = setTimeout(() => running.kill('SIGKILL'), 3000)
      running.kill('SIGTERM')
      await ended
      clearTimeout(last)
    },
  }
}

/** Chunks and lines of the peer's that go into the log in one second; the rest is a flood, and is said to be one. */
const MAX_LOG_LINES = 100

/** What the peer writes, line by line, as text that steers nothing and under its own name. A line that comes in two chunks is two: nothing of it is held. */
function logged(log: (line: string) => void): (chunk: Buffer) => void {
  let budget = { second: 0, left: MAX_LOG_LINES }
  return (chunk) => {
    const second = Math.floor(performance.now() / 1000)
    if (budget.second !== second) budget = { second, left: MAX_LOG_LINES }
    for (const line of chunk.toString('utf8').split('\n', MAX_LOG_LINES + 1)) {
      if (line === '' || budget.left < 0) continue
      log(
        budget.left-- > 0
          ? `peer: ${plainLine(line.replace(/^peer: /, ''))}`
          : 'peer: it says too much, the rest of this second is left out',
      )
    }
  }
}

/** A peer that breaks the protocol is broken or taken over: it is killed and comes back fresh. */
function listen(pair: Duplex, options: PeerOptions, kill: () => void): void {
  const cutter = lineCutter(MAX_PEER_LINE)
  pair.on('error', (error) => options.log(`peer: ${error.message}`))
  pair.on('data', (chunk: Buffer) => {
    let said: FromPeer[] = []
    try {
      said = cutter.push(chunk).map((line) => checkJson(fromPeer, line, 'peer', MAX_PEER_LINE))
    } catch (error) {
      options.log(`peer: ${String(error)}: it is stopped`)
      pair.removeAllListeners('data')
      kill()
    }
    for (const message of said) hear(message, options)
  })
}

/** What goes wrong while the warden listens is the warden's own fault, and no reason to end the peer. */
function hear(message: FromPeer, options: PeerOptions): void {
  try {
    options.heard(message)
  } catch (error) {
    options.log(`warden: ${message.t}: ${String(error)}`)
  }
}

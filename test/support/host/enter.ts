/**
 * Starts programs inside a host's namespaces, with an environment that holds nothing of the machine's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { Readable } from 'node:stream'
import { HostError } from '../../../src/base/errors.ts'
import { type Transcript, transcript } from './transcript.ts'

export interface StartOptions {
  /** Added to the host's own small environment. */
  readonly env?: Readonly<Record<string, string>>
  /** A user of the host; default root. */
  readonly user?: string
  /** Default `/`. */
  readonly cwd?: string
  /** Gives the program a terminal; what it writes there arrives as `output`. */
  readonly pty?: boolean
}

export interface Ended {
  /** 128 + signal for a killed program, as a shell says it. */
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
}

export interface Started {
  /** As the machine counts. */
  readonly pid: number
  /** As the host counts. */
  readonly insidePid: number
  /** As the machine counts: nsenter, which has started the program from outside, stops itself when the program is stopped, and ends after it. */
  readonly enteredBy: number
  /** Both streams in the order they came in. */
  output(): string
  lines(): AsyncGenerator<string, void>
  waitFor: Transcript['waitFor']
  /** Writes to its input, or types on its terminal. */
  write(text: string): void
  /** Closes its input. */
  endInput(): void
  /** Signals the program alone, or with `group` all of its process group. */
  kill(signal: NodeJS.Signals, group?: boolean): void
  readonly exited: Promise<Ended>
}

/** Tells its pid on descriptor 3 and becomes the program. */
const WRAPPER = 'echo $$ >&3; exec 3>&-; cd "$0" && exec "$@"'

/** Starts `argv` in the namespaces of process `target`; returns once the program has its pid. Errors: HostError PROGRAM_FAILED. */
export async function startInside(target: number, argv: readonly string[], options: StartOptions): Promise<Started> {
  const began = performance.now()
  const wrapped = ['/bin/sh', '-c', WRAPPER, options.cwd ?? '/', ...argv]
  const terminal = options.pty === true ? ['/usr/bin/script', '-qefc', wrapped.map(quoted).join(' '), '/dev/null'] : wrapped
  const identity = options.user === undefined ? [] : setpriv(target, options.user)
  const namespaces = ['--target', String(target), '--mount', '--uts', '--ipc', '--net', '--pid']
  const child = spawn('/usr/bin/nsenter', [...namespaces, '--', ...identity, ...terminal], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env: { ...options.env },
    detached: true,
  })
  const pids = child.stdio[3]
  if (!(pids instanceof Readable)) throw new HostError('PROGRAM_FAILED', `could not start ${argv.join(' ')}: no pipe`)
  child.stdin.on('error', () => undefined) // the program need not read its input
  const both = transcript(argv.join(' '))
  const stdout = collect(child.stdout, both)
  const stderr = collect(child.stderr, both)
  const exited = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      both.end()
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
      const seconds = (performance.now() - began) / 1000
      resolve({ exitCode, stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8'), seconds })
    })
  })
  const insidePid = await firstNumber(pids)
  const pid = descendant(child.pid ?? 0, insidePid)
  if (insidePid === 0) throw new HostError('PROGRAM_FAILED', `could not start ${argv.join(' ')}: ${(await exited).stderr.trim()}`)
  return {
    pid,
    insidePid,
    enteredBy: child.pid ?? 0,
    exited,
    output: () => both.text(),
    lines: () => both.lines(),
    waitFor: (pattern, timeoutSeconds) => both.waitFor(pattern, timeoutSeconds),
    write: (text) => void child.stdin.write(text),
    endInput: () => void child.stdin.end(),
    kill(signal, group = false) {
      if (pid > 0 && existsSync(`/proc/${pid}`)) process.kill(group ? -groupOf(pid) : pid, signal)
    },
  }
}

/** Becomes `user` as the host's own /etc/passwd knows it. */
function setpriv(target: number, user: string): string[] {
  const line = readOr(`/proc/${target}/root/etc/passwd`)
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new HostError('BAD_STATE', `the host has no user ${user}`)
  return ['/usr/bin/setpriv', '--reuid', uid, '--regid', gid, '--init-groups', '--']
}

function collect(stream: Readable, both: Transcript): Buffer[] {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    both.push(chunk)
  })
  return chunks
}

/** The number that the wrapper tells, or 0 when there was nobody to tell it. */
async function firstNumber(stream: Readable): Promise<number> {
  let text = ''
  for await (const chunk of stream) {
    text += String(chunk)
    // Its end would be that of nsenter, which holds it too.
    if (text.endsWith('\n')) break
  }
  return Number.parseInt(text, 10) || 0
}

/** The descendant of `pid` that calls itself `insidePid` in its own pid namespace; 0 once it is gone. */
function descendant(pid: number, insidePid: number): number {
  for (const child of readOr(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)) {
    const inside = /^NSpid:.*\t(\d+)$/m.exec(readOr(`/proc/${child}/status`))?.[1]
    const found = inside === String(insidePid) ? child : descendant(child, insidePid)
    if (found > 0) return found
  }
  return 0
}

function groupOf(pid: number): number {
  return Number(
    readOr(`/proc/${pid}/stat`)
      .replace(/^.*\) /, '')
      .split(' ')[2],
  )
}

/** A process may end between being listed and being read. */
function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/**
 * A host is a machine of its own as far as programs can tell, with real Portage on it; once closed nothing of it is left.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { accessSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HostError } from '../../../src/base/errors.ts'
import { paths } from '../ground/paths.ts'
import { type Ended, type Started, type StartOptions, startInside } from './enter.ts'
import { fillUpper } from './etc.ts'
import { type Holder, startHolder } from './holder.ts'
import { insidePath } from './inside.ts'
import type { HostOptions } from './options.ts'
import { type Snapshot, type SnapshotOptions, takeSnapshot } from './snapshot.ts'

export interface RunOptions extends StartOptions {
  /** What the program reads; default nothing. */
  readonly input?: string
  /** Default 600. */
  readonly timeoutSeconds?: number
  /** Throw when it ends with anything but 0. Default true. */
  readonly check?: boolean
}

export interface Host {
  readonly name: string
  readonly address: string
  /** The host's process 1, as the machine counts; 0 once closed. */
  readonly pid: number
  /** The merged root as seen from outside. Absolute links below it lead to the machine's files: use `path`, `read` and `write`. */
  readonly root: string
  /** Where `inside` lies as seen from outside, links followed as the host does. */
  path(inside: string): string
  /** Runs a program to its end. Errors: HostError PROGRAM_FAILED (see `check`), TIMED_OUT. */
  run(argv: readonly string[], options?: RunOptions): Promise<Ended>
  /** `run` of emerge without colour. */
  emerge(args: readonly string[], options?: RunOptions): Promise<Ended>
  /** Starts a program that goes on. It dies with the host at the latest. */
  start(argv: readonly string[], options?: StartOptions): Promise<Started>
  write(path: string, text: string | Uint8Array, mode?: number): void
  read(path: string): string
  exists(path: string): boolean
  snapshot(options?: SnapshotOptions): Promise<Snapshot>
  /** As after a power cut: every process is dead, /run and /tmp are empty, the boot id is another. */
  reboot(): Promise<void>
  close(): Promise<void>
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Makes a host below `folder`. `connect` gives its network namespace, named by a process, the address. */
export async function createHost(
  folder: string,
  address: string,
  options: HostOptions,
  connect: (pid: number) => Promise<void>,
): Promise<Host> {
  if (!existsSync(paths.vdb)) throw new HostError('BAD_STATE', 'the ground is not prepared: call prepareGround first')
  for (const part of ['upper', 'work', 'merged']) mkdirSync(join(folder, part))
  await fillUpper(join(folder, 'upper'), options)
  let holder: Holder | undefined = await boot(folder, options, connect)
  const pid = (): number => holder?.pid ?? 0
  const root = (): string => `/proc/${pid()}/root`
  const env = identity(options.user)
  const hashes = new Map<string, string>()
  const running = new Set<Started>()

  const start = async (argv: readonly string[], startOptions: StartOptions = {}): Promise<Started> => {
    const who = startOptions.user === undefined ? env : personal(startOptions.user)
    const started = await startInside(pid(), argv, {
      ...startOptions,
      env: { PATH, LANG: 'C.UTF-8', TERM: 'dumb', ...who, ...startOptions.env },
    })
    running.add(started)
    void started.exited.then(() => running.delete(started))
    return started
  }
  const end = async (): Promise<void> => {
    await holder?.end()
    // The programs are dead; those that started them are outside, and may be stopped.
    await Promise.all([...running].map((started) => (sendContinue(started.enteredBy), started.exited)))
  }
  const run = async (argv: readonly string[], runOptions: RunOptions = {}): Promise<Ended> => {
    const started = await start(argv, runOptions)
    if (runOptions.input !== undefined) started.write(runOptions.input)
    started.endInput()
    return finished(options.name, argv, started, runOptions)
  }
  return {
    name: options.name,
    address,
    get pid() {
      return pid()
    },
    get root() {
      return root()
    },
    path: (inside) => insidePath(root(), inside),
    run,
    emerge: (args, runOptions) => run(['emerge', '--color=n', ...args], { ...runOptions, env: { NO_COLOR: '1', ...runOptions?.env } }),
    start,
    write(path, text, mode) {
      const outside = insidePath(root(), path)
      mkdirSync(dirname(outside), { recursive: true })
      writeFileSync(outside, text)
      if (mode !== undefined) chmodSync(outside, mode)
    },
    read: (path) => readFileSync(insidePath(root(), path), 'utf8'),
    exists(path) {
      accessSync(root())
      return existsSync(insidePath(root(), path))
    },
    snapshot: (snapshotOptions) => takeSnapshot(join(folder, 'upper'), hashes, snapshotOptions),
    async reboot() {
      await end()
      holder = await boot(folder, options, connect)
    },
    async close() {
      await end()
      holder = undefined
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function boot(folder: string, options: HostOptions, connect: (pid: number) => Promise<void>): Promise<Holder> {
  const kinds = ['--mount', '--uts', '--ipc', '--net', '--pid', '--fork', '--kill-child', '--propagation', 'private']
  const mounts = Object.entries(options.binds ?? {}).flatMap(([inside, outside]) => ['bind', outside, inside])
  if (options.tmpdir?.kind === 'tmpfs') mounts.push('tmpfs', options.tmpdir.path ?? '/var/tmp')
  const init = ['bash', join(import.meta.dirname, 'init.sh'), folder, options.hostname ?? options.name, paths.top, ...mounts]
  const holder = await startHolder(kinds, init)
  await connect(holder.pid)
  return holder
}

/** What `sudo -i` leaves of the person behind it. */
function identity(user: string | undefined): Record<string, string> {
  if (user === undefined || user === 'root') return { ...personal('root'), HOME: '/root' }
  return { ...personal(user), SUDO_USER: user }
}

function personal(user: string): Record<string, string> {
  return { HOME: `/home/${user}`, USER: user, LOGNAME: user }
}

function sendContinue(pid: number): void {
  if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGCONT')
}

/** Waits for the end, and no longer than it may take. */
async function finished(host: string, argv: readonly string[], started: Started, options: RunOptions): Promise<Ended> {
  const limit = options.timeoutSeconds ?? 600
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    started.kill('SIGKILL', true)
  }, limit * 1000)
  const ended = await started.exited
  clearTimeout(timer)
  const tail = started.output().trimEnd().slice(-4000)
  if (timedOut) throw new HostError('TIMED_OUT', `${argv.join(' ')} on ${host} took more than ${limit} s: ${tail}`)
  if (options.check !== false && ended.exitCode !== 0) {
    throw new HostError('PROGRAM_FAILED', `${argv.join(' ')} on ${host} ended with ${ended.exitCode}: ${tail}`)
  }
  return ended
}

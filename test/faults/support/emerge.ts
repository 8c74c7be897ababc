/**
 * An emerge of one package as standin meets it: a process that holds Portage's lock and has a terminal, and our bash at each moment, told by nobody but Portage's names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { foldersOf, PACKAGE, VALUES } from './prefix.ts'

const HOOK = join(import.meta.dirname, '../../../etc-portage/standin.bash')

/** It ends by itself, should whoever started it be killed. */
const HOLD = `import fcntl, os, signal, sys
signal.alarm(120)
lock = open(sys.argv[1], 'a')
fcntl.lockf(lock, fcntl.LOCK_EX)
terminal, end = os.openpty()
log = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
said = os.dup(1)
os.dup2(end, 1)
os.write(said, b'held')
os.close(said)
while True: os.write(log, os.read(terminal, 4096))
`

/** What Portage is doing when it sources a bashrc: EBUILD_PHASE, MISC_FUNCTIONS_ARGS. */
const MOMENTS = {
  fetch: ['clean', ''],
  install: ['setup', ''],
  purge: ['preinst', 'preinst_sfperms preinst_mask preinst_aux'],
  publish: ['', 'success_hooks'],
  abandon: ['', 'die_hooks'],
} as const

export type MomentName = keyof typeof MOMENTS

export interface Told {
  /** Of bash. */
  readonly code: number | null
  readonly stderr: string
  readonly seconds: number
}

export interface Emerge {
  /** Bash at this moment; `env` is added to that of the build. */
  bash(moment: MomentName, env?: Readonly<Record<string, string>>): Promise<Told>
  /** Killed, and the bash that it waits for with it. */
  kill(): Promise<void>
  /** What was read on its terminal. */
  terminal(): string
}

/** What Portage has set; `PORTAGE_TMPDIR` and the rest lie below `top`. */
function environmentOf(top: string): Readonly<Record<string, string>> {
  const { root, tmpdir, builddir, image } = foldersOf(top)
  return { EPREFIX: root, ROOT: '/', ...VALUES, PORTAGE_BUILDDIR: builddir, PORTAGE_TMPDIR: tmpdir, D: image }
}

export async function startEmerge(top: string): Promise<Emerge> {
  const { builddir } = foldersOf(top)
  const lock = join(dirname(builddir), `.${PACKAGE.pf}.portage_lockfile`)
  mkdirSync(dirname(lock), { recursive: true })
  const log = join(top, 'terminal')
  const holder = spawn('python3', ['-c', HOLD, lock, log], {
    env: { PATH: VALUES.PATH, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  const running = new Set<ChildProcess>()
  const common = environmentOf(top)
  return {
    async bash(moment, env = {}) {
      const [phase, functions] = MOMENTS[moment]
      const began = performance.now()
      const bash = spawn('bash', ['-c', 'source "$0"', HOOK], {
        env: { ...common, EBUILD_PHASE: phase, MISC_FUNCTIONS_ARGS: functions, ...env },
        stdio: ['ignore', 'ignore', 'pipe'],
        detached: true,
      })
      running.add(bash)
      let stderr = ''
      bash.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as Node says
      const [code] = (await once(bash, 'close')) as [number | null]
      running.delete(bash)
      return { code, stderr, seconds: (performance.now() - began) / 1000 }
    },
    async kill() {
      const ended = holder.exitCode === null && holder.signalCode === null ? once(holder, 'close') : undefined
      holder.kill('SIGKILL')
      for (const { pid } of running) if (pid !== undefined) killGroup(pid)
      await ended
    },
    terminal: () => (existsSync(log) ? readFileSync(log, 'utf8') : ''),
  }
}

/** What a bash has started is in a group with it. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

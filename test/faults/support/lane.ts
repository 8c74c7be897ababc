/**
 * One job after the other, in a worker that lives as long as it can; where a process is to be killed, in one of its own, and the worker judges.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { scenarioNamed } from '../scenarios/all.ts'
import type { Job } from '../worker.ts'
import { folderFor } from './folders.ts'
import { type Course, type Done, isApart } from './scenario.ts'
import type { Fault } from './tap.ts'

export interface Lane {
  count(scenario: string): Promise<Done>
  fault(scenario: string, fault: Fault, course: Course): Promise<Done>
  close(): Promise<void>
}

const FOLDER = join(import.meta.dirname, '..')
/** Far above what any takes on a busy machine: it hangs. */
const LONGEST_MS = 180_000

const argv = ['--import', join(FOLDER, 'tap.ts'), join(FOLDER, 'worker.ts')]

export function openLane(): Lane {
  let worker: ChildProcess | undefined
  let answers: AsyncIterator<string> | undefined

  const start = (): ChildProcess => {
    const started = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] })
    if (started.stdout !== null) answers = createInterface({ input: started.stdout })[Symbol.asyncIterator]()
    worker = started
    return started
  }

  const ask = async (job: Job): Promise<Done> => {
    const running = worker ?? start()
    const timer = setTimeout(() => running.kill('SIGKILL'), LONGEST_MS)
    running.stdin?.write(`${JSON.stringify(job)}\n`)
    const answer = await answers?.next()
    clearTimeout(timer)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the worker
    if (answer !== undefined && answer.done !== true) return JSON.parse(answer.value) as Done
    worker = undefined
    return { seen: [], isHit: false, wrong: ['the process that tried it ended, or hung'] }
  }

  const kill = async (scenario: string, { point }: Fault, course: Course): Promise<Done> => {
    const top = mkdtempSync(join(folderFor(course), 'one-'))
    const doomed = spawn(process.execPath, [...argv, scenario, top, point], { stdio: ['ignore', 'ignore', 'pipe'], timeout: LONGEST_MS })
    let said = ''
    doomed.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as Node says
    const [, signal] = (await once(doomed, 'close')) as [number | null, string | null]
    const done = await ask({ t: 'judge', scenario, top, course })
    return signal === 'SIGKILL' && !doomed.killed ? done : { ...done, isHit: false, wrong: [...done.wrong, ...(said === '' ? [] : [said])] }
  }

  return {
    count: (scenario) => ask({ t: 'count', scenario }),
    fault: (scenario, fault, course) =>
      fault.way === 'killed' && !isApart(scenarioNamed(scenario))
        ? kill(scenario, fault, course)
        : ask({ t: 'fault', scenario, fault, course }),
    async close() {
      if (worker === undefined) return
      const ended = once(worker, 'close')
      worker.stdin?.end()
      await ended
    },
  }
}

/**
 * An emerge that holds the lock of a build, and wardens that follow it, one after another, whose steps are only written down.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Courses, openCourses } from '../../../src/daemon/courses.ts'
import { buildKey, cpvOfMoment, type Moment, parseMoment } from '../../../src/daemon/moment.ts'
import type { Steps } from '../../../src/daemon/step.ts'
import { isSamePackage } from '../../../src/standin/live.ts'
import { atEnd } from '../../support/atEnd.ts'

const HOLD = `import fcntl, sys
f = open(sys.argv[1], 'a')
fcntl.lockf(f, fcntl.LOCK_EX)
print('held', flush=True)
sys.stdin.read()
`

export interface Stage {
  readonly did: string[]
  readonly emerge: ChildProcess
  /** A warden: the same folders, nothing in memory. */
  warden(changes?: Partial<Steps>): Courses
  moment(name: Moment['moment'], values?: Record<string, string>): Moment
  /** Another emerge of the package, by the name of its build, and what its hooks say. */
  second(pf: string): Promise<(name: Moment['moment']) => Moment>
  /** Names of doors and notes. */
  left(): string[]
  /** What bash does when nobody answers. */
  goAlone(): void
  /** From now on no note can be written. */
  loseNotes(): void
}

/** An emerge that holds the lock of `app-misc/hello-1`, and a warden whose steps are written down. */
export async function stageIn(t: TestContext): Promise<Stage> {
  const tmp = mkdtempSync(join(tmpdir(), 'standin-courses-'))
  const [doors, notes] = [join(tmp, 'doors'), join(tmp, 'notes')]
  const builddirOf = (pf: string): string => join(tmp, 'portage/app-misc', pf)
  for (const folder of [doors, notes, builddirOf('')]) mkdirSync(folder, { recursive: true })
  const emerges: ChildProcess[] = []
  const emergeOf = async (pf: string): Promise<ChildProcess> => {
    const one = spawn('python3', ['-c', HOLD, join(tmp, `portage/app-misc/.${pf}.portage_lockfile`)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    emerges.push(one)
    await once(one.stdout, 'data')
    return one
  }
  const emerge = await emergeOf('hello-1')
  const wardens: Courses[] = []
  const did: string[] = []
  atEnd(t, async () => {
    for (const one of emerges) one.kill('SIGKILL')
    for (const one of wardens) await one.close()
    rmSync(tmp, { recursive: true })
  })
  const note = (what: string) => (): Promise<void> => {
    did.push(what)
    return Promise.resolve()
  }
  const steps: Steps = {
    wanted: () => Promise.resolve({ install: true, publish: true, seed: false, typed: [] }),
    anyLive: () => false,
    begin: () => undefined,
    standIn: note('stand in'),
    inTheWay: ({ values }, courses) => courses.filter(({ cpv }) => isSamePackage(cpv, cpvOfMoment(values))),
    takeBack: (_course, why) => void did.push(`make way: ${why}`),
    makeWay({ values }, others, course) {
      const what = course === undefined ? `clear way of ${values.PF}` : 'make way: merge'
      did.push(`${what}${others.map(({ cpv }) => ` before ${cpv}`).join('')}`)
    },
    keep: note('keep'),
    isMerged: () => false,
    publish: note('publish'),
    dropKept: () => undefined,
  }
  const key = buildKey(builddirOf('hello-1'))
  const momentOf: Stage['moment'] = (name, values = {}) => {
    const pf = values['PF'] ?? 'hello-1'
    const all = { CATEGORY: 'app-misc', PF: pf, PORTAGE_BUILDDIR: builddirOf(pf), PORTAGE_TMPDIR: tmp, MERGE_TYPE: 'source', ...values }
    if (name === 'fetch') writeFileSync(join(doors, buildKey(all.PORTAGE_BUILDDIR)), '', { flag: 'a' })
    return parseMoment(['1', name, '7.8', ...Object.entries(all).map(([of, value]) => `${of}=${value}`)].join('\u001f'))
  }
  return {
    did,
    emerge,
    warden(changes = {}) {
      const opened = openCourses({ doors, notes, procRoot: '/proc', steps: { ...steps, ...changes }, log: (line) => did.push(line) })
      wardens.push(opened)
      return opened
    },
    moment: momentOf,
    async second(pf) {
      await emergeOf(pf)
      return (name) => momentOf(name, { PF: pf })
    },
    left: () => [...readdirSync(doors), ...readdirSync(notes)],
    goAlone: () => writeFileSync(join(doors, `${key}.alone`), ''),
    loseNotes: () => rmSync(notes, { recursive: true }),
  }
}

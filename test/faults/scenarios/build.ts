/**
 * One build as it comes: bash tells of it, the warden finds a copy and lets it stand in, bash asks for the way, Portage merges, the build is given on; cut
 * wherever the warden changes something or says something, and wherever something is said to it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PeerFault } from '../peer.ts'
import { BEARABLE_SECONDS, hookNode, seenIn } from '../support/apart.ts'
import { type Emerge, type MomentName, startEmerge, type Told } from '../support/emerge.ts'
import { awake, judgeAll, settledWithin, treeOf } from '../support/judge-prefix.ts'
import { foldersOf, layImage, layPrefix, mergeImage, namesThere, unmerge } from '../support/prefix.ts'
import type { Course, Done, Scenario } from '../support/scenario.ts'
import type { Fault } from '../support/tap.ts'
import { startWarden, type Warden } from '../support/wardens.ts'

/** What a copy has to come, and a build to be settled, once something may be lost; and what either has before. */
const COPY_SECONDS = 4
const UNCUT_SECONDS = 30
const SETTLE_SECONDS = 10

interface Run {
  readonly top: string
  readonly fault: Fault | undefined
  readonly course: Course
  readonly log: string
  readonly emerge: Emerge
  warden: Warden
  readonly wrong: string[]
  isMerged: boolean
}

const isHit = ({ log }: Run): boolean => seenIn(log).isHit

const isCut = (run: Run): boolean => run.fault !== undefined && isHit(run)

/** A message of bash's, which is a point too: it does not come through, comes twice, or is the last thing that its emerge has said. */
async function tell(run: Run, moment: MomentName): Promise<Told> {
  const { emerge, fault, log, top } = run
  const point = `bash.${moment}#1`
  const { hooks, hidden } = { hooks: join(foldersOf(top).ours.run, 'hooks'), hidden: join(foldersOf(top).ours.run, 'hidden') }
  const isNew = !seenIn(log).seen.some((one) => one.point === point)
  if (isNew) note(run, { point, site: point })
  if (!isNew || fault?.point !== point) return judged(run, moment, await emerge.bash(moment))
  note(run, { hit: point })
  if (fault.way === 'refused') renameSync(hooks, hidden)
  const told = judged(run, moment, await emerge.bash(moment))
  if (fault.way === 'refused') renameSync(hidden, hooks)
  if (fault.way === 'unsaid') judged(run, moment, await emerge.bash(moment))
  if (fault.way === 'killed') await emerge.kill()
  return told
}

function note({ log }: Run, line: object): void {
  appendFileSync(log, `${JSON.stringify(line)}\n`)
}

function judged({ wrong }: Run, moment: MomentName, told: Told): Told {
  if (told.code !== 0 && told.code !== null) wrong.push(`bash at ${moment} ended with ${told.code}: ${told.stderr}`)
  if (told.seconds > BEARABLE_SECONDS) wrong.push(`emerge waited ${told.seconds.toFixed(1)} s at ${moment}`)
  return told
}

/** Waits for the copy, or for the word that there is none. A fault that has not come yet has lost nothing, however slow the machine is. */
async function copied(run: Run, from: number): Promise<void> {
  const isSaid = (seconds: number): Promise<boolean> => run.warden.said(/can be used now|no stand-in|not followed/, seconds, from)
  for (let left = UNCUT_SECONDS; left > 0 && run.warden.isRunning() && !isCut(run); left--) if (await isSaid(1)) return
  if (isCut(run)) await isSaid(COPY_SECONDS)
}

const STEPS: readonly ((run: Run) => Promise<void> | void)[] = [
  async (run) => {
    const from = run.warden.lines().length
    await tell(run, 'fetch')
    await tell(run, 'install')
    await copied(run, from)
  },
  ({ top }) => layImage(top),
  async (run) => {
    const { stderr, code } = await tell(run, 'purge')
    if (code === null || isOver(run)) return
    const inTheWay = namesThere(run.top)
    if (inTheWay.length > 0 && !stderr.includes('still in the way'))
      run.wrong.push(`in the way of the merge, and nobody says so: ${inTheWay.join(' ')}`)
    mergeImage(run.top)
    run.isMerged = true
  },
  async (run) => {
    await tell(run, 'publish')
    await settledWithin(run.top, UNCUT_SECONDS, () => run.warden.isRunning() && !isCut(run))
    if (isCut(run)) await settledWithin(run.top, SETTLE_SECONDS, () => run.warden.isRunning())
  },
  // Portage cleans once more.
  async ({ emerge }) => void (await emerge.bash('fetch')),
]

const isOver = (run: Run): boolean => run.course === 'gone' && isHit(run)

async function emergeOnce(run: Run): Promise<void> {
  for (const step of STEPS) {
    await step(run)
    if (isOver(run)) return
    if (run.course === 'alive' && !run.warden.isRunning()) run.warden = await startWarden(run.top)
  }
}

/** The same warden, or the one that a service manager starts in place of one that has ended, takes the next emerge from its beginning to its end. */
async function onceMore(run: Run): Promise<void> {
  const { top, wrong } = run
  if (!run.warden.isRunning()) run.warden = await startWarden(top)
  // Whoever was waited for in vain is asked again once it has said that it is awake.
  await awake(top)
  await settledWithin(top, SETTLE_SECONDS)
  unmerge(top)
  const emerge = await startEmerge(top)
  const before = run.warden.lines().length
  const saw = wrong.length
  try {
    run.isMerged = false
    await emergeOnce({ ...run, emerge, fault: undefined })
    run.isMerged = true
  } finally {
    await emerge.kill()
  }
  const said = run.warden.lines().slice(before)
  // Where the own build was another there is a dispute.
  if (!said.some((line) => /can be used now|two contents/.test(line))) wrong.push(`the second emerge got no stand-in: ${said.join(' | ')}`)
  if (wrong.length > saw) wrong.push(`the warden had said: ${run.warden.lines().join(' | ')}`)
}

const AT_FAULT = /\b(Type|Range|Reference|Syntax)Error\b/

/**
 * What goes wrong with one build is no end of a warden that has begun to listen, and is said in its own words; and whoever was shown another program than
 * they have built themselves is told.
 */
function judgeWords({ warden, isMerged, emerge }: Run, differs: boolean): string[] {
  const lines = warden.lines()
  const odd = lines.filter((line) => AT_FAULT.test(line))
  if (lines.some((line) => line.endsWith(' is ready')) && !warden.isRunning()) odd.push(`the warden ends with it: ${lines.join(' | ')}`)
  const stood = lines.some((line) => line.includes('can be used now'))
  if (!differs && lines.some((line) => line.includes('DIFFERS'))) odd.push(`an honest copy is accused: ${lines.join(' | ')}`)
  const isUntold = differs && stood && isMerged && warden.isRunning() && !/DIFFERS|can't be compared/.test(emerge.terminal())
  return isUntold ? [...odd, `nobody says that the own build differs: ${lines.join(' | ')}`] : odd
}

async function tryOut(differs: boolean, top: string, fault: Fault | undefined, course: Course): Promise<Done> {
  const log = join(top, 'points')
  await layPrefix(top, hookNode(false), differs)
  const start = treeOf(top)
  const ofPeer: PeerFault = { log, ...(fault?.point.startsWith('peer.') === true && { fault }) }
  writeFileSync(join(top, 'peer.json'), JSON.stringify(ofPeer))
  const emerge = await startEmerge(top)
  const wrong: string[] = []
  let warden: Warden | undefined
  try {
    warden = await startWarden(top, { fault, log })
    const run: Run = { top, fault, course, log, emerge, warden, wrong, isMerged: false }
    if (course === 'gone') void warden.ended.then(() => emerge.kill())
    await emergeOnce(run)
    warden = run.warden
    await emerge.kill()
    if (fault?.way !== 'killed') wrong.push(...judgeWords(run, differs))
    if (course === 'again') await onceMore(run)
    warden = run.warden
    await warden.stop()
    warden = await startWarden(top)
    if (!(await settledWithin(top, SETTLE_SECONDS))) wrong.push(`the next warden settles nothing: ${warden.lines().join(' | ')}`)
    await warden.stop()
    wrong.push(...judgeAll(top, start, run.isMerged, emerge.terminal()))
  } finally {
    await emerge.kill()
    await warden?.stop()
  }
  return { ...seenIn(log), wrong }
}

export const BUILDING: readonly Scenario[] = [
  {
    name: 'build',
    // What other scenarios cut already, what is only read, and what comes once in a while.
    leaves: /^daemon\/warden\.awake|^(standin|package|portage\/bounded|daemon\/(folders|capture|captures|publish|known|job)|trust)\b/,
    courses: { refused: ['again', 'gone'], unsaid: ['again', 'gone'], killed: ['gone', 'alive', 'merged'] },
    tryOut: (...given) => tryOut(false, ...given),
  },
  {
    name: 'build-differs',
    leaves: /^(?!daemon\/(disputeFiles|finish|known))/,
    courses: { refused: ['again', 'gone'], unsaid: ['again', 'gone'], killed: ['gone', 'alive', 'merged'] },
    tryOut: (...given) => tryOut(true, ...given),
  },
]

/**
 * The root half of the daemon: puts the parts together, recovers before it listens, and leaves nothing open when it ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { forgetUnfinished, writeDurable } from '../base/durable.ts'
import { StandinError } from '../base/errors.ts'
import { counted } from '../base/units.ts'
import { isAlive } from '../portage/lock.ts'
import { readConf } from '../portage/settings.ts'
import type { Run } from '../portage/run.ts'
import { forgetGone } from '../standin/journal-kept.ts'
import { openJournal } from '../standin/journal.ts'
import { recover } from '../standin/recover.ts'
import { isCommand } from '../standin/rules/names.ts'
import { bootId, type Site } from '../standin/site.ts'
import { loadOrCreateKey } from '../trust/key.ts'
import { capturesIn } from './captures.ts'
import { openControl } from './control.ts'
import { type Course, saveNote } from './course.ts'
import { openCourses } from './courses.ts'
import { refuses } from './dispute.ts'
import { boundDisputes } from './disputeFiles.ts'
import { openFeatures } from './hostFeatures.ts'
import { makeFolders, type User } from './folders.ts'
import { openHookLine } from './hookLine.ts'
import { type HostMemory, hostMemory, warmHost } from './hostView.ts'
import { type Build, openKnown } from './known.ts'
import { openLive } from './live.ts'
import { peerLife } from './peerLife.ts'
import { refreshView } from './peerView.ts'
import type { MakerProgram } from './job.ts'
import { type Folders, readPolicy, type Realm } from './realm.ts'
import { responder } from './respond.ts'
import { stepsOf } from './steps.ts'
import { dropStrays, tidyStore } from './store.ts'
import { stoodInStore } from './stood.ts'
import { glibcVersion } from './survey.ts'

export interface WardenInput {
  readonly version: string
  /** `/`, or the prefix. */
  readonly root: string
  readonly folders: Folders
  readonly conf: string
  readonly rootUser: User
  readonly peerUser: User
  /** What becomes the peer: program and arguments, its channel being descriptor 3. */
  readonly peer: { readonly argv: readonly [string, ...string[]]; readonly env: Record<string, string> }
  readonly maker: MakerProgram
  /** The file that the user's bashrc sources. */
  readonly hookFile: string
  /** Environment of the programs of the host that are asked (compiler, portageq). */
  readonly env: Record<string, string>
  readonly run: Run
  readonly pid: number
  /** Ends the warden. */
  readonly signal: AbortSignal
  readonly log: (line: string) => void
}

/** How often builds whose emerge is gone are looked for. */
const SETTLE_MS = 1000

/** How long `ready` waits for the peer; everything but finding copies works without it. */
const PEER_MS = 10_000

/** How often the host's switches are looked at while nothing is asked. */
const REFRESH_MS = 60_000

export async function runWarden(input: WardenInput): Promise<void> {
  const { folders, log, root } = input
  makeFolders(folders, input.rootUser, input.peerUser)
  for (const folder of [folders.state, folders.run]) forgetUnfinished(folder)
  refreshView(folders.viewEtc, log)
  const { settings, warnings } = readConf(input.conf)
  for (const warning of warnings) log(warning)
  const known = openKnown(join(folders.state, 'known.sqlite'), log)
  const site: Site = {
    journal: openJournal(join(folders.state, 'journal.sqlite')),
    root,
    keepFolder: folders.kept,
    markers: folders.markers,
    boot: bootId(),
    now: Date.now,
  }
  const stood = stoodInStore(join(folders.state, 'stood'), (id) => {
    const entry = site.journal.find(id)
    if (entry !== undefined) life.client.release(entry.archive)
  })
  settle(site, settings.on_failure === 'keep', log)
  const captures = capturesIn(folders.captures, log)
  for (const leftOver of readdirSync(folders.work)) rmSync(join(folders.work, leftOver), { recursive: true })

  const tidy = (): readonly Build[] => tidyStore({ known, maxBytes: settings.cache_size, log })
  dropStrays({ archives: folders.archives, known })
  tidy()
  boundDisputes({ disputes: folders.disputes, known })
  const features = openFeatures({ root, env: input.env, run: input.run, procRoot: '/proc', log })
  features.warm()
  const memory = hostMemory()
  warm(root, memory, log)
  const held = (): string[] => stood.ids().flatMap((id) => site.journal.find(id)?.archive ?? [])
  const life = peerLife({ ...input, settings, known, features, held })
  const realm: Realm = {
    folders,
    site,
    known,
    stood,
    captures,
    key: loadOrCreateKey(join(folders.state, 'key.pem')),
    peer: life.client,
    settings,
    maker: input.maker,
    hookFile: input.hookFile,
    wishTools: {
      root,
      publicRepos: settings.publish_repos,
      env: input.env,
      run: input.run,
      optionsCache: new Map(),
      toolchains: new Map(),
      packers: new Map(),
      locales: new Map(),
      installed: memory.installed,
    },
    memory,
    glibc: await glibcVersion(input.run, input.env),
    ending: input.signal,
    clock: () => new Date(),
    log,
    policy: () => readPolicy(settings.policy),
    disputed: ({ recipe, linkage, content }) => known.disputes(recipe).some((one) => one.linkage === linkage && refuses(one, content)),
    features,
    liveBytes: () => liveSizes(site).reduce((sum, size) => sum + size, 0),
    live: openLive(site.journal, stood),
    placed(key, id) {
      const isSeenByItself = site.journal.paths(id).some(({ path }) => isCommand(path))
      for (const course of courses.all()) {
        const seen = course.key !== key ? { standinsLive: true } : isSeenByItself ? { besideItself: true } : {}
        course.note = { ...course.note, ...seen }
        saveNote(folders.notes, course.key, course.note)
      }
    },
    share(build) {
      for (const { archive } of tidy()) life.client.unshare(archive.sha256, false)
      life.share(build)
    },
  }
  const courses = openCourses({ doors: folders.doors, notes: folders.notes, procRoot: '/proc', steps: stepsOf(realm), log })
  await courses.recover()
  const followed = courses.all()
  for (const id of stood.ids()) if (!isNeeded(site, followed, id)) stood.drop(id)
  for (const key of captures.keys()) if (!followed.some((course) => course.key === key)) captures.drop(key)
  const hooks = await openHookLine(join(folders.run, 'hooks'), (batch) => courses.heard(batch), log)
  const control = await openControl(join(folders.run, 'control.sock'), responder({ ...input, realm, courses, life }), log)
  if (settings.install_wait > 0) writeDurable(join(folders.run, 'install_wait'), `${settings.install_wait}\n`)
  else rmSync(join(folders.run, 'install_wait'), { force: true })
  writeDurable(join(folders.run, 'purge_wait'), `${settings.purge_wait}\n`)
  writeDurable(join(folders.run, 'warden.pid'), `${input.pid}\n`)
  await Promise.race([life.listening, delay(PEER_MS, undefined, { ref: false, signal: input.signal }).catch(() => undefined)])
  log(`warden ${input.version} is ready`)

  // Whoever waited in vain has left it, and nobody has asked since.
  const awake = (): void => rmSync(join(folders.run, 'silent'), { force: true })
  awake()
  const timer = setInterval(() => {
    logged(awake, log)
    logged(() => courses.settle(), log)
    logged(() => life.pulse.tick(), log)
  }, SETTLE_MS)
  const refresh = setInterval(() => {
    logged(() => refreshView(folders.viewEtc, log), log)
    life.refresh().catch((error: unknown) => log(`what is given to others could not be looked at again: ${String(error)}`))
  }, REFRESH_MS)
  if (!input.signal.aborted) await new Promise((resolve) => input.signal.addEventListener('abort', resolve, { once: true }))
  clearInterval(timer)
  clearInterval(refresh)
  rmSync(join(folders.run, 'warden.pid'), { force: true })
  hooks.close()
  control.close()
  await courses.close()
  await life.close()
  known.close()
  site.journal.close()
}

/** What goes wrong now and then, and is tried again, is no end of the daemon. */
function logged(work: () => void, log: (line: string) => void): void {
  try {
    work()
  } catch (error) {
    log(String(error))
  }
}

/** A plan says itself what cannot be read; here it is too early to refuse anything. */
function warm(root: string, memory: HostMemory, log: (line: string) => void): void {
  try {
    warmHost(root, memory)
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    log(error.message)
  }
}

/** What an earlier warden, or an earlier boot, has left. */
function settle(site: Site, keep: boolean, log: (line: string) => void): void {
  const recovered = recover({
    ...site,
    isLive: ({ ownerPid, ownerStart }) => keep || isAlive('/proc', { pid: ownerPid, startTime: ownerStart, bootId: site.boot }),
    say: log,
  })
  for (const { entry, purged } of recovered.settled)
    log(`${entry.cpv}: settled what was left of its stand-in (${counted(purged.removed, 'name')})`)
  for (const { entry, error } of recovered.failed) log(`${entry.cpv}: ${error.message}`)
  forgetGone(site.journal)
}

/** What stands in, and what a build that goes on is to be held against. */
function isNeeded(site: Site, followed: readonly Course[], id: number): boolean {
  return site.journal.unsettled().some((entry) => entry.id === id) || followed.some(({ note }) => note.stoodIn === id)
}

function liveSizes(site: Site): number[] {
  return site.journal.unsettled().flatMap(({ id }) => site.journal.paths(id).map(({ size }) => size))
}

/**
 * The main job of standin on real Portage, told with the times that it really took.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { cpSync } from 'node:fs'
import { HostError } from '../../src/base/errors.ts'
import type { Line } from '../../src/cli/text.ts'
import type { Ended, Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import type { Network } from '../support/host/network.ts'
import { differences, type Snapshot } from '../support/host/snapshot.ts'
import { archivesOn, buildOf } from '../support/standin/ask.ts'
import type { Asked } from './arguments.ts'
import { type Actor, type Cast, castOf, momentOf, NAMES, SECOND_PERSON, TALK, TRAITS } from './cast.ts'
import { doingOf, mergedOf, oursOf } from './phase.ts'
import type { Result, Told } from './result.ts'
import type { Screen } from './screen.ts'
import { wantToRun } from './want.ts'

const LONGEST_BUILD_SECONDS = 600
const PKGDIR = '/var/cache/binpkgs'

interface Stood {
  readonly ended: Ended
  readonly usableAfterSeconds: number
  readonly sinceTypedSeconds: number
  readonly buildSeconds: number
  readonly said: string
  readonly placed: number
  readonly left: number
}

/** Plays it on hosts of `network`, which the caller closes. Errors: HostError of whatever did not happen. */
export async function tell(asked: Asked, network: Network, screen: Screen): Promise<{ result: Result; told: Told }> {
  const cast = await screen.during('two hosts are made, and get standin by emerge', castOf(network, asked.package))
  for (const [at, name] of NAMES.entries()) screen.line({ tone: 'package', text: name }, `  ${TRAITS[at]}`)
  const published = await publishOnFirst(cast, asked, screen)
  const stood = await standInOnSecond(cast, asked, screen)
  const binpkgSeconds = await binaryOnThird(cast, network, mergedOf(stood.ended.stdout), asked, screen)
  const builds = [await buildOf(cast.first.host, `${asked.package}-`), await buildOf(cast.second.host, `${asked.package}-`)] as const
  const [first, second] = builds
  return {
    result: {
      package: asked.package,
      usableAfterSeconds: rounded(stood.usableAfterSeconds),
      buildSeconds: rounded(stood.buildSeconds),
      binpkgSeconds: rounded(binpkgSeconds),
      placed: stood.placed,
      left: stood.left,
      audit: second.audit,
      contentIds: [first.content, second.content],
      archiveSha256: [hashOnDisk(cast.first, first.archive), hashOnDisk(cast.second, second.archive)],
      emergeExit: [published.exitCode, stood.ended.exitCode],
    },
    told: {
      cpv: first.cpv,
      sinceTypedSeconds: stood.sinceTypedSeconds,
      said: stood.said,
      commandLine: asked.command.join(' '),
      hosts: NAMES,
    },
  }
}

async function publishOnFirst({ first }: Cast, asked: Asked, screen: Screen): Promise<Ended> {
  const shown = await emergeShown(first.host, asked.package, screen)
  const ended = await screen.during(`Portage on ${first.host.name}`, shown.emerge.exited, shown.doing)
  screen.line(...on(first.host), `emerge ended with ${ended.exitCode} after ${ended.seconds.toFixed(1)} s`)
  await screen.during('the archive is made', first.daemon.waitFor(lineOf(asked.package, 'published')))
  return ended
}

async function standInOnSecond({ second: { host, daemon } }: Cast, asked: Asked, screen: Screen): Promise<Stood> {
  const before = await host.snapshot()
  const wanted = await wantToRun(host, SECOND_PERSON, asked.command, LONGEST_BUILD_SECONDS)
  const typed = Date.now() / 1000
  const { emerge, doing } = await emergeShown(host, asked.package, screen)

  const ran = await screen.during(`Portage on ${host.name}`, Promise.race([wanted(), failure(emerge), refusal(daemon, asked)]), doing)
  const usableAfterSeconds = ran.at - momentOf(host, 'clean')
  const inTime = !host.exists(`${TALK}/held`)
  const how = `${usableAfterSeconds.toFixed(2)} s after Portage asked for it; Portage ${doing()}`
  screen.line(...on(host), { tone: 'bold', text: `${SECOND_PERSON}$ ${asked.command.join(' ')}` }, `  ${ran.said}  (${how})`)
  // The program may run before the last of its names is there.
  await screen.during('the rest of it is placed', daemon.waitFor(lineOf(asked.package, 'can be used now')))
  const placed = differences(before, await host.snapshot()).length

  const left = await screen.during(`Portage on ${host.name}`, Promise.race([lookWhileHeld(host, before), failure(emerge)]), doing)
  for (const line of left.slice(0, 5)) screen.line(...on(host), { tone: 'bad', text: line })
  screen.line(...on(host), `right before the merge ${left.length} paths are not what they were before emerge`)
  host.write(`${TALK}/go-on`, '')
  const ended = await screen.during(`Portage on ${host.name}`, emerge.exited, doing)
  screen.line(...on(host), `emerge ended with ${ended.exitCode} after ${ended.seconds.toFixed(1)} s`)
  if (ended.exitCode !== 0) throw failed(host, ended)
  const compared = await screen.during('the two builds are compared', daemon.waitFor(lineOf(asked.package, '(?:your|YOUR) (?:own|OWN)')))
  if (!emerge.output().includes(compared[1] ?? '')) screen.line(...on(host), `in the log, emerge having ended: ${compared[1]}`)
  return {
    ended,
    usableAfterSeconds,
    sinceTypedSeconds: ran.at - typed,
    buildSeconds: ended.seconds - (momentOf(host, 'let-go') - momentOf(host, 'held')),
    said: inTime ? ran.said : '',
    placed,
    left: left.length,
  }
}

/** What differs from `before` where Portage has looked for collisions and has merged nothing yet. */
async function lookWhileHeld(host: Host, before: Snapshot): Promise<string[]> {
  const wait = `until [ -e ${TALK}/held ]; do sleep 0.05; done`
  await host.run(['sh', '-c', wait], { timeoutSeconds: LONGEST_BUILD_SECONDS })
  return differences(before, await host.snapshot())
}

/** `emerge -K` on a host that has nothing of it but the binary packages; its caches are warm, as on a host in use. */
async function binaryOnThird(cast: Cast, network: Network, merged: readonly string[], asked: Asked, screen: Screen): Promise<number> {
  const { host } = cast.second
  await host.run(['quickpkg', ...merged.map((cpv) => `=${cpv}`)])
  const gamma = await network.createHost({ name: 'gamma' })
  cpSync(host.path(PKGDIR), gamma.path(PKGDIR), { recursive: true })
  await gamma.emerge(['--pretend', '--usepkgonly', asked.package])
  const { seconds } = await screen.during('a binary package on gamma', gamma.emerge(['--usepkgonly', asked.package]))
  screen.line(...on(gamma), `emerge -K ${asked.package}: ${seconds.toFixed(1)} s, for a package that somebody had made before`)
  return seconds
}

/** Starts emerge on a terminal, and shows of it what standin says to the person who sits there. */
async function emergeShown(host: Host, wanted: string, screen: Screen): Promise<{ emerge: Started; doing: () => string }> {
  screen.line(...on(host), { tone: 'bold', text: `# emerge ${wanted}` })
  const emerge = await host.start(['emerge', '--color=n', wanted], { pty: true })
  let doing = 'begins'
  const follow = async (): Promise<void> => {
    for await (const line of emerge.lines()) {
      doing = doingOf(line) ?? doing
      const ours = oursOf(line)
      if (ours !== undefined) screen.line(...on(host), { tone: 'good', text: '*' }, ` ${ours}`)
    }
  }
  void follow()
  return { emerge, doing: () => doing }
}

function on(host: Host): Line {
  return [{ tone: 'package', text: host.name }, '  ']
}

/** A line of the daemon's log about the package. */
function lineOf(wanted: string, begins: string): RegExp {
  return new RegExp(`^${wanted.replaceAll(/[.+]/g, '\\$&')}-\\S+: (${begins}.*)$`, 'm')
}

/** Not every package gets a stand-in, and a person need not watch a build to the end to read why. */
async function refusal(daemon: Started, asked: Asked): Promise<never> {
  const [, why] = await daemon.waitFor(lineOf(asked.package, 'no stand-in: '), LONGEST_BUILD_SECONDS)
  throw new HostError('BAD_STATE', `${asked.package}: ${why}`)
}

async function failure(emerge: Started): Promise<never> {
  throw failed(undefined, await emerge.exited)
}

function failed(host: Host | undefined, ended: Ended): HostError {
  const last = ended.stdout.trimEnd().split('\n').slice(-3).join(' ')
  return new HostError('PROGRAM_FAILED', `emerge on ${host?.name ?? NAMES[1]} ended with ${ended.exitCode} too early: ${last}`)
}

/** Of the bytes that lie there, not of what the daemon says of them. */
function hashOnDisk({ host }: Actor, named: string): string {
  return archivesOn(host)[`${named}.gpkg.tar`] ?? ''
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}

/**
 * One emerge on a real host, of which one process is killed at one moment: whatever that was, everything ends as it does without standin.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Course } from '../support/courses/course.ts'
import { wordsOf } from '../support/courses/course.ts'
import { type Look, lookAt } from '../support/courses/look.ts'
import { contrast, outcomeOf, plainSaid } from '../support/courses/outcome.ts'
import type { Pair } from '../support/courses/pair.ts'
import { quiet, quietLook } from '../support/courses/quiet.ts'
import { baseOf, reset } from '../support/courses/reset.ts'
import { savedNames, unsettledRows } from '../support/courses/traces.ts'
import type { Ended, Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { ask } from '../support/standin/ask.ts'
import { killDaemon, startDaemon } from '../support/standin/daemon.ts'
import { leftOn, settled, until } from '../support/story/ours.ts'

export const VICTIMS = ['emerge', 'warden', 'peer'] as const
export type Victim = (typeof VICTIMS)[number]

export interface Aim {
  readonly victim: Victim
  /** From the start of emerge. */
  readonly afterMs: number
  /** How long a killed warden stays away. */
  readonly awayMs: number
}

export interface Struck {
  /** What emerge had said last. */
  readonly at: string
  readonly wrong: readonly string[]
}

/** What an emerge to which nothing happens says and leaves on the host without hooks, and how long it takes on the other one. */
export interface Reference {
  readonly said: readonly string[]
  readonly outcome: readonly string[]
  readonly milliseconds: number
}

/** A second in which it stands in, files in a folder of its own, and names in folders that are there. */
const EBUILD = `# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Takes a second to compile, and is killed meanwhile"
HOMEPAGE="https://example.org/"
S="\${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_compile() {
	sleep 1 || die
	echo 'int puts(const char *); int main(void) { puts("killed"); return 0; }' > killed.c || die
	\${CHOST}-gcc \${CFLAGS} \${LDFLAGS} -o killed killed.c || die
	touch a b c || die
}

src_install() {
	dobin killed
	dosym killed /usr/bin/killed-alias
	insinto /usr/share/killed
	doins a b c
}
`

export const CPV = 'test-misc/killed-1'
export const EBUILDS: Readonly<Record<string, string>> = { '/var/db/repos/gentoo/test-misc/killed/killed-1.ebuild': EBUILD }

const COURSE: Course = { name: 'killed', files: EBUILDS, typed: [`emerge =${CPV}`], placed: [CPV] }
const ARGV = wordsOf(`emerge =${CPV}`)

/** Counts the merges of a host. */
const COUNTER = ' /var/cache/edb/counter '

/** What a killed emerge leaves of its own, without standin too. */
const OF_A_KILLED_EMERGE =
  /\/var\/(log\/emerge\.log|cache\/edb\/mtimedb|db\/pkg\/[^/]+\/-MERGING-)|\/var\/tmp\/portage| portage:portage \/tmp\/tmp/

export async function referenceOf({ on, off, daemon }: Pair): Promise<Reference> {
  // The first emerge of a host leaves caches, and its end a log, that the next one finds.
  for (const host of [off, on]) await whole(host)
  const theirs = await whole(off)
  const ours = await whole(on)
  assert.match(daemon.output(), /: can be used now/, 'no copy stood in')
  return { ...theirs, milliseconds: ours.milliseconds }
}

async function whole(host: Host): Promise<Reference> {
  const base = await baseOf(host, COURSE)
  const before = await lookAt(host)
  const emerge = await typed(host)
  const { seconds } = await emerge.exited
  await settled(host)
  const outcome = outcomeOf(host, before, await quietLook(host, before), true)
  await reset(host, base)
  return { said: plainSaid(emerge.output()), outcome, milliseconds: seconds * 1000 }
}

/** Kills at one moment; gives back the daemon that runs after that too. */
export async function strike(pair: Pair, daemon: Started, reference: Reference, aim: Aim): Promise<Struck & { daemon: Started }> {
  const { on: host } = pair
  const base = await baseOf(host, COURSE)
  const before = await lookAt(host)
  const peer = aim.victim === 'peer' ? await peerOf(host) : 0
  const emerge = await typed(host)
  await pause(aim.afterMs)
  const at = plainSaid(emerge.output()).findLast((line) => line !== '') ?? 'nothing yet'
  let now = daemon
  if (aim.victim === 'emerge') emerge.kill('SIGKILL')
  else if (aim.victim === 'peer') await host.run(['kill', '-9', String(peer)])
  else {
    await killDaemon(daemon)
    await pause(aim.awayMs)
    now = await startDaemon(host)
  }
  const ended = await emerge.exited
  if (aim.victim === 'peer') await nextPeer(host)
  const wrong =
    aim.victim === 'emerge' ? await wrongAfterKill(host, before, reference) : await wrongAfter(host, emerge, ended, before, reference)
  await reset(host, base)
  return { at, wrong, daemon: now }
}

async function wrongAfter(host: Host, emerge: Started, ended: Ended, before: Look, reference: Reference): Promise<string[]> {
  await settled(host)
  const left = await quietLook(host, before)
  return [
    ...(ended.exitCode === 0 ? [] : [`emerge ended with ${ended.exitCode}: ${emerge.output()}`]),
    ...contrast(plainSaid(emerge.output()), reference.said),
    ...contrast(outcomeOf(host, before, left, true), reference.outcome).filter((line) => !line.includes(COUNTER)),
    ...(await traces(host)),
  ]
}

/** What Portage has not merged is gone; the same emerge, typed once more, works, and leaves what it always leaves. */
async function wrongAfterKill(host: Host, before: Look, reference: Reference): Promise<string[]> {
  await quiet(host, before)
  await settled(host)
  const wrong = await traces(host)
  const merging = (await host.run(['sh', '-c', 'ls -d /var/db/pkg/test-misc/*killed-1 2>/dev/null; :'])).stdout
  if (merging === '' && host.exists('/usr/bin/killed')) wrong.push('/usr/bin/killed is there, and Portage has merged nothing')
  const said = await saidOfWhatIsMerged(host)
  const again = await typed(host)
  const ended = await again.exited
  const unlike = await wrongAfter(host, again, ended, before, reference)
  return [...wrong, ...unlike.filter((line) => !OF_A_KILLED_EMERGE.test(line) && !said.some((theirs) => theirs.test(line)))]
}

/** What an emerge says, or no longer says, of a package that a killed one has merged but for the end: the same without standin. */
async function saidOfWhatIsMerged(host: Host): Promise<RegExp[]> {
  if (!host.exists(`/var/db/pkg/${CPV}`)) return []
  const isWhole = await host.run(['bzip2', '-t', `/var/db/pkg/${CPV}/environment.bz2`], { check: false })
  return isWhole.exitCode === 0 ? [IN_WORLD] : [IN_WORLD, CUT_ENVIRONMENT]
}

const IN_WORLD = /^only without the hooks: (>>> Recording \S+ in "world" favorites file\.\.\.)?$/

/** Portage writes it anew behind postinst, and can't source half of it for the prerm of what is replaced. */
const CUT_ENVIRONMENT =
  /^only with the hooks: (.*(bzip2|corrupted|environment\.bz2).*|You can use the -tvv .*|data from undamaged .*|!!! FAILED prerm: \d+|\s*)$/

async function traces(host: Host): Promise<string[]> {
  const [names, rows, left] = [await savedNames(host), await unsettledRows(host), await leftOn(host)]
  return [
    ...(names === '' ? [] : [`a saved environment names standin: ${names}`]),
    ...(rows === '0 0 0' ? [] : [`rows of the journal: ${rows}`]),
    ...left.map((path) => `left: ${path}`),
  ]
}

function typed(host: Host): Promise<Started> {
  return host.start(ARGV, { pty: true, env: { NO_COLOR: '1' } })
}

async function peerOf(host: Host): Promise<number> {
  const { peer } = await until(
    () => ask(host, { t: 'status' }, 'status'),
    (status) => status.peer !== null,
  )
  return peer?.pid ?? 0
}

/** The next one comes by itself, and removes what the last one had fetched and not used. */
async function nextPeer(host: Host): Promise<void> {
  await peerOf(host)
  await until(
    async () => (await host.run(['ls', '/var/cache/standin/peer/fetched'])).stdout,
    (names) => names === '',
  )
}

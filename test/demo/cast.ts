/**
 * Two hosts that differ in all that hosts differ in, both with standin as a user installs it, and nobody else on their network.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import type { Network } from '../support/host/network.ts'
import { keyIdOf, policyNaming } from '../support/standin/ask.ts'
import { append } from '../support/standin/built.ts'
import { startDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'
import { PROFILE_BASHRC } from '../support/story/gate.ts'

export interface Actor {
  readonly host: Host
  readonly daemon: Started
}

export interface Cast {
  readonly first: Actor
  readonly second: Actor
}

export const NAMES: readonly [string, string] = ['alpha', 'beta']

/** What each host is, for people. */
export const TRAITS: readonly [string, string] = [
  'anna types emerge; Asia/Tokyo, clock a day behind, MAKEOPTS=-j1, builds in a tmpfs, STANDIN_FEATURES="publish"',
  'bert types emerge; UTC, MAKEOPTS=-j2, builds on disk, FEATURES=collision-protect, STANDIN_FEATURES="install publish"',
]

/** Somebody else who is logged in on the second host and wants to run the program. */
export const SECOND_PERSON = 'clara'

/** Files below this folder of the second host are how the bashrc of its profile and the demo talk. */
export const TALK = '/tmp/demo'

export async function castOf(network: Network, wanted: string): Promise<Cast> {
  const alpha = await network.createHost({
    name: NAMES[0],
    hostname: 'alpha.test',
    timezone: 'Asia/Tokyo',
    user: 'anna',
    makeopts: '-j1',
    clockOffsetSeconds: -86_400,
    tmpdir: { kind: 'tmpfs' },
  })
  const beta = await network.createHost({ name: NAMES[1], hostname: 'beta.test', user: 'bert', features: 'collision-protect' })
  await Promise.all([
    installStandin(alpha, { features: 'publish', fromSource: true }),
    installStandin(beta, { features: 'install publish', fromSource: true }),
  ])
  const first = { host: alpha, daemon: await startDaemon(alpha) }
  // Its owner knows the owner of the first host, and takes copies of hers.
  beta.write('/etc/portage/standin.policy', policyNaming(keyIdOf(alpha)))
  append(beta, PROFILE_BASHRC, profileBashrc(wanted))
  await beta.run(['mkdir', '-p', TALK])
  await beta.run(['useradd', '--create-home', SECOND_PERSON])
  return { first, second: { host: beta, daemon: await startDaemon(beta) } }
}

/** The clock is read right before the fetch hook, and the merge is held at preinst, past Portage's look for collisions. */
function profileBashrc(wanted: string): string {
  const ours = `[[ \${CATEGORY}/\${PN} == ${wanted} && \${EBUILD_PHASE}`
  return `
${ours} == clean && ! -e ${TALK}/clean ]] && printf %s "\${EPOCHREALTIME}" > ${TALK}/clean
if ${ours} == preinst ]]; then
	printf %s "\${EPOCHREALTIME}" > ${TALK}/held
	until [[ -e ${TALK}/go-on ]]; do sleep 0.05; done
	printf %s "\${EPOCHREALTIME}" > ${TALK}/let-go
fi
`
}

/** Seconds since the epoch that the bashrc of the second host's profile has written down as `name`. */
export function momentOf(host: Host, name: 'clean' | 'held' | 'let-go'): number {
  return Number(host.read(`${TALK}/${name}`))
}

/**
 * Holds an emerge at the beginning of a phase until the test lets it go on: the bashrc of the profile waits for a file to vanish.
 *
 * A bashrc of the user's that acts by phase would keep the build from being published, and from being held against a copy.
 *
 * At `preinst` Portage has purged what it lets a hook purge and has looked for collisions, and has merged nothing yet: the moment right before the merge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, rmSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import { HostError } from '../../../src/base/errors.ts'
import type { Host } from '../host/host.ts'
import { append } from '../standin/built.ts'

export type HeldPhase = 'clean' | 'setup' | 'compile' | 'install' | 'preinst' | 'postinst'

const HOLD = '/tmp/hold'
const AT = '/tmp/at'
const LINES = `
if [[ -n \${EBUILD_PHASE} && \${EBUILD_PHASE} != depend && -z \${UNHELD-} && -e ${HOLD}.\${EBUILD_PHASE} ]]; then
	: > ${AT}.\${EBUILD_PHASE}
	while [[ -e ${HOLD}.\${EBUILD_PHASE} ]]; do sleep 0.02; done
fi
`

/** The repository's, which Portage sources right before the user's. */
export const PROFILE_BASHRC = '/var/db/repos/gentoo/profiles/base/profile.bashrc'

/** Adds the lines; nothing is held yet. */
export function addGate(host: Host): void {
  append(host, PROFILE_BASHRC, LINES)
}

/** In the environment of an emerge that is to go on where others are held. */
export const UNHELD: Readonly<Record<string, string>> = { UNHELD: '1' }

/** From now on an emerge stops where `phase` begins. */
export function hold(host: Host, phase: HeldPhase): void {
  rmSync(host.path(`${AT}.${phase}`), { force: true })
  host.write(`${HOLD}.${phase}`, '')
}

/** Resolves when an emerge stands at `phase`. Errors: HostError TIMED_OUT. */
export async function reached(host: Host, phase: HeldPhase, seconds = 120): Promise<void> {
  const path = host.path(`${AT}.${phase}`)
  const there = Promise.withResolvers<void>()
  const watcher = watch(dirname(path), () => existsSync(path) && there.resolve())
  const timer = setTimeout(
    () => there.reject(new HostError('TIMED_OUT', `no emerge on ${host.name} came to ${phase} in ${seconds} s`)),
    seconds * 1000,
  )
  if (existsSync(path)) there.resolve()
  await there.promise.finally(() => {
    clearTimeout(timer)
    watcher.close()
  })
}

export function letGo(host: Host, phase: HeldPhase): void {
  rmSync(host.path(`${HOLD}.${phase}`), { force: true })
}

/**
 * Says which FEATURES change how the phases of one build run: an ebuild may restrict some, and some count only together.
 *
 * What a build may read, reach or leave hangs on them: what tests leave may be installed, and configure may find another answer as root, beside the
 * network, or where libsandbox does not stand between. Namespaces of its own for IPC, processes and mounts (`ipc-sandbox` and the like) give it nothing to find.
 *
 * Sources: `__dyn_test` (phase-functions.sh), `_doebuild_spawn`, `_spawn_actionmap` and `spawn` (doebuild.py) of Portage 3.0.83.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
export interface PhaseFeatures {
  /** Words of FEATURES, and `-word` for one that Portage has on by default and this build has not. */
  readonly FEATURES: string
  readonly PORTAGE_RESTRICT: string
  readonly PORTAGE_PROPERTIES: string
  readonly ALLOW_TEST: string
}

const OF_PHASES: ReadonlySet<string> = new Set(['test', '-network-sandbox', '-sandbox', '-userpriv', '-usersandbox'])

/** All other words as they are. `-sandbox` is there where configure and compile run without libsandbox, whichever word says so. */
export function phaseFeatures(build: PhaseFeatures): string[] {
  const said = words(build.FEATURES)
  const restricted = words(build.PORTAGE_RESTRICT)
  const asRoot = said.has('-userpriv') || restricted.has('userpriv')
  const isFree = said.has('-usersandbox') && (!asRoot || said.has('-sandbox'))
  return [
    ...[...said].filter((word) => !OF_PHASES.has(word)),
    ...(said.has('test') && mayTest(build) ? ['test'] : []),
    ...['-network-sandbox', '-userpriv'].filter((word) => said.has(word) && !restricted.has(word.slice(1))),
    ...(isFree ? ['-sandbox'] : []),
  ]
}

function mayTest(build: PhaseFeatures): boolean {
  const allowed = words(build.ALLOW_TEST)
  const asked = words(build.PORTAGE_PROPERTIES)
  const isAllowed = allowed.has('all') || ['network', 'privileged'].some((word) => allowed.has(word) && asked.has(`test_${word}`))
  return isAllowed || !words(build.PORTAGE_RESTRICT).has('test')
}

function words(text: string): Set<string> {
  return new Set(text.split(/\s+/).filter((word) => word !== ''))
}

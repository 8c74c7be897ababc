/**
 * What the steps of every build stand on: made once when the warden starts, passed in as a plain object.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync } from 'node:fs'
import { systemCode } from '../base/errors.ts'
import type { Settings } from '../portage/settings.ts'
import type { Site } from '../standin/site.ts'
import type { SigningKey } from '../trust/key.ts'
import { parsePolicy, type Policy } from '../trust/policy.ts'
import type { Features } from './hostFeatures.ts'
import type { HostMemory } from './hostView.ts'
import type { Build, Known } from './known.ts'
import type { LiveStandin } from './live.ts'
import type { MakerProgram } from './job.ts'
import type { PeerClient } from './peerClient.ts'
import type { Captures } from './captures.ts'
import type { StoodInStore } from './stood.ts'
import type { Disputed } from './weigh.ts'
import type { WishTools } from './wish.ts'

/** Where everything lies. */
export interface Folders {
  /** `/run/standin`: gone after a reboot. */
  readonly run: string
  /** Where the root of the peer's view is mounted, in its own namespace alone, and the /etc of that. */
  readonly viewRoot: string
  readonly viewEtc: string
  readonly doors: string
  readonly notes: string
  /** `/var/lib/standin`: root's alone. */
  readonly state: string
  /** Markers of what may be on disk: bash finds them without a process, also after a reboot and before the warden runs again. */
  readonly markers: string
  readonly kept: string
  readonly disputes: string
  readonly captures: string
  /** `/var/cache/standin`: archives of our own, which the peer may read; work in progress, which it may not; and the peer's own part. */
  readonly archives: string
  readonly work: string
  readonly peer: string
  readonly staging: string
}

export interface Realm {
  readonly folders: Folders
  readonly site: Site
  readonly known: Known
  readonly stood: StoodInStore
  readonly captures: Captures
  readonly key: SigningKey
  readonly peer: PeerClient
  readonly settings: Settings
  readonly maker: MakerProgram
  /** What bash sources: without it nobody would ask for the way, so nothing is placed. */
  readonly hookFile: string
  readonly wishTools: WishTools
  readonly memory: HostMemory
  readonly glibc: string | undefined
  /** Ends when the warden ends. */
  readonly ending: AbortSignal
  clock(): Date
  readonly log: (line: string) => void
  /** Who counts, read anew each time: the file is small and the user may have changed it. */
  policy(): Policy
  readonly disputed: Disputed
  readonly features: Features
  liveBytes(): number
  live(): readonly LiveStandin[]
  /** To be told of each stand-in (its build, its id in the journal) before it is seen: nothing that is built beside it is built on a clean machine. */
  placed(key: string, id: number): void
  /** Gives a build of ours to others. */
  readonly share: (build: Build) => void
}

/** The policy at `path`; where there is none, no key counts. Errors: UserError BAD_SETTING. */
export function readPolicy(path: string): Policy {
  try {
    return parsePolicy(readFileSync(path, 'utf8'), path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return parsePolicy('', path)
    throw error
  }
}

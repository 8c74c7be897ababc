/**
 * The peer as the warden has it: started, told its settings and what to share at each start, and asked through one client.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync } from 'node:fs'
import type { Settings } from '../portage/settings.ts'
import type { Features } from './hostFeatures.ts'
import type { Build, Known } from './known.ts'
import { peerClient, type PeerClient } from './peerClient.ts'
import { keepPeer } from './peerProcess.ts'
import type { PeerSettings } from './peerWire.ts'
import type { Folders } from './realm.ts'

export interface PeerLifeInput {
  readonly peer: { readonly argv: readonly [string, ...string[]]; readonly env: Record<string, string> }
  readonly folders: Folders
  readonly settings: Settings
  readonly known: Known
  readonly features: Features
  readonly log: (line: string) => void
}

export interface PeerLife {
  readonly client: PeerClient
  readonly pid: () => number | undefined
  /** SHA-256 of each archive that is being given to others. */
  readonly shared: ReadonlySet<string>
  /** Settles once the first peer can be reached by others. */
  readonly listening: Promise<void>
  readonly share: (build: Build) => void
  /** Starts the peer anew when the host's switches have changed: what may be given to others hangs on them. */
  refresh(): Promise<void>
  close(): Promise<void>
}

/** Most archives that a peer is believed to give: one that is taken over could fill memory and log with names. */
const MAX_SHARED = 4096

export function peerLife(input: PeerLifeInput): PeerLife {
  const { known, folders, log } = input
  const shared = new Set<string>()
  let told: string | undefined
  const listening = Promise.withResolvers<void>()
  const client = peerClient((message) => process.send(message))
  const process = keepPeer({
    ...input.peer,
    heard(message) {
      if (message.t === 'listening') listening.resolve()
      if (message.t === 'sharing' && shared.size < MAX_SHARED && !shared.has(message.sha256)) {
        shared.add(message.sha256)
        log(`archive ${message.sha256.slice(0, 12)} is given to others`)
      }
      client.heard(message)
    },
    started(send) {
      void input.features.general().then((features) => {
        told = [...features].toSorted().join(' ')
        send({ t: 'settings', settings: peerSettingsOf(input.settings, folders, features.has('seed')) })
        if (!features.has('seed') && !features.has('publish')) return
        for (const build of known.builds()) {
          if (existsSync(build.path)) send({ t: 'share', archive: build.archive, path: build.path, draft: build.offer })
        }
      })
    },
    ended() {
      shared.clear()
      client.ended()
    },
    log,
  })
  return {
    client,
    pid: () => process.pid,
    shared,
    listening: listening.promise,
    share: (build) => client.share(build.archive, build.path, build.offer),
    async refresh() {
      const now = [...(await input.features.general())].toSorted().join(' ')
      if (told !== undefined && now !== told) process.restart()
    },
    close: () => process.close(),
  }
}

const UNLIMITED = Number.MAX_SAFE_INTEGER

function peerSettingsOf(settings: Settings, folders: Folders, seedFetched: boolean): PeerSettings {
  return {
    cacheFolder: folders.peer,
    listen: settings.listen,
    port: settings.port,
    localDiscovery: settings.local_discovery,
    dht: settings.dht,
    trackers: [...settings.trackers],
    webSeeds: [...settings.web_seeds],
    uploadBytesPerSecond: settings.upload_limit === 'none' ? UNLIMITED : settings.upload_limit,
    downloadBytesPerSecond: settings.download_limit === 'none' ? UNLIMITED : settings.download_limit,
    connections: settings.max_connections,
    cacheBytes: settings.cache_size,
    seedFetched,
    maxPackageBytes: settings.max_size,
  }
}

/**
 * The peer as the warden has it: started, told its settings and what to share at each start, and asked through one client.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Settings } from '../portage/settings.ts'
import { grantsOf } from './grants.ts'
import type { Features } from './hostFeatures.ts'
import type { Build, Known } from './known.ts'
import { peerClient, type PeerClient } from './peerClient.ts'
import { keepPeer } from './peerProcess.ts'
import { type Pulse, pulseOf } from './peerPulse.ts'
import { MAX_HELD, type PeerSettings, type ToPeer } from './peerWire.ts'
import type { Folders } from './realm.ts'
import { dropSpoiled } from './store.ts'

export interface PeerLifeInput {
  readonly peer: { readonly argv: readonly [string, ...string[]]; readonly env: Record<string, string> }
  readonly folders: Folders
  readonly settings: Settings
  readonly known: Known
  readonly features: Pick<Features, 'ofPackages'>
  /** Archives of stand-ins whose own build is not finished yet. */
  held(): readonly string[]
  readonly log: (line: string) => void
}

export interface PeerLife {
  readonly client: PeerClient
  readonly pid: () => number | undefined
  readonly pulse: Pick<Pulse, 'answers' | 'tick'>
  /** SHA-256 of each archive that is being given to others. */
  readonly shared: ReadonlySet<string>
  /** Settles once the first peer can be reached by others. */
  readonly listening: Promise<void>
  readonly share: (build: Build) => void
  /** Own builds whose archive is gone are given no more, and forgotten. To be called wherever somebody asks what is given. */
  forgetGone(): void
  /** Asks the host again what may be given to others, and takes back or adds what has changed. */
  refresh(): Promise<void>
  close(): Promise<void>
}

/** An archive that is given to many is written down as used no more often. */
const USED_MS = 60 * 60 * 1000

/** Most archives that a peer is believed to give: one that is taken over could fill memory and log with names. */
const MAX_SHARED = 4096

export function peerLife(input: PeerLifeInput): PeerLife {
  const { known, settings, log } = input
  const shared = new Set<string>()
  /** What this peer was told to give. */
  const told = new Set<string>()
  const used = new Map<string, number>()
  /** This peer gives nothing because Portage could not be asked. */
  let isBlind = false
  const listening = Promise.withResolvers<void>()
  const client = peerClient((message) => process.send(message))
  const grants = (): ReturnType<typeof grantsOf> => grantsOf({ ...input, publicRepos: settings.publish_repos })
  /** Own archives come first, and fetched ones have what they leave. */
  const room = (): number => Math.max(0, settings.cache_size - known.builds().reduce((sum, { archive }) => sum + archive.size, 0))
  const share = (build: Build, send: (message: ToPeer) => void): void => {
    told.add(build.archive.sha256)
    send({ t: 'share', archive: build.archive, path: build.path, draft: build.offer })
  }
  const forget = (sha256: string, keep: boolean): void => {
    told.delete(sha256)
    shared.delete(sha256)
    client.unshare(sha256, keep)
  }
  const isUsed = (sha256: string, now: number): void => {
    if (now - (used.get(sha256) ?? 0) < USED_MS) return
    used.set(sha256, now)
    known.useBuild(sha256, now)
  }

  const pulse = pulseOf({
    ping: () => process.send({ t: 'ping' }),
    isBusy: () => client.isBusy(),
    hung(seconds) {
      log(`peer: has not answered for ${seconds} s: it is killed`)
      process.kill()
    },
  })
  const process = keepPeer({
    ...input.peer,
    heard(message) {
      pulse.heard()
      if (message.t === 'listening') listening.resolve()
      if (message.t === 'used' && told.has(message.sha256)) isUsed(message.sha256, Date.now())
      if (message.t === 'sharing' && shared.size < MAX_SHARED && !shared.has(message.sha256)) {
        shared.add(message.sha256)
        log(`archive ${message.sha256.slice(0, 12)} is given to others`)
      }
      client.heard(message)
    },
    started(send) {
      pulse.started()
      dropSpoiled({ known, log })
      void grants().then((all) => {
        isBlind = all === undefined
        const passOn = all?.passedOn.filter(({ isGiven }) => isGiven).map(({ archive }) => archive)
        for (const archive of passOn ?? []) told.add(archive)
        send({ t: 'settings', settings: peerSettingsOf(input, room(), passOn ?? null) })
        for (const { build, isGiven } of all?.builds ?? []) if (isGiven) share(build, send)
      })
    },
    ended() {
      shared.clear()
      told.clear()
      pulse.ended()
      client.ended()
    },
    log,
  })
  const forgetGone = (): void => {
    const gone = dropSpoiled({ known, log })
    for (const { archive } of gone) forget(archive.sha256, true)
    if (gone.length > 0) client.room(room())
  }
  return {
    client: {
      ...client,
      unshare(sha256, keep) {
        forget(sha256, keep)
      },
    },
    pid: () => process.pid,
    pulse,
    shared,
    listening: listening.promise,
    share(build) {
      client.room(room())
      share(build, (message) => process.send(message))
    },
    forgetGone,
    async refresh() {
      forgetGone()
      const all = await grants()
      if (all === undefined) {
        isBlind = true
        for (const sha256 of new Set([...told, ...known.passedOn().map(({ archive }) => archive)])) forget(sha256, true)
        return
      }
      // A fresh peer takes up again what lies there; it has time.
      if (isBlind) return client.isBusy() ? undefined : process.restart()
      for (const { archive, isGiven } of all.passedOn) {
        if (isGiven) continue
        known.dropPassedOn(archive)
        forget(archive, false)
      }
      for (const { build, isGiven } of all.builds) {
        const { sha256 } = build.archive
        if (!isGiven && told.has(sha256)) forget(sha256, true)
        if (isGiven && !told.has(sha256)) share(build, (message) => process.send(message))
      }
    },
    close: () => process.close(),
  }
}

const UNLIMITED = Number.MAX_SAFE_INTEGER

function peerSettingsOf(input: PeerLifeInput, roomBytes: number, passOn: string[] | null): PeerSettings {
  const { settings, folders } = input
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
    roomBytes,
    passOn,
    held: [...input.held()].slice(0, MAX_HELD),
    maxPackageBytes: settings.max_size,
  }
}

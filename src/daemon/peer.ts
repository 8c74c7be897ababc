/**
 * The unprivileged half: alone talks to the network and opens foreign archives, writes only below its cache, and obeys one channel.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { StandinError } from '../base/errors.ts'
import { lineCutter } from '../base/lines.ts'
import { checkJson } from '../base/schema.ts'
import { READ_LIMITS, readArchive } from '../package/archive/read.ts'
import type { Family } from '../package/family.ts'
import { archiveName } from '../swarm/archiveTorrent.ts'
import { openSwarm, type Swarm } from '../swarm/swarm.ts'
import type { Transfer as Moving } from '../swarm/transfers.ts'
import { checkClaims } from './claims.ts'
import { type FromPeer, MAX_PEER_LINE, type PeerSettings, type ToPeer, toPeer, type Transfer } from './peerWire.ts'
import { type Shares, shareTable } from './shares.ts'

/** What runs once the first settings are there. */
interface Running {
  readonly settings: PeerSettings
  readonly swarm: Swarm
  readonly shares: Shares
  /** Archives of what is staged, by its id, until the warden has said whether it was placed. */
  readonly staged: Map<string, { keep(seed: boolean): Promise<void>; drop(): void }>
  /** SHA-256 of archives that are kept until the own build has been held against them. */
  readonly held: Set<string>
}

export interface PeerInput {
  readonly channel: Duplex
  readonly pid: number
  readonly log: (line: string) => void
}

/** Serves until the warden closes the channel; then everything is stopped and the promise resolves. */
export async function runPeer({ channel, pid, log }: PeerInput): Promise<void> {
  const say = (message: FromPeer): void => void channel.write(`${JSON.stringify(message)}\n`)
  const tasks = new Map<string, Task>()
  // Whatever is asked before the first settings waits for them.
  const first = Promise.withResolvers<Running>()
  let running = first.promise
  let before: Running | undefined
  const ended = Promise.withResolvers<void>()

  const obey = async (message: ToPeer): Promise<void> => {
    if (message.t === 'ping') return say({ t: 'pong' })
    if (message.t === 'settings') {
      const next = start(message.settings, before, log, say)
      if (before === undefined) next.then(first.resolve, first.reject)
      else running = next
      before = await next
      return
    }
    if (message.t === 'stop') {
      tasks.get(message.id)?.stop.abort()
      const now = await running
      rmSync(stagingOf(now, message.id), { recursive: true, force: true })
      now.staged.get(message.id)?.drop()
      now.staged.delete(message.id)
      return
    }
    const now = await running
    if (message.t === 'hurry') tasks.get(message.id)?.hurry.abort()
    else if (message.t === 'pass') await now.staged.get(message.id)?.keep(message.seed)
    else if (message.t === 'release') release(now, message.sha256)
    else if (message.t === 'room') await now.shares.fit(message.bytes)
    else if (message.t === 'share') await now.shares.add(message.draft, message.archive, message.path)
    else if (message.t === 'unshare') await now.shares.remove(message.sha256, message.keep)
    else if (message.t === 'transfers') say({ t: 'transfers', id: message.id, transfers: now.swarm.transfers().slice(0, 1000).map(shown) })
    else await withTask(tasks, message.id, message.seconds, (signal, hurry) => task(message, now, signal, hurry, say))
  }

  const cutter = lineCutter(MAX_PEER_LINE)
  channel.on('data', (chunk: Buffer) => {
    for (const line of cutter.push(chunk)) {
      obey(checkJson(toPeer, line, 'warden', MAX_PEER_LINE)).catch((error: unknown) => log(`peer: ${String(error)}`))
    }
  })
  channel.on('error', () => ended.resolve())
  channel.on('close', () => ended.resolve())
  channel.on('end', () => ended.resolve())
  say({ t: 'ready', pid })
  await ended.promise
  for (const one of tasks.values()) one.stop.abort()
  await before?.swarm.close()
}

async function start(
  settings: PeerSettings,
  before: Running | undefined,
  log: (line: string) => void,
  say: (message: FromPeer) => void,
): Promise<Running> {
  await before?.swarm.close()
  mkdirSync(join(settings.cacheFolder, 'fetched'), { recursive: true })
  // What was staged for a warden that is gone is of no use to anybody.
  rmSync(join(settings.cacheFolder, 'staging'), { recursive: true, force: true })
  mkdirSync(join(settings.cacheFolder, 'staging'))
  const swarm = await openSwarm({
    port: settings.port,
    host: settings.listen,
    lsd: settings.localDiscovery,
    dht: settings.dht,
    trackers: settings.trackers,
    webSeeds: settings.webSeeds,
    maxUploadBytesPerSecond: settings.uploadBytesPerSecond,
    maxDownloadBytesPerSecond: settings.downloadBytesPerSecond,
    maxConnections: settings.connections,
    cacheFolder: settings.cacheFolder,
    log: (line) => log(`swarm: ${line.what}${line.peer === undefined ? '' : ` (${line.peer})`}: ${String(line.error)}`),
  })
  say({ t: 'listening', port: swarm.port })
  const held = new Set(settings.held)
  const shares = shareTable({
    swarm,
    fetched: join(settings.cacheFolder, 'fetched'),
    maxBytes: settings.roomBytes,
    sharing: (sha256, infohash) => say({ t: 'sharing', sha256, infohash }),
    used: (sha256) => say({ t: 'used', sha256 }),
    isHeld: (sha256) => held.has(sha256),
    log,
  })
  if (settings.passOn !== null) await shares.restore(settings.passOn)
  return { settings, swarm, shares, staged: new Map(), held }
}

function release({ held, shares, settings }: Running, sha256: string): void {
  if (held.delete(sha256) && !shares.passesOn(sha256)) rmSync(join(settings.cacheFolder, 'fetched', archiveName(sha256)), { force: true })
}

function shown(moving: Moving): Transfer {
  const down = moving.direction === 'in'
  return {
    name: moving.name,
    direction: down ? 'down' : 'up',
    bytes: down ? moving.bytes : moving.uploaded,
    total: moving.size,
    bytesPerSecond: Math.round(down ? moving.downBytesPerSecond : moving.upBytesPerSecond),
    peers: moving.peers,
  }
}

function stagingOf(running: Running, id: string): string {
  return join(running.settings.cacheFolder, 'staging', id)
}

interface Task {
  readonly stop: AbortController
  /** See `GetOptions`. */
  readonly hurry: AbortController
}

async function withTask(
  tasks: Map<string, Task>,
  id: string,
  seconds: number,
  run: (signal: AbortSignal, hurry: AbortSignal) => Promise<void>,
): Promise<void> {
  const [stop, hurry] = [new AbortController(), new AbortController()]
  tasks.set(id, { stop, hurry })
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(seconds * 1000)])
  try {
    await run(signal, hurry.signal)
  } finally {
    tasks.delete(id)
  }
}

async function task(
  message: Extract<ToPeer, { t: 'find' | 'get' }>,
  running: Running,
  signal: AbortSignal,
  hurry: AbortSignal,
  say: (message: FromPeer) => void,
): Promise<void> {
  try {
    if (message.t === 'find') await find(message.id, message.family, running, signal, say)
    else await fetchAndUnpack(message, running, { signal, hurry }, say)
  } catch (error) {
    const code = error instanceof StandinError ? error.code : 'IO'
    const text = error instanceof Error ? error.message : String(error)
    say({ t: 'failed', id: message.id, code, message: text.replaceAll(/[^\u0020-\u007e]/g, '?').slice(0, 500) })
  }
}

async function find(id: string, family: Family, { swarm }: Running, signal: AbortSignal, say: (message: FromPeer) => void): Promise<void> {
  let offers = 0
  const over = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => over.resolve(), { once: true })
  if (!signal.aborted) {
    swarm.find(family, {
      signal,
      onOffer(offer, from) {
        offers += 1
        say({ t: 'offer', id, offer, from: from.slice(0, 100) })
      },
    })
    await over.promise
  }
  say({ t: 'found', id, offers })
}

async function fetchAndUnpack(
  { id, offer, from }: Extract<ToPeer, { t: 'get' }>,
  running: Running,
  { signal, hurry }: { signal: AbortSignal; hurry: AbortSignal },
  say: (message: FromPeer) => void,
): Promise<void> {
  const began = performance.now()
  const staging = stagingOf(running, id)
  const { swarm, settings, shares } = running
  const got = await swarm.get(offer, { signal, into: join(settings.cacheFolder, 'fetched'), from, stallSeconds: 3, hurry })
  try {
    const manifest = await readArchive({
      archive: got.path,
      staging,
      limits: { ...READ_LIMITS, archiveBytes: settings.maxPackageBytes, imageBytes: settings.maxPackageBytes * 4 },
      signal,
    })
    await checkClaims(offer, manifest, staging)
  } catch (error) {
    rmSync(staging, { recursive: true, force: true })
    rmSync(got.path, { force: true })
    throw error
  }
  // What is given on, or held already, lies where a fetch finds it.
  const { sha256 } = offer.archive
  let kept = shares.passesOn(sha256) || running.held.has(sha256)
  running.staged.set(id, {
    async keep(seed) {
      kept = true
      running.held.add(sha256)
      if (seed) await shares.addFetched(offer, got.path)
    },
    drop() {
      if (!kept) rmSync(got.path, { force: true })
    },
  })
  say({ t: 'staged', id, seconds: (performance.now() - began) / 1000 })
}

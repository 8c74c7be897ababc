/**
 * Hosts of one local network find each other at once and without any server: BEP 14 over one socket, whatever a stranger's datagram holds.
 *
 * webtorrent's own bittorrent-lsd opens a socket for each torrent, gives every torrent the peers of all others, and throws on a datagram
 * without a host line, which ends the process; so this speaks the same protocol itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { hostError, systemCode } from '../base/errors.ts'
import type { Finder, FinderOptions } from './finder.ts'
import { parseLocal, writeLocal } from './localMessage.ts'

/** BEP 14: the administratively scoped group and its port. */
export const GROUP = '239.192.152.143'
export const GROUP_PORT = 6771

/** Datagrams that are read in one second, in all and of one host; the rest is somebody's flood, in which others are still to be heard. */
const MAX_A_SECOND = 200
const MAX_OF_A_HOST = 50

/** BEP 14 asks for five minutes between announcements of one torrent. */
const AGAIN_MS = 5 * 60_000

export interface LsdOptions extends FinderOptions {
  /** Address whose network is used; all networks of this machine when undefined. */
  readonly host: string | undefined
  /** Names this host among those it hears, itself included. */
  readonly cookie: string
}

/** A search says it again after these times: a wireless network loses many a multicast datagram. */
const AGAIN_SOON_MS = [1000, 4000]

/** Opens the local finder. Errors: HostError IO when the group's port cannot be had. */
export async function openLsd(options: LsdOptions): Promise<Finder> {
  const networks = await openNetworks(options)
  /** With the announcements that are still to come. */
  const looking = new Map<string, NodeJS.Timeout[]>()
  let budget = { second: 0, left: MAX_A_SECOND, of: new Map<string, number>() }

  let waiting: string[] = []

  const announce = (infohashes: readonly string[]): void => {
    for (const text of writeLocal({ port: options.port, infohashes, cookie: options.cookie })) networks.send(text)
  }
  networks.onMessage((bytes, host) => {
    const second = Math.floor(performance.now() / 1000)
    if (budget.second !== second) budget = { second, left: MAX_A_SECOND, of: new Map() }
    const ofHost = (budget.of.get(host) ?? 0) + 1
    if (ofHost > MAX_OF_A_HOST || budget.left <= 0) return
    budget.left--
    budget.of.set(host, ofHost)
    const heard = parseLocal(bytes)
    if (heard === undefined || heard.cookie === options.cookie) return
    for (const infohash of heard.infohashes) options.onPeer(infohash, `${host}:${heard.port}`)
  })
  const again = setInterval(() => {
    announce([...looking.keys()])
  }, AGAIN_MS)
  again.unref()

  return {
    look(infohash, giving) {
      const repeats = giving ? [] : AGAIN_SOON_MS.map((ms) => setTimeout(announce, ms, [infohash]).unref())
      looking.set(infohash, [...(looking.get(infohash) ?? []), ...repeats])
      // A host that starts to serve hundreds of families says so in a few datagrams.
      if (waiting.push(infohash) > 1) return
      queueMicrotask(() => {
        announce(waiting)
        waiting = []
      })
    },
    stop(infohash) {
      for (const timer of looking.get(infohash) ?? []) clearTimeout(timer)
      looking.delete(infohash)
    },
    async close() {
      clearInterval(again)
      for (const timer of [...looking.values()].flat()) clearTimeout(timer)
      await networks.close()
    },
  }
}

interface Networks {
  send(text: string): void
  onMessage(hear: (bytes: Buffer, host: string) => void): void
  close(): Promise<void>
}

/** One socket that hears the group on every network, and one for each network to speak from: a datagram goes out where its socket says. */
async function openNetworks({ host, onWarning }: LsdOptions): Promise<Networks> {
  const warn = (error: unknown): void => {
    onWarning('local discovery', error)
  }
  const ear = createSocket({ type: 'udp4', reuseAddr: true })
  const mouths = new Map<string, Promise<Socket | undefined>>()
  try {
    ear.bind(GROUP_PORT)
    await once(ear, 'listening')
  } catch (error) {
    throw hostError(`could not listen for local discovery on port ${GROUP_PORT}`, error)
  }
  ear.on('error', warn)
  let closed = false
  /** Networks come and go while a daemon runs. */
  const settle = (): void => {
    const addresses = addressesOf(host)
    for (const address of addresses) if (!mouths.has(address)) mouths.set(address, openMouth(ear, address, warn))
    for (const [address, mouth] of mouths) {
      if (addresses.includes(address)) continue
      mouths.delete(address)
      void mouth.then(shut)
    }
  }
  settle()
  await Promise.all(mouths.values())

  return {
    send(text) {
      if (closed) return
      settle()
      for (const mouth of mouths.values()) mouth.then((socket) => (closed ? undefined : speak(socket, text, warn))).catch(warn)
    },
    onMessage(hear) {
      ear.on('message', (bytes, from) => {
        hear(bytes, from.address)
      })
    },
    async close() {
      closed = true
      await Promise.all([shut(ear), ...[...mouths.values()].map((mouth) => mouth.then(shut))])
    },
  }
}

function speak(socket: Socket | undefined, text: string, warn: (error: unknown) => void): void {
  socket?.send(text, GROUP_PORT, GROUP, (error) => {
    if (error !== null) warn(error)
  })
}

/** Joins the group on the network of `address` and opens a socket that speaks to it; undefined, and said, when that network has no multicast. */
async function openMouth(ear: Socket, address: string, warn: (error: unknown) => void): Promise<Socket | undefined> {
  const mouth = createSocket('udp4')
  mouth.on('error', warn)
  try {
    join(ear, address)
    mouth.bind(0, address)
    await once(mouth, 'listening')
    mouth.setMulticastInterface(address)
    return mouth
  } catch (error) {
    mouth.close()
    warn(error)
    return undefined
  }
}

function join(ear: Socket, address: string): void {
  try {
    ear.addMembership(GROUP, address)
  } catch (error) {
    // An address that went and came back is still a member.
    if (systemCode(error) !== 'EADDRINUSE') throw error
  }
}

/** IPv4 addresses of this machine that face a network; the one that was asked for is taken as it is. */
function addressesOf(host: string | undefined): string[] {
  if (host !== undefined && host !== '0.0.0.0' && host !== '::') return isIPv4(host) ? [host] : []
  return Object.values(networkInterfaces())
    .flat()
    .filter((each) => each !== undefined && each.family === 'IPv4' && !each.internal)
    .map((each) => each?.address ?? '')
}

function shut(socket: Socket | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (socket === undefined) resolve()
    else
      socket.close(() => {
        resolve()
      })
  })
}

/**
 * The ways of finding peers that this host's settings switch on; one that cannot be had is said and gone without.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { openDht, type DhtOptions } from './dht.ts'
import type { Finder } from './finder.ts'
import { openLsd } from './lsd.ts'
import { openTrackers } from './trackers.ts'

export interface FindersOptions {
  readonly lsd: boolean
  readonly dht: boolean | DhtOptions
  readonly trackers: readonly string[]
  readonly host: string | undefined
  readonly port: number
  /** 40 hex digits. */
  readonly peerId: string
  /** `near` for a peer of the same network. */
  readonly onPeer: (infohash: string, address: string, near: boolean) => void
  readonly onWarning: (what: string, error: unknown) => void
}

export async function openFinders(options: FindersOptions): Promise<Finder[]> {
  const { lsd, dht, trackers, host, port, peerId, onWarning } = options
  const far = (infohash: string, address: string): void => {
    options.onPeer(infohash, address, false)
  }
  const near = (infohash: string, address: string): void => {
    options.onPeer(infohash, address, true)
  }
  const finders: Finder[] = []
  const open = async (what: string, opening: Promise<Finder>): Promise<void> => {
    try {
      finders.push(await opening)
    } catch (error) {
      onWarning(what, error)
    }
  }
  if (trackers.length > 0) finders.push(openTrackers({ trackers, port, peerId, onPeer: far, onWarning }))
  if (lsd) await open('local discovery', openLsd({ host, port, cookie: `standin-${peerId}`, onPeer: near, onWarning }))
  if (dht !== false) await open('DHT', openDht({ ...(dht === true ? {} : dht), host, port, onPeer: far, onWarning }))
  return finders
}

/**
 * Remembers who offered an archive, so that its bytes can be asked for at once; strangers can't make it grow without bound.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { parseAddress } from './address.ts'

const MAX_ARCHIVES = 2048
const MAX_ADDRESSES = 32
/** One host that names many ports must not take the place of all others. */
const MAX_OF_A_HOST = 4

export interface Sources {
  add(infohash: string, address: string): void
  of(infohash: string): string[]
}

/** The longest-unheard archive is forgotten first. */
export function openSources(): Sources {
  const known = new Map<string, Set<string>>()
  return {
    add(infohash, address) {
      const addresses = known.get(infohash) ?? new Set()
      known.delete(infohash)
      known.set(infohash, addresses)
      const ofHost = [...addresses].filter((one) => hostOf(one) === hostOf(address)).length
      if (addresses.size < MAX_ADDRESSES && ofHost < MAX_OF_A_HOST) addresses.add(address)
      const oldest = known.keys().next()
      if (known.size > MAX_ARCHIVES && oldest.done !== true) known.delete(oldest.value)
    },
    of: (infohash) => [...(known.get(infohash) ?? [])],
  }
}

function hostOf(address: string): string {
  return parseAddress(address)?.host ?? address
}

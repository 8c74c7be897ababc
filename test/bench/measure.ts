/**
 * What each measurement is given. Hosts are made on its own network, which is closed after it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Network } from '../support/host/network.ts'
import type { Figure } from './figure.ts'

export interface Bench {
  readonly network: Network
  /** How often each side runs: as the user asked, or as is usual for this figure. */
  readonly runs: (usual: number) => number
  /** Says how far it is. */
  readonly tell: (text: string) => void
}

/** Errors: HostError of what could not be measured. */
export type Measure = (bench: Bench) => Promise<readonly Figure[]>

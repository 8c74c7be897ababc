/**
 * What one check of this host found; a check that cannot be carried out is itself a finding, never an end of the others.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StandinError, systemCode } from '../../base/errors.ts'
import type { World } from '../world.ts'

export interface Finding {
  readonly check: string
  /** `note`: worth knowing, and nothing stops working by it. */
  readonly state: 'ok' | 'note' | 'wrong'
  readonly text: string
  /** What to do; always there where something is wrong. */
  readonly remedy: string | null
}

export interface Check {
  readonly name: string
  readonly look: (world: World) => Finding[] | Promise<Finding[]>
}

export function ok(check: string, text: string): Finding {
  return { check, state: 'ok', text, remedy: null }
}

export function note(check: string, text: string, remedy: string | null = null): Finding {
  return { check, state: 'note', text, remedy }
}

export function wrong(check: string, text: string, remedy: string): Finding {
  return { check, state: 'wrong', text, remedy }
}

export async function withRemedies({ name, look }: Check, world: World): Promise<Finding[]> {
  try {
    return await look(world)
  } catch (error) {
    const code = systemCode(error instanceof StandinError ? (error.cause ?? error) : error)
    if (code === 'EACCES' || code === 'EPERM') return [wrong(name, 'this user may not look', 'run standin doctor as root')]
    if (error instanceof StandinError && error.code === 'DISK_FULL') return [wrong(name, error.message, 'df shows which disk it is')]
    // The messages of our own errors say what to do.
    if (error instanceof StandinError || (code !== undefined && error instanceof Error))
      return [wrong(name, error.message, 'mend that, then run standin doctor again')]
    throw error
  }
}

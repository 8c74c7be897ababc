/**
 * Somebody types `emerge` on a terminal that stays when emerge has ended: what is told a little later is read there too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Ended, Started, StartOptions } from '../host/enter.ts'
import type { Host } from '../host/host.ts'

const AT_THE_PROMPT = 'emerge --color=n "$@"; code=$?; read -r _; exit "$code"'

/** Ends with `left`. */
export function typeEmerge(host: Host, args: readonly string[], options: Omit<StartOptions, 'pty'> = {}): Promise<Started> {
  return host.start(['sh', '-c', AT_THE_PROMPT, 'sh', ...args], { ...options, pty: true })
}

/** The person leaves the terminal once emerge has ended; the exit code is that of emerge. */
export function left(typed: Started): Promise<Ended> {
  typed.write('\n')
  return typed.exited
}

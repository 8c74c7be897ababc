/**
 * What the kernel holds the peer to, whoever has taken it over: no dump, a bounded memory, bounded files, and no flood of processes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { MAX_ARCHIVE_BYTES } from '../swarm/wire.ts'

/** By the names that prlimit(1) takes, and how /proc/PID/limits calls them. */
export const PEER_LIMITS: readonly { readonly option: string; readonly name: string; readonly most: number }[] = [
  { option: 'core', name: 'Max core file size', most: 0 },
  // An archive with all that may be in it took 375 MB to read; what V8 reserves and does not write to does not count here.
  { option: 'data', name: 'Max data size', most: 2 * 2 ** 30 },
  { option: 'fsize', name: 'Max file size', most: MAX_ARCHIVE_BYTES },
  // The setting max_connections goes up to 1000.
  { option: 'nofile', name: 'Max open files', most: 16_384 },
  // Counted for the user in all containers of a machine together; one peer has about a dozen threads.
  { option: 'nproc', name: 'Max processes', most: 1024 },
]

/**
 * The prefix of a command that is to be held to them. `now` is the text of /proc/self/limits: a service without CAP_SYS_RESOURCE may lower a limit
 * and not raise it.
 */
export function limited(now: string): [string, ...string[]] {
  return ['prlimit', ...PEER_LIMITS.map(({ option, name, most }) => `--${option}=${Math.min(most, hardLimit(now, name))}`)]
}

function hardLimit(now: string, name: string): number {
  const hard = new RegExp(`^${name} +\\S+ +(\\d+|unlimited) `, 'm').exec(now)?.[1]
  return hard === undefined || hard === 'unlimited' ? Infinity : Number(hard)
}

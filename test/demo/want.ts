/**
 * Somebody who runs a program the moment that it is there, and tells when the first line of it came.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Host } from '../support/host/host.ts'

export interface Ran {
  /** Seconds since the epoch, by the clock of the host, at the program's first line. */
  readonly at: number
  readonly said: string
}

/** bash looks along PATH itself, so that waiting costs the host next to nothing. */
const WAIT_AND_RUN = `
exec 9<> <(:)
until type -P "$1" > /dev/null; do read -rt 0.01 -u 9; done
"$@" 2>&1 | { IFS= read -r line; printf 'ran %s %s\\n' "$EPOCHREALTIME" "$line"; cat > /dev/null; }
`

/** Begins to wait; resolves once the program has said something. Errors: HostError TIMED_OUT, PROGRAM_FAILED. */
export async function wantToRun(host: Host, user: string, argv: readonly string[], timeoutSeconds: number): Promise<() => Promise<Ran>> {
  const waiting = await host.start(['bash', '-c', WAIT_AND_RUN, 'want', ...argv], { user })
  const ran = waiting.waitFor(/^ran ([\d.]+) (.*)$/m, timeoutSeconds).then(([, at, said]) => ({ at: Number(at), said: said ?? '' }))
  ran.catch(() => undefined) // whoever asks is told
  return () => ran
}

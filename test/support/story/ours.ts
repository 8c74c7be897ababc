/**
 * What of standin is at work or left on a host: processes, and what lies below /run/standin and beside builds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { HostError, systemCode } from '../../../src/base/errors.ts'
import type { Started } from '../host/enter.ts'
import type { Host } from '../host/host.ts'
import { atEnd } from '../atEnd.ts'

const DAEMON = /\/standin\/(bin\/\.\.\/)?(daemon|peer|maker)\.mjs/

/** Command lines of everything that hooks have started on `host` and that still runs. */
export async function hooksRunning(host: Host): Promise<string[]> {
  const { stdout } = await host.run(['ps', '-eo', 'args'])
  return stdout.split('\n').filter((line) => /standin/.test(line) && !DAEMON.test(line) && !/^(ps|nsenter) /.test(line))
}

/** Builds that are spoken of: names of doors and notes, markers, captured images. */
export async function leftOn(host: Host): Promise<string[]> {
  const places = ['/run/standin/builds', '/run/standin/notes', '/var/lib/standin/live', '/var/tmp/portage/.standin']
  const { stdout } = await host.run(['sh', '-c', `find ${places.join(' ')} -mindepth 1 2>/dev/null; :`])
  return stdout.split('\n').filter(Boolean)
}

/** Waits until `look` gives a value for which `holds`. Errors: HostError TIMED_OUT with the last one. */
export async function until<T>(look: () => Promise<T> | T, holds: (value: T) => boolean, seconds = 60): Promise<T> {
  const end = performance.now() + seconds * 1000
  for (;;) {
    const value = await look()
    if (holds(value)) return value
    if (performance.now() > end) throw new HostError('TIMED_OUT', `after ${seconds} s still ${JSON.stringify(value)}`)
    await pause(50)
  }
}

/** Waits until nothing is left of any build. */
export async function settled(host: Host, seconds?: number): Promise<void> {
  await until(
    () => leftOn(host),
    (left) => left.length === 0,
    seconds,
  )
}

/** What emerge writes, without what two runs of it always differ in. */
export function sameLog(text: string): string {
  return text
    .replaceAll('\r', '')
    .replace(/resolution took [\d.]+ s/g, 'resolution took a while')
    .replace(/(Final size of [a-z ]+): +[\d.]+ \w+/g, '$1')
}

/** Stops a program until the end of the test at the latest. */
export function freeze(t: TestContext, started: Started): void {
  started.kill('SIGSTOP')
  atEnd(t, () => wake(started))
}

/** Lets a stopped program go on, and what has started it. */
export function wake(started: Started): void {
  if (!existsSync(`/proc/${started.pid}`)) return
  started.kill('SIGCONT')
  try {
    process.kill(started.enteredBy, 'SIGCONT')
  } catch (error) {
    // Both are gone, and the number of the first is another's by now.
    if (systemCode(error) !== 'ESRCH') throw error
  }
}

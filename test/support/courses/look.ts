/**
 * All that an emerge may change on a host, at one moment: every file, what lies on other mounts, processes and the locks that they hold.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Host } from '../host/host.ts'
import type { Snapshot } from '../host/snapshot.ts'

export interface Look {
  readonly tree: Snapshot
  /** Names on mounts of their own, which the tree is without. */
  readonly mounts: readonly string[]
  readonly processes: readonly string[]
  /** File and command line of each. */
  readonly locks: readonly string[]
}

const TOPS = ['bin', 'boot', 'etc', 'home', 'lib', 'lib32', 'lib64', 'libx32', 'media', 'mnt', 'opt', 'root', 'sbin', 'srv', 'usr', 'var']

/** Mounts that courses build on. */
export const RAM = '/mnt/ram'
export const DISK = '/mnt/disk'

const MOUNTS = `find /run /tmp /dev/shm ${RAM} ${DISK} -printf '%y %m %u:%g %p\\n' | sort`
/** What looks, also in the moment at which it has no command line yet. */
const LOOKING = /^\[?(ps|sh|nsenter|setpriv)\]?( |$)/
const LOCKS = `
for lock in $(grep -l '^lock:' /proc/[0-9]*/fdinfo/* 2>/dev/null); do
  echo "$(readlink "$(echo "$lock" | sed s/fdinfo/fd/)") $(tr '\\0' ' ' < "\${lock%/fdinfo*}/cmdline")"
done | sort`

export async function lookAt(host: Host): Promise<Look> {
  const [mounts, processes, locks] = [await linesOf(host, MOUNTS), await processesOf(host), await linesOf(host, LOCKS)]
  return { tree: await host.snapshot({ below: TOPS }), mounts, processes, locks }
}

/** One program looks: a pipe of several would see its own in the making. */
export async function processesOf(host: Host): Promise<string[]> {
  const { stdout } = await host.run(['ps', '-eo', 'args='])
  const lines = stdout.split('\n').filter((line) => line !== '' && !LOOKING.test(line))
  return lines.toSorted()
}

async function linesOf(host: Host, script: string): Promise<string[]> {
  const { stdout } = await host.run(['sh', '-c', `${script}; :`])
  return stdout.split('\n').filter(Boolean)
}

/**
 * Looks for what standin may have left where a course does not look: in environments that Portage has saved, and in the journal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Host } from '../host/host.ts'

const NAMED = `
find /var/db/pkg -name environment.bz2 ! -path '*/standin-*' -newer /etc/hostname -exec sh -c 'bzip2 -dc "$1" | grep -qi standin && echo "$1"' - {} \\;
for tmp in /var/tmp /mnt/ram /mnt/disk; do grep -rli standin "$tmp" --include environment --include environment.raw; done; :`

/** Paths of environments that name standin. */
export async function savedNames(host: Host): Promise<string> {
  return (await host.run(['sh', '-c', NAMED])).stdout
}

const ROWS = `const {DatabaseSync}=require('node:sqlite');const journal=new DatabaseSync('/var/lib/standin/journal.sqlite');
console.log(["entry WHERE state <> 'purged'",'path','kept'].map((of)=>journal.prepare('SELECT count(*) AS n FROM '+of).get().n).join(' '))`

/** How many entries are not settled, how many paths and how many kept files there are: `0 0 0` where nothing is left. */
export async function unsettledRows(host: Host): Promise<string> {
  return (await host.run(['node', '--no-warnings', '-e', ROWS])).stdout.trim()
}

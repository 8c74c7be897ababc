/**
 * Rules that keep hands off everything that exists.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { namesakes, parentsOf } from './names.ts'
import type { SieveRule } from './rule.ts'

const nothingReplaced: SieveRule = {
  scope: 'sieve',
  id: 'nothing-replaced',
  why: 'nothing that exists is replaced',
  hits: (record, { input }) => input.host.exists(record.path) !== 'absent',
}

/** `/usr/lib64` may be a link on one host and a folder on another: what the image calls a folder is written through nothing else. */
const noLinkedFolder: SieveRule = {
  scope: 'sieve',
  id: 'no-linked-folder',
  why: 'nothing is placed through a link or a file where the image has a folder',
  hits: (record, { input }) => parentsOf(record.path).some((folder) => !['dir', 'absent'].includes(input.host.exists(folder))),
}

/** With a split /usr, /usr/bin/ls would be found before /bin/ls. Where both are one folder, the other name is absent as well. */
const nothingShadowed: SieveRule = {
  scope: 'sieve',
  id: 'nothing-shadowed',
  why: 'no command, library or terminal is placed that has a namesake elsewhere',
  hits: (record, { input }) => namesakes(record.path).some((path) => input.host.exists(path) !== 'absent'),
}

// The folder first: what lies behind a link may well exist, and the link is the better reason.
export const HOST_RULES: readonly SieveRule[] = [noLinkedFolder, nothingReplaced, nothingShadowed]

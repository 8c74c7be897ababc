/**
 * Rules that keep hands off everything that exists.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { parentsOf } from './names.ts'
import type { EntryRule } from './rule.ts'

const nothingReplaced: EntryRule = {
  scope: 'entry',
  effect: 'leave',
  id: 'nothing-replaced',
  why: 'nothing that exists is replaced',
  hits: (record, input) => input.host.exists(record.path) !== 'absent',
}

/** `/usr/lib64` may be a link on one host and a folder on another: what the image calls a folder is written through nothing else. */
const noLinkedFolder: EntryRule = {
  scope: 'entry',
  effect: 'leave',
  id: 'no-linked-folder',
  why: 'nothing is placed through a link or a file where the image has a folder',
  hits: (record, input) => parentsOf(record.path).some((folder) => !['dir', 'absent'].includes(input.host.exists(folder))),
}

// The folder first: what lies behind a link may well exist, and the link is the better reason.
export const HOST_RULES: readonly EntryRule[] = [noLinkedFolder, nothingReplaced]

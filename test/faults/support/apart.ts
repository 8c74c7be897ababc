/**
 * What scenarios of several processes share: the Node that bash finds on such a host, and what each process has written down of its points.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compiled } from './folders.ts'
import type { Done } from './scenario.ts'
import type { Seen } from './tap.ts'

const FOLDER = join(import.meta.dirname, '..')

/** `purge_wait` is 1 s there; two seconds for a first word, three by the socket, and as much again for a machine that is busy. */
export const BEARABLE_SECONDS = 12

/** Bash starts `node --disable-warning=X FOLDER/NAME.mjs LINE [ask]`: a host that is installed has bundles there, this one has sources. */
export function hookNode(isWatched: boolean): string {
  const tap = isWatched ? `--import '${join(FOLDER, 'tap.ts')}'` : ''
  const { NODE_COMPILE_CACHE: cache = '' } = compiled()
  return `#!/bin/bash
export NODE_COMPILE_CACHE='${cache}'
name=\${2##*/}
exec '${process.execPath}' "$1" ${tap} '${join(FOLDER, '../../hooks')}'/"\${name%.mjs}.ts" "\${@:3}"
`
}

export function seenIn(log: string): Pick<Done, 'seen' | 'isHit'> {
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : []
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the tap and by scenarios
  const said = lines.map((line) => JSON.parse(line) as Seen | { readonly hit: string })
  return { seen: said.filter((one): one is Seen => 'point' in one), isHit: said.some((one) => 'hit' in one) }
}

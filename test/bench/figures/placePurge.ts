/**
 * 20,000 files placed and purged with the journal's guarantees, beside GNU tar and rm, which give none; both on one fresh ext4.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { paths } from '../../support/ground/paths.ts'
import { program } from '../../support/ground/program.ts'
import { figureOf } from '../figure.ts'
import type { Measure } from '../measure.ts'
import type { Runs } from '../runs.ts'

const SIZE = '2G'

/** In a mount namespace of its own, so that the filesystem is gone with the program. */
const ON_FRESH = `
truncate -s ${SIZE} "$1/image" && mkfs.ext4 -q "$1/image" && mount -o loop "$1/image" "$1/mnt" || exit 1
shift
exec "$@"`

export const placePurge: Measure = async ({ runs: count, tell }) => {
  const made = join(paths.made, 'bench')
  mkdirSync(made, { recursive: true })
  const folder = mkdtempSync(join(made, 'place-'))
  const mnt = join(folder, 'mnt')
  mkdirSync(mnt)
  tell('on a fresh filesystem')
  try {
    const node = [process.execPath, join(import.meta.dirname, '../programs/placePurge.ts'), mnt, String(count(7))]
    const said = await program('measuring place-purge', ['unshare', '--mount', 'sh', '-c', ON_FRESH, 'fresh', folder, ...node])
    const runs: Runs = JSON.parse(said)
    return [figureOf('place-purge', 's', runs.ours, runs.anchor)]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

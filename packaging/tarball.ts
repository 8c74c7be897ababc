/**
 * Makes the same tarball of the same files wherever and whenever it runs: names sorted, times fixed, owner root, one thread of xz with fixed settings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { renameSync, rmSync } from 'node:fs'
import { execa } from 'execa'
import { HostError, systemCode } from '../src/base/errors.ts'

/** 2000-01-01: a time that no program takes for a broken clock. */
const TIME = '@946684800'

const TAR = [
  '--format=ustar',
  '--sort=name',
  `--mtime=${TIME}`,
  '--owner=root:0',
  '--group=root:0',
  '--numeric-owner',
  '--mode=u=rwX,go=rX', // whatever the umask was
]
const XZ = ['-6', '--threads=1', '--check=crc64']

/** Packs `folder/name` into `out`, which is there whole or not at all. */
export async function pack(folder: string, name: string, out: string): Promise<void> {
  const draft = `${out}.new`
  try {
    const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' } // no TAR_OPTIONS, no XZ_OPT
    const tar = execa('tar', [...TAR, '-cf', '-', '-C', folder, '--', name], { env, extendEnv: false, buffer: false, stdout: 'pipe' })
    await tar.pipe('xz', [...XZ, '-c'], { env, extendEnv: false, stdout: { file: draft } })
    renameSync(draft, out)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
    throw new HostError('MISSING_PROGRAM', 'GNU tar or xz is missing: install tar and xz-utils', { cause: error })
  } finally {
    rmSync(draft, { force: true })
  }
}

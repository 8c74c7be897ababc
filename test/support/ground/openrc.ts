/**
 * OpenRC lies unpacked in the ground, since it cannot be installed on a machine that has another init.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { HostError } from '../../../src/base/errors.ts'
import { paths } from './paths.ts'
import { program } from './program.ts'

const PACKAGES = ['openrc', 'librc1', 'libeinfo1']

/** Fetches and unpacks it unless it is there. The rename is the commit point. */
export async function unpackOpenrc(say: (line: string) => void): Promise<void> {
  if (existsSync(paths.openrc)) return
  say('fetching OpenRC')
  const work = `${paths.openrc}.new`
  const downloads = join(work, 'downloads')
  rmSync(work, { recursive: true, force: true })
  mkdirSync(downloads, { recursive: true })
  const download = (): Promise<string> => program('fetching OpenRC', ['apt-get', '-qq', 'download', ...PACKAGES], { cwd: downloads })
  try {
    // The lists may be missing, or older than what they name.
    await download().catch(async () => {
      await program('updating the package lists', ['apt-get', 'update', '-qq'])
      await download()
    })
  } catch (error) {
    throw new HostError('MISSING_PROGRAM', `OpenRC could not be fetched: does apt-get download ${PACKAGES.join(' ')} work?`, {
      cause: error,
    })
  }
  for (const name of readdirSync(downloads)) await program('unpacking OpenRC', ['dpkg-deb', '-x', join(downloads, name), work])
  rmSync(downloads, { recursive: true })
  renameSync(work, paths.openrc)
}

/**
 * Takes image and metadata out of a gpkg that this host's own Portage made, so that it can be published: the way for FEATURES=buildpkg and `emerge -B`.
 *
 * The file is this host's own, so it goes through the host's tar and compressors, which restore owners and capabilities. Never for a stranger's archive.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { execa } from 'execa'
import { HostError, hostError, systemCode } from '../../base/errors.ts'
import type { Metadata } from '../manifest.ts'
import { metadataFromFolder } from '../metadata.ts'

export interface OwnImage {
  /** Folder of the image: `into/image`. */
  readonly image: string
  readonly metadata: Metadata
}

export interface ImageFromGpkgInput {
  readonly gpkg: string
  /** Folder to make; it must not exist, its parent must. It should be on a filesystem that keeps capabilities. */
  readonly into: string
  readonly signal?: AbortSignal
}

/** Errors: HostError UNSUPPORTED, MISSING_PROGRAM, PROGRAM_FAILED, TIMED_OUT, DISK_FULL, IO; `into` is removed again then. */
export async function imageFromGpkg(input: ImageFromGpkgInput): Promise<OwnImage> {
  makeFolder(input.into)
  try {
    const members = (await runTar(input, ['--list', '--file', input.gpkg])).split('\n')
    await unpackMember(input, memberNamed(members, 'metadata'))
    await unpackMember(input, memberNamed(members, 'image'))
    return { image: `${input.into}/image`, metadata: metadataFromFolder(`${input.into}/metadata`) }
  } catch (error) {
    rmSync(input.into, { recursive: true, force: true })
    throw hostError(`could not unpack ${input.gpkg}`, error)
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    throw hostError(`could not make ${folder}`, error)
  }
}

/** A signed gpkg has `image.tar.zst.sig` too. */
function memberNamed(members: readonly string[], name: 'metadata' | 'image'): string {
  const found = members.find((member) => new RegExp(`^[^/]+/${name}\\.tar(\\.[a-z0-9]+)?$`).test(member) && !member.endsWith('.sig'))
  if (found === undefined) throw new HostError('UNSUPPORTED', `the gpkg has no ${name}.tar`)
  return found
}

/** The member goes to disk first, where tar sees by itself how it is compressed. */
async function unpackMember(input: ImageFromGpkgInput, member: string): Promise<void> {
  const packed = join(input.into, basename(member))
  await runTar(input, ['--extract', '--file', input.gpkg, '--directory', input.into, '--strip-components=1', '--', member])
  const restore = ['--preserve-permissions', '--xattrs', '--xattrs-include=security.capability']
  await runTar(input, ['--extract', '--file', packed, '--directory', input.into, ...restore])
  rmSync(packed)
}

/** A warning is a failure: what tar could not restore, or has left out, would be published as if it had been built so. Clocks that differ are none. */
async function runTar({ gpkg, signal }: ImageFromGpkgInput, args: readonly string[]): Promise<string> {
  const run = await execa('tar', ['--warning=no-timestamp', ...args], {
    reject: false,
    maxBuffer: 64 * 1024,
    env: { LC_ALL: 'C' },
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  })
  if (!run.failed && run.stderr === '') return run.stdout
  if (run.isCanceled) throw new HostError('TIMED_OUT', `unpacking ${gpkg} was called off`, { cause: run.cause })
  if (systemCode(run.cause) === 'ENOENT') throw new HostError('MISSING_PROGRAM', 'tar is needed to unpack a gpkg', { cause: run.cause })
  throw new HostError('PROGRAM_FAILED', `tar could not unpack all of ${gpkg}: ${run.stderr.slice(-400)}`, { cause: run.cause })
}

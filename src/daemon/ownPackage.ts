/**
 * Finds the binary package that Portage has just made of a build (FEATURES=buildpkg, `emerge -B`), and tells it from one of another build.
 *
 * Portage leaves the number and the MD5 of the package in `build-info`, and nowhere the path: that follows from FEATURES=binpkg-multi-instance.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import * as v from 'valibot'
import { HostError, hostError } from '../base/errors.ts'
import { plainText } from '../base/schema.ts'
import type { MomentValues } from './moment.ts'

export const ownPackage = v.strictObject({ path: plainText(4095), md5: v.string() })

export type OwnPackage = v.InferOutput<typeof ownPackage>

/** `began` is what the first hook of the build said. Undefined where Portage made none, one in another format than gpkg, or not of the whole image. */
export function ownPackageOf(values: MomentValues, began: MomentValues): OwnPackage | undefined {
  const { BINPKGMD5: md5, BUILD_ID: id, PKGDIR, CATEGORY, PF } = values
  const name = began.PN
  if (md5 === '' || PKGDIR === '' || whyNotWhole(began) !== undefined) return undefined
  const numbered = id === '' ? [] : [join(PKGDIR, CATEGORY, name, `${PF}-${id}.gpkg.tar`)]
  const path = [...numbered, join(PKGDIR, CATEGORY, `${PF}.gpkg.tar`)].find((one) => existsSync(one))
  return path === undefined ? undefined : { path, md5 }
}

/** One clause where a binary package of this host is not the image that is merged, and so not what others build. */
export function whyNotWhole({ PKG_INSTALL_MASK: mask, FEATURES: features }: MomentValues): string | undefined {
  if (mask.trim() !== '') return 'PKG_INSTALL_MASK leaves files out of binary packages'
  const missing = ['binpkg-docompress', 'binpkg-dostrip'].find((name) => !features.split(' ').includes(name))
  return missing === undefined ? undefined : `FEATURES has no ${missing}, so binary packages are not what is merged`
}

/** To be called after the last read of it. Errors: HostError CHANGED_UNDERWAY when it is not what Portage wrote for this build, IO. */
export async function checkOwnPackage({ path, md5 }: OwnPackage): Promise<void> {
  const hash = createHash('md5')
  try {
    await pipeline(createReadStream(path), hash)
  } catch (error) {
    throw hostError(`could not read ${path}`, error)
  }
  if (hash.digest('hex') !== md5) throw new HostError('CHANGED_UNDERWAY', `${path} is no longer the package of this build`)
}

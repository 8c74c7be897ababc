/**
 * Makes `dist/standin-VERSION.tar.xz`, all that the ebuild needs, and beside it the overlay with the Manifest that goes with this very tarball.
 *
 * The same checkout gives the same bytes. Nothing of it is compiled when it is installed, and nothing fetched.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { bundle } from './bundle.ts'
import { bundledPackages, licenceFile } from './licences.ts'
import { release, top } from './release.ts'
import { pack } from './tarball.ts'

/** Paths of the checkout to where they lie in the tarball. */
const FILES: Record<string, string> = {
  'packaging/standin': 'bin/standin',
  'packaging/openrc/standin.initd': 'openrc/standin.initd',
  'packaging/openrc/standin.confd': 'openrc/standin.confd',
  'packaging/openrc/standin.logrotate': 'openrc/standin.logrotate',
  'packaging/systemd/standin.service': 'systemd/standin.service',
  'packaging/man': 'man',
  'packaging/completions': 'completions',
  'etc-portage/standin.conf': 'etc-portage/standin.conf',
  'etc-portage/standin.policy': 'etc-portage/standin.policy',
  'packaging/README': 'README',
  LICENSE: 'LICENSE',
}

export interface Dist {
  readonly tarball: string
  /** An ebuild repository, ready for repos.conf. */
  readonly overlay: string
}

/** Fills `into`. */
export async function makeDist(into: string): Promise<Dist> {
  mkdirSync(into, { recursive: true })
  const stage = mkdtempSync(join(tmpdir(), 'standin-dist-'))
  try {
    await fill(join(stage, release))
    const tarball = join(into, `${release}.tar.xz`)
    await pack(stage, release, tarball)
    return { tarball, overlay: overlayFor(tarball, join(into, 'overlay')) }
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

async function fill(folder: string): Promise<void> {
  const sources = await bundle(join(folder, 'lib'))
  for (const [from, to] of Object.entries(FILES)) cpSync(join(top, from), join(folder, to), { recursive: true })
  writeFileSync(join(folder, 'LICENSES-OF-PACKAGES'), licenceFile(bundledPackages(top, sources)))
}

/** The overlay's Manifest names the tarball's hashes, so Portage takes this tarball and no other. */
function overlayFor(tarball: string, overlay: string): string {
  rmSync(overlay, { recursive: true, force: true })
  cpSync(join(top, 'packaging/overlay'), overlay, { recursive: true })
  const bytes = readFileSync(tarball)
  const hash = (name: string): string => createHash(name).update(bytes).digest('hex')
  const line = `DIST ${basename(tarball)} ${bytes.length} BLAKE2B ${hash('blake2b512')} SHA512 ${hash('sha512')}\n`
  writeFileSync(join(overlay, 'app-portage/standin/Manifest'), line)
  return overlay
}

if (process.argv[1] === import.meta.filename) {
  const { tarball, overlay } = await makeDist(join(top, 'dist'))
  process.stdout.write(`${tarball}\n${overlay}\n`)
}

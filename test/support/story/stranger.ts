/**
 * A host of a stranger, who has no key that counts: offers what a publisher has signed, with bytes of his own or with none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkJson } from '../../../src/base/schema.ts'
import { build, type Build } from '../../../src/daemon/known.ts'
import { imageFromGpkg } from '../../../src/package/archive/own.ts'
import { writeArchive } from '../../../src/package/archive/write.ts'
import type { Metadata } from '../../../src/package/manifest.ts'
import { paths } from '../ground/paths.ts'
import type { Host } from '../host/host.ts'
import type { Network } from '../host/network.ts'

const ROW =
  "const {DatabaseSync}=require('node:sqlite');console.log(new DatabaseSync('/var/lib/standin/known.sqlite').prepare('SELECT row FROM builds ORDER BY rowid DESC').get().row)"

/** The newest build of a publisher, with what its key has signed. */
export async function signedOn(host: Host): Promise<Build> {
  const { stdout } = await host.run(['node', '--no-warnings', '-e', ROW])
  return checkJson(build, stdout, 'row', 1e6)
}

/** The archive of `of` on `host`, made anew with the same files and other metadata. */
export async function withMetadata(host: Host, of: Build, change: (honest: Metadata) => Metadata): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'standin-stranger-'))
  try {
    const { image, metadata } = await imageFromGpkg({ gpkg: host.path(of.path), into: join(folder, 'into') })
    await writeArchive({ image, metadata: change(metadata), out: join(folder, 'out') })
    return readFileSync(join(folder, 'out'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Offers `of` once for each of `archives`, which he gives to whoever asks unless `has` is false. */
export async function createStranger(network: Network, name: string, of: Build, archives: readonly Buffer[], has: boolean): Promise<Host> {
  const host = await network.createHost({ name, binds: { '/mnt/checkout': paths.top } })
  const given = archives.map((bytes, at) => {
    const path = `/root/${at}.gpkg.tar`
    host.write(path, bytes)
    return { draft: of.offer, path, has }
  })
  host.write('/root/stranger.json', JSON.stringify(given))
  const program = await host.start(['node', '--no-warnings', '/mnt/checkout/test/support/story/strangerProgram.ts'])
  await program.waitFor(/the stranger is ready/)
  return host
}

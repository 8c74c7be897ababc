/**
 * What two hosts that differ build of hello becomes one archive, byte for byte, and Portage's own reader takes it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { imageFromGpkg } from '../../src/package/archive/own.ts'
import { type WrittenArchive, writeArchive } from '../../src/package/archive/write.ts'
import { differingPaths } from '../../src/package/content.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'

const SECRET = 'a-token-of-whoever-ran-emerge'

let network: Network
let folder: string
before(async () => {
  network = await createNetwork({ name: 'gpkg' })
  folder = mkdtempSync(join(tmpdir(), 'standin-gpkg-'))
})
after(async () => {
  await network.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Builds hello without merging it and makes an archive of what Portage packed. */
async function archiveFrom(host: Host): Promise<WrittenArchive> {
  await host.emerge(['--buildpkgonly', 'app-misc/hello'], { env: { TOKEN: SECRET } })
  const found = await host.run(['find', '/var/cache/binpkgs', '-name', 'hello-*.gpkg.tar'])
  const own = await imageFromGpkg({ gpkg: host.path(found.stdout.trim()), into: join(folder, `${host.name}.work`) })
  return writeArchive({ image: own.image, metadata: own.metadata, out: join(folder, `${host.name}.gpkg.tar`) })
}

/** Reads the archive as Portage itself does before a binary merge: Manifest, metadata, image. */
const READER = `
import os, sys, portage
from portage.gpkg import gpkg
package = gpkg(portage.settings, None, sys.argv[1])
print(sorted(package.get_metadata()))
os.mkdir(sys.argv[2])
package.decompress(sys.argv[2])
print(package.prefix, sorted(os.listdir(sys.argv[2])))
`

test('two hosts make the same bytes, without a word of theirs, and Portage reads them', async () => {
  const one = await network.createHost({ name: 'one', hostname: 'alpha.test', features: '-binpkg-multi-instance' })
  const other = await network.createHost({
    name: 'other',
    hostname: 'beta.test',
    timezone: 'Asia/Tokyo',
    user: 'berta',
    makeopts: '-j1',
    clockOffsetSeconds: -86_400,
    tmpdir: { kind: 'tmpfs', path: '/build' },
    cflags: '-pipe  -O2',
  })
  const [first, second] = await Promise.all([archiveFrom(one), archiveFrom(other)])

  assert.deepEqual(differingPaths(first.records, second.records), [])
  assert.equal(second.contentId, first.contentId)
  assert.equal(second.sha256, first.sha256)
  assert.ok(first.records.some(({ path }) => path === 'usr/bin/hello'))

  const plain = execFileSync('sh', ['-c', 'cat one.gpkg.tar; tar -xOf one.gpkg.tar --wildcards "*.zst" | zstd -qdc'], {
    cwd: folder,
    maxBuffer: 2 ** 26,
  })
  for (const word of [SECRET, 'alpha.test', 'beta.test', 'berta', '/var/tmp/portage', '/build/portage', 'environment.bz2'])
    assert.equal(plain.includes(word), false, word)

  one.write('/root/hello.gpkg.tar', readFileSync(join(folder, 'one.gpkg.tar')))
  one.write('/root/read.py', READER)
  const [keys, layout] = (await one.run(['python3', '/root/read.py', '/root/hello.gpkg.tar', '/root/unpacked'])).stdout.trim().split('\n')
  assert.match(keys ?? '', /'CATEGORY', .*'PF', .*'SLOT'/)
  assert.match(layout ?? '', /^hello-[0-9.]+(-r\d+)?-1 \['usr'\]$/)
  const run = await one.run(['/root/unpacked/usr/bin/hello'])
  assert.equal(run.stdout, 'Hello, world!\n')
})

/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { imageFromGpkg } from '../../../src/package/archive/own.ts'
import { exactId } from '../../../src/package/content.ts'
import { scanImage } from '../../../src/package/scan.ts'
import { IMAGE_LIMITS } from '../../../src/package/walk.ts'
import { HELLO, makeImage, OWNERS, temporary } from '../image.ts'

/** A gpkg as Portage lays it out, with what standin never publishes. */
function portageLike(folder: string, compressor: string, ending: string, time = 1.6e9): string {
  makeImage(join(folder, 'work/image'), { ...HELLO, 'usr/bin/setuid': { bytes: 'x', mode: 0o4711 } }, { time })
  const inner = join(folder, 'out/hello-2.12-7')
  mkdirSync(inner, { recursive: true })
  mkdirSync(join(folder, 'work/metadata'))
  const metadata = { PF: 'hello-2.12', SLOT: '0', USE: 'nls', BUILD_ID: '7', 'environment.bz2': 'SECRET=1' }
  for (const [key, value] of Object.entries(metadata)) writeFileSync(join(folder, 'work/metadata', key), `${value}\n`)
  writeFileSync(join(inner, 'gpkg-1'), '')
  for (const name of ['metadata', 'image']) {
    execFileSync('tar', ['-cf', join(inner, `${name}.tar`), name], { cwd: join(folder, 'work') })
    if (compressor !== '')
      execFileSync('sh', ['-c', `${compressor} -c ${name}.tar > ${name}.tar.${ending} && rm ${name}.tar`], { cwd: inner })
    writeFileSync(join(inner, `${name}.tar${ending === '' ? '' : `.${ending}`}.sig`), 'signature')
  }
  writeFileSync(join(inner, 'Manifest'), '')
  execFileSync('tar', ['-cf', join(folder, 'hello.gpkg.tar'), 'hello-2.12-7'], { cwd: join(folder, 'out') })
  return join(folder, 'hello.gpkg.tar')
}

/** The last entry stays whole, and one block of zeros follows instead of two or more: GNU tar says so, and ends with 0. */
function withLoneZero(tar: Buffer): Buffer {
  const end = tar.findLastIndex((byte) => byte !== 0) + 1
  return Buffer.concat([tar.subarray(0, end), Buffer.alloc(512 - (end % 512) + 512)])
}

const idOf = async (root: string): Promise<string> => exactId((await scanImage(root, IMAGE_LIMITS, { owners: OWNERS })).records)

describe('image and metadata come out as they went in', () => {
  for (const [compressor, ending] of [
    ['zstd -q', 'zst'],
    ['gzip', 'gz'],
    ['xz', 'xz'],
    ['bzip2', 'bz2'],
    ['', ''],
  ] as const)
    // prettier-ignore
    test(compressor === '' ? 'plain' : compressor, async (t) => {
      const folder = temporary(t)
      const into = join(folder, 'into')
      const own = await imageFromGpkg({ gpkg: portageLike(folder, compressor, ending), into })
      assert.deepEqual(own, { image: join(into, 'image'), metadata: { PF: 'hello-2.12', SLOT: '0', USE: 'nls' } })
      assert.equal(await idOf(own.image), await idOf(join(folder, 'work/image')))
      assert.deepEqual(readdirSync(into), ['image', 'metadata'])
    })
})

describe('what cannot be unpacked leaves nothing', () => {
  const cases: [string, (gpkg: string) => void, string][] = [
    ['no tar file', (gpkg) => writeFileSync(gpkg, 'rubbish'), 'PROGRAM_FAILED'],
    ['a tar file of something else', (gpkg) => void execFileSync('tar', ['-cf', gpkg, '-C', '/etc', 'passwd']), 'UNSUPPORTED'],
    ['no file', (gpkg) => void execFileSync('rm', [gpkg]), 'PROGRAM_FAILED'],
    ['a member that tar warns of and unpacks', (gpkg) => writeFileSync(gpkg, withLoneZero(readFileSync(gpkg))), 'PROGRAM_FAILED'],
  ]
  for (const [name, spoil, code] of cases)
    test(name, async (t) => {
      const folder = temporary(t)
      const gpkg = portageLike(folder, 'gzip', 'gz')
      spoil(gpkg)
      await assert.rejects(imageFromGpkg({ gpkg, into: join(folder, 'into') }), { name: 'HostError', code })
      assert.equal(existsSync(join(folder, 'into')), false)
    })
})

test('files from the future, as a host with another clock has them, are no fault', async (t) => {
  const folder = temporary(t)
  const gpkg = portageLike(folder, 'gzip', 'gz', 4e9)
  const own = await imageFromGpkg({ gpkg, into: join(folder, 'into') })
  assert.equal(await idOf(own.image), await idOf(join(folder, 'work/image')))
})

test('a folder that is there is not unpacked into', async (t) => {
  const folder = temporary(t)
  const gpkg = portageLike(folder, 'gzip', 'gz')
  mkdirSync(join(folder, 'into'))
  await assert.rejects(imageFromGpkg({ gpkg, into: join(folder, 'into') }), { name: 'HostError', code: 'IO' })
  assert.deepEqual(readdirSync(join(folder, 'into')), [])
})

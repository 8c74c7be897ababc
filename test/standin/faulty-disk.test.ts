/**
 * What the fault harness (test/faults) has found once: a file that is left open, a folder that is left behind, names that are remembered for too long.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { copierOf } from '../../src/standin/copy.ts'
import { forgetGone } from '../../src/standin/journal-kept.ts'
import { purge } from '../../src/standin/purge.ts'
import { recover } from '../../src/standin/recover.ts'
import { openStaging } from '../../src/standin/staging.ts'
import { sha256, stage } from './support/site.ts'
import { onHost, placed, skip } from './support/tree.ts'

function openBelow(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(`${folder}/`) ? [fd] : []
    } catch {
      return []
    }
  })
}

test('of a large file whose copy cannot be made nothing stays open', { skip }, () =>
  onHost(async (host) => {
    const large = 'large '.repeat(300_000)
    stage(host.stagingPath, { 'opt/large': large })
    const staging = openStaging(host.stagingPath)
    const before = openBelow(host.top)
    const wanted = { sha256: sha256(large), size: large.length, mode: 0o644 }
    await assert.rejects(async () => copierOf(staging).copy(wanted, join(host.top, 'not/there'), () => Promise.resolve()), {
      code: 'ENOENT',
    })
    assert.deepEqual(openBelow(host.top), before)
    staging.close()
  }),
)

test('folders that were made for something which was not kept in the end go with its row', { skip }, () =>
  onHost(async (host) => {
    const id = await placed(host)
    host.journal.markPurged(id, 0)
    const path = 'usr/lib64/demo'
    const keptAs = join(host.keepFolder, String(id), path)
    mkdirSync(join(keptAs, '..'), { recursive: true })
    writeFileSync(join(host.keepFolder, 'other'), '')
    host.journal.keep({ entry: id, cpv: 'app-misc/demo-1', path, keptAs, why: 'changed', at: 0 })
    assert.equal(forgetGone(host.journal), 1)
    assert.deepEqual([existsSync(host.keepFolder), readdirSync(host.keepFolder)], [true, ['other']])
  }),
)

test('a temporary folder that cannot be removed keeps no daemon from starting, and is removed by the next one', { skip }, () =>
  onHost(async (host) => {
    const id = await placed(host)
    const [temporary = ''] = host.journal.temporaries(id).map(({ path }) => path)
    purge({ ...host, id, say: () => undefined })
    mkdirSync(temporary)
    const said: string[] = []
    const start = (step?: () => never): void =>
      void recover({ ...host, ...(step && { step }), isLive: () => false, say: (line) => void said.push(line) })
    start(() => {
      throw Object.assign(new Error('EROFS: read-only file system, rmdir'), { code: 'EROFS', syscall: 'rmdir' })
    })
    assert.equal(said.length, 1)
    mkdirSync(temporary, { recursive: true })
    start()
    assert.deepEqual([existsSync(temporary), host.journal.strayTemporaries(), said.length], [false, [], 1])
  }),
)

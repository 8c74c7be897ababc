/**
 * A peer that was taken over swaps files, links and folders under the warden's hands: root reads nothing but what is staged, and places its bytes or nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as breathe } from 'node:timers/promises'
import { StrangerError } from '../../src/base/errors.ts'
import { exactId } from '../../src/package/content.ts'
import { readArchive } from '../../src/package/archive/read.ts'
import { copierOf } from '../../src/standin/copy.ts'
import { openStaging, readManifest } from '../../src/standin/staging.ts'
import { archiveOf } from '../package/archive/make.ts'
import { temporary } from '../package/image.ts'
import { report, scaled, seed } from './support/bounds.ts'
import { atEnd } from '../support/atEnd.ts'

const NOBODY = 65_534
const SECRET = 'the secret of root'

const skip = process.getuid?.() === 0 ? false : 'the peer must be somebody else than the warden'

test('what is staged is swapped while the warden reads it', { skip }, async (t) => {
  const top = temporary(t)
  chmodSync(top, 0o755)
  const own = join(top, 'peer')
  mkdirSync(join(own, 'staging'), { recursive: true })
  await archiveOf(top, { 'usr/share/data': { bytes: Buffer.alloc(3_000_000, 'good') } })
  const staging = join(own, 'staging/0123456789abcdef')
  const { records, contentId } = await readArchive({ archive: join(top, 'a.gpkg.tar'), staging })
  const [record] = records.filter((one) => one.type === 'file')
  assert.ok(record !== undefined)
  const secret = makeSecret(top, staging, record.sha256)
  for (const path of readdirSync(own, { recursive: true, encoding: 'utf8' })) chownSync(join(own, path), NOBODY, NOBODY)
  chownSync(own, NOBODY, NOBODY)

  const racer = spawn(process.execPath, [join(import.meta.dirname, 'support/racer.ts'), staging, record.sha256, secret, String(seed())], {
    stdio: ['ignore', 'pipe', 'inherit'],
    uid: NOBODY,
    gid: NOBODY,
  })
  const ended = once(racer, 'close')
  atEnd(t, () => (racer.kill('SIGKILL'), ended))
  await once(racer.stdout, 'data')

  const before = snapshotOf(secret)
  const descriptors = readdirSync('/proc/self/fd').length
  const outcomes: Record<string, number> = {}
  const end = performance.now() + scaled(1500, 30_000)
  let tried = 0
  const isSeen = (): boolean => (outcomes['copied'] ?? 0) > 0 && Object.keys(outcomes).length > 2
  // A machine that is busy comes to few of them in that time.
  while (performance.now() < end || (!isSeen() && performance.now() < end + 60_000)) {
    tried++
    const outcome: string = await copyOnce(staging, record, contentId, join(top, 'copy')).catch((error: unknown) => {
      if (!(error instanceof StrangerError)) throw error
      assert.ok(!error.message.includes(SECRET))
      return error.code
    })
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    if (outcome === 'copied') {
      const bytes = readFileSync(join(top, 'copy'))
      const stat = lstatSync(join(top, 'copy'))
      assert.deepEqual([stat.isFile(), stat.nlink, stat.uid], [true, 1, 0])
      assert.equal(createHash('sha256').update(bytes).digest('hex'), record.sha256)
      rmSync(join(top, 'copy'))
    } else assert.equal(existsSync(join(top, 'copy')), false, outcome)
    await breathe()
  }
  assert.equal(racer.exitCode, null, 'the race went on to the end')
  assert.equal(snapshotOf(secret), before)
  assert.equal(readdirSync('/proc/self/fd').length, descriptors)
  assert.ok(isSeen(), JSON.stringify(outcomes))
  const found = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`).join(', ') // prettier-ignore
  report(t, { what: `races in staging, seed ${seed()}`, tried, found })
})

/** What the warden does with one staged file: opens, reads the manifest, holds it against what was signed, copies. */
async function copyOnce(
  path: string,
  { sha256, size }: { readonly sha256: string; readonly size: number },
  contentId: string,
  to: string,
): Promise<string> {
  const staging = openStaging(path)
  try {
    const manifest = readManifest(staging)
    // The secret has a manifest of its own, which nobody signed: to have read it is to have been led outside.
    assert.ok(!JSON.stringify(manifest).includes('secret'), 'the manifest of the secret was read')
    if (exactId(manifest.records) !== contentId) return 'another manifest'
    await copierOf(staging).copy({ sha256, size, mode: 0o644 }, to, () => breathe())
    return 'copied'
  } finally {
    staging.close()
  }
}

/** A folder of root's alone, which looks like what is staged: whoever is led there reads it without an error. */
function makeSecret(top: string, staging: string, sha256: string): string {
  const secret = join(top, 'secret')
  const inside = join(secret, '0123456789abcdef')
  cpSync(staging, inside, { recursive: true })
  writeFileSync(join(inside, 'files', sha256), SECRET)
  const text = readFileSync(join(inside, 'manifest.json'), 'utf8')
  writeFileSync(join(inside, 'manifest.json'), text.replace('usr/share/data', 'usr/share/secret'))
  chmodSync(secret, 0o700)
  return secret
}

function snapshotOf(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()
  return names.map((name) => { const { mode, size, mtimeMs, nlink, ino } = lstatSync(join(folder, name)); return [name, mode, size, mtimeMs, nlink, ino].join() }).join('\n') // prettier-ignore
}

/**
 * A peer that is taken over: swaps what it has staged, as fast as it can and until it is killed, between what is right and what is not.
 *
 *     node racer.ts STAGING SHA256 SECRET SEED
 *
 * STAGING is the folder of one stage below a folder that is this process's own; SECRET a folder of root's with the same names in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, linkSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { randomOf } from './random.ts'

const [staging = '', sha256 = '', secret = '', seed = '1'] = process.argv.slice(2)
const random = randomOf(Number(seed))
const file = join(staging, 'files', sha256)
const good = join(dirname(dirname(staging)), 'good')
cpSync(staging, good, { recursive: true })

/** Puts `make` at `path` in one step, and says whether that could be done. */
function swap(path: string, make: (at: string) => void): void {
  const draft = join(dirname(dirname(staging)), 'draft')
  const old = join(dirname(dirname(staging)), 'old')
  rmSync(draft, { recursive: true, force: true })
  make(draft)
  rmSync(old, { recursive: true, force: true })
  try {
    renameSync(path, old)
  } catch {
    // A swap above it has taken it away.
  }
  try {
    renameSync(draft, path)
  } catch {
    rmSync(draft, { recursive: true, force: true })
  }
}

const restore = (): void => swap(dirname(staging), (at) => cpSync(good, join(at, basename(staging)), { recursive: true }))
const secretFile = join(secret, basename(staging), 'files', sha256)
const TRICKS: readonly [() => void, ...(() => void)[]] = [
  () => swap(file, (at) => symlinkSync(secretFile, at)),
  () => swap(file, (at) => symlinkSync('/proc/self/environ', at)),
  () => swap(file, (at) => execFileSync('mkfifo', [at])),
  () => swap(file, (at) => linkSync(join(good, 'files', sha256), at)),
  () => swap(file, (at) => writeFileSync(at, Buffer.alloc(3_000_000, 'bad'))),
  () => truncateSync(join(good, 'files', sha256), 3_000_000),
  () => swap(join(staging, 'manifest.json'), (at) => symlinkSync(join(secret, basename(staging), 'manifest.json'), at)),
  () => swap(join(staging, 'manifest.json'), (at) => writeFileSync(at, '{"standin":"manifest-1"}')),
  () => swap(join(staging, 'files'), (at) => symlinkSync(join(secret, basename(staging), 'files'), at)),
  () => swap(staging, (at) => symlinkSync(join(secret, basename(staging)), at)),
  () => swap(dirname(staging), (at) => symlinkSync(secret, at)),
  () => swap(file, (at) => copyFileSync(join(good, 'files', sha256), at)),
]

process.stdout.write('ready\n')
for (;;) {
  try {
    random.pick(TRICKS)()
  } catch {
    // One trick has undone what the other needs.
  }
  try {
    if (random.pick([true, false, false])) restore()
  } catch {
    // Tried again at the next turn.
  }
}

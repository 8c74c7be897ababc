/**
 * Places and purges many small files below its argument, by turns with GNU tar and rm, and prints what each run took, as JSON.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { place } from '../../../src/standin/place.ts'
import { purge } from '../../../src/standin/purge.ts'
import { openStaging } from '../../../src/standin/staging.ts'
import { entryFor, planOf, stage, testHost, type Tree } from '../../standin/support/site.ts'
import { alternate } from '../runs.ts'

const FILES = 20_000

const [folder = '', count = '1'] = process.argv.slice(2)
const host = testHost(join(folder, 'host'))
const tree: Tree = Object.fromEntries(
  Array.from({ length: FILES }, (_, at) => [`usr/share/many/${Math.floor(at / 200)}/${at}`, `file ${at} of many\n`]),
)
stage(host.stagingPath, tree)
const tarball = makeTarball()

const runs = await alternate(Number(count), {
  async ours() {
    // The plan is made while nobody waits for files: it is not what tar does either.
    const plan = planOf(tree, (path) => existsSync(join(host.root, path)))
    return await timed(async () => {
      const staging = openStaging(host.stagingPath)
      const placed = await place({ ...host, plan, staging, entry: entryFor(), shouldStop: () => false, say: fail })
      staging.close()
      if (placed.kind !== 'placed') throw new Error(JSON.stringify(placed))
      purge({ ...host, id: placed.id, say: fail })
      host.journal.tidy()
    })
  },
  anchor: () =>
    timed(() => {
      const into = join(folder, 'unpacked')
      mkdirSync(into)
      execFileSync('tar', ['-xf', tarball, '-C', into])
      execFileSync('rm', ['-r', into])
    }),
})
host.journal.close()
process.stdout.write(`${JSON.stringify(runs)}\n`)

/** The same files, as they are on disk after a placing. */
function makeTarball(): string {
  const path = join(folder, 'many.tar')
  const from = join(folder, 'tree')
  for (let at = 0; at < FILES / 200; at += 1) mkdirSync(join(from, `usr/share/many/${at}`), { recursive: true })
  const script = `import sys
for at in range(${FILES}):
    open(f"{sys.argv[1]}/usr/share/many/{at // 200}/{at}", "w").write(f"file {at} of many\\n")`
  execFileSync('python3', ['-c', script, from])
  execFileSync('tar', ['-cf', path, '-C', from, 'usr'])
  return path
}

async function timed(work: () => Promise<void> | void): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

function fail(line: string): never {
  throw new Error(line)
}

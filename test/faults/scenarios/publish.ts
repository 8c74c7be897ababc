/**
 * A captured build, or the package that Portage has made of it, becomes an archive, a row, and an offer of the peer's; or nothing of it is there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { HostError } from '../../../src/base/errors.ts'
import type { Captured } from '../../../src/daemon/captures.ts'
import { type Known, openKnown } from '../../../src/daemon/known.ts'
import { runMaker } from '../../../src/daemon/maker.ts'
import type { OwnPackage } from '../../../src/daemon/ownPackage.ts'
import { publish, type PublishInput, signedBy } from '../../../src/daemon/publish.ts'
import { dropStrays, tidyStore } from '../../../src/daemon/store.ts'
import { keyOfSeed } from '../../../src/trust/key.ts'
import { id } from '../../daemon/support/offers.ts'
import { CPV, dropAll, foldersOf, judgeImage, judgeStore, KEY, layBuild, METADATA, openCaptures } from '../support/built.ts'
import type { Scenario } from '../support/scenario.ts'

const MAKER = join(import.meta.dirname, '../../../src/cli/maker.ts')

const TRACES = {
  tmpdir: '/var/tmp',
  buildFolder: '/var/tmp/portage/app-misc/demo-1',
  callers: [],
  names: null,
  publicWords: [],
  publicRepos: ['gentoo'],
}

type From = PublishInput['from']

/** What `finish` does with what was kept. */
async function give(top: string, known: Known, from: From): Promise<void> {
  const { archives, work } = foldersOf(top)
  const family = { repository: 'gentoo', category: 'app-misc', name: 'demo', version: '1', chost: 'x86_64-pc-linux-gnu' }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- publishing asks for no more of it
  const input = {
    wish: { cpv: CPV, family, slot: '0' },
    recipe: { known: true, id: id('recipe'), environment: id('environment'), native: undefined },
    from,
    archives,
    work: join(work, 'one'),
    maker: { argv: [process.execPath, MAKER], env: {} },
    traces: TRACES,
    granted: 'settings',
    clock: () => new Date(0),
    signal: new AbortController().signal,
  } as unknown as PublishInput
  try {
    const { build } = await publish(input)
    try {
      known.saveBuild(signedBy(keyOfSeed(Buffer.alloc(32, 7)), build, false))
      tidy(top, known)
    } finally {
      if (known.builds().every(({ path }) => path !== build.path)) rmSync(build.path, { force: true })
    }
  } finally {
    rmSync(input.work, { recursive: true, force: true })
  }
}

function tidy(top: string, known: Known): void {
  dropStrays({ archives: foldersOf(top).archives, known })
  tidyStore({ known, maxBytes: 1e9, log: () => undefined })
}

function kept(top: string): Captured {
  const captured = openCaptures(top).load(KEY)
  if (captured === undefined) throw new Error('nothing was captured')
  return captured
}

/** Laid out as Portage does it. */
function layGpkg(top: string): OwnPackage {
  const { image } = foldersOf(top)
  const inner = join(top, 'gpkg/demo-1-1')
  mkdirSync(join(top, 'gpkg/metadata'), { recursive: true })
  mkdirSync(inner)
  for (const [name, value] of Object.entries(METADATA)) writeFileSync(join(top, 'gpkg/metadata', name), `${value}\n`)
  for (const name of ['gpkg-1', 'Manifest']) writeFileSync(join(inner, name), '')
  execFileSync('tar', ['-cf', join(inner, 'metadata.tar'), '-C', join(top, 'gpkg'), 'metadata'])
  execFileSync('tar', ['-cf', join(inner, 'image.tar'), '-C', join(image, '..'), 'image'])
  const path = join(top, 'demo.gpkg.tar')
  execFileSync('tar', ['-cf', path, '-C', join(top, 'gpkg'), 'demo-1-1'])
  rmSync(join(top, 'gpkg'), { recursive: true })
  return { path, md5: createHash('md5').update(readFileSync(path)).digest('hex') }
}

function publishing(name: string, fromOf: (top: string) => From, isCaptured: boolean): Scenario {
  return {
    name,
    prepare(top) {
      layBuild(top, false)
      const { image, tmpdir } = foldersOf(top)
      if (isCaptured) openCaptures(top).take(KEY, image, tmpdir, METADATA)
      else writeFileSync(join(top, 'gpkg.json'), JSON.stringify(layGpkg(top)))
    },
    open(top) {
      const known = openKnown(foldersOf(top).known)
      const work = (): Promise<void> => give(top, known, fromOf(top))
      return {
        work,
        async again() {
          await work()
          if (isCaptured) openCaptures(top).drop(KEY)
        },
        close: () => known.close(),
      }
    },
    // The build is still noted as built: the next warden publishes it.
    async restart(top) {
      const { known: path, work } = foldersOf(top)
      const known = openKnown(path)
      try {
        if (readdirSync(top).includes('work')) for (const left of readdirSync(work)) rmSync(join(work, left), { recursive: true })
        tidy(top, known)
        if (!isCaptured || openCaptures(top).keys().length > 0) await give(top, known, fromOf(top))
      } finally {
        known.close()
      }
      dropAll(top)
    },
    judge: (top) => [...judgeImage(top), ...judgeStore(top, 1)],
  }
}

const readGpkg = (top: string): { gpkg: OwnPackage } => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `prepare`
  return { gpkg: JSON.parse(readFileSync(join(top, 'gpkg.json'), 'utf8')) as OwnPackage }
}

/** The maker is a process of its own, whose every error is told in its last line. */
function making(name: string, isCaptured: boolean): Scenario {
  const run = async (top: string): Promise<void> => {
    const { work } = foldersOf(top)
    const from = isCaptured ? kept(top) : undefined
    const job = {
      image: from === undefined ? join(work, 'one/image') : from.capture.image,
      gpkg: from === undefined ? readGpkg(top).gpkg : null,
      metadata: from === undefined ? {} : from.metadata,
      files: from === undefined ? [] : from.capture.files,
      capabilities: null,
      resolvedMarch: null,
      traces: TRACES,
      out: join(work, 'one/archive'),
      records: join(work, 'one/records.json'),
    }
    rmSync(join(work, 'one'), { recursive: true, force: true })
    mkdirSync(join(work, 'one'), { recursive: true })
    writeFileSync(join(work, 'one/job.json'), JSON.stringify(job))
    let answer = ''
    try {
      await runMaker(join(work, 'one/job.json'), (line) => (answer = line))
    } catch (error) {
      throw new HostError('PROGRAM_FAILED', 'the maker ends with 1', { cause: error })
    } finally {
      process.chdir('/')
      setPriority(0)
    }
    if (!answer.includes('"contentId"')) throw new Error(`the maker said ${answer}`)
  }
  return {
    ...publishing(name, readGpkg, isCaptured),
    open(top) {
      const work = (): Promise<void> => run(top)
      return {
        work,
        async again() {
          await work()
          // The warden removes what it was made in, whatever comes of it.
          rmSync(join(foldersOf(top).work, 'one'), { recursive: true })
          if (isCaptured) openCaptures(top).drop(KEY)
        },
        close: () => undefined,
      }
    },
    async restart(top) {
      if (!isCaptured || openCaptures(top).keys().length > 0) await run(top)
      rmSync(foldersOf(top).work, { recursive: true, force: true })
      dropAll(top)
    },
    judge: (top) => [...judgeImage(top), ...judgeStore(top, 0)],
  }
}

export const PUBLISHING: readonly Scenario[] = [
  publishing('publish', kept, true),
  publishing('publish-gpkg', readGpkg, false),
  making('make', true),
  making('make-gpkg', false),
]

/**
 * Makes the archive of one captured image, in a process of its own so that the warden answers meanwhile; the image is refused when it has changed,
 * and what of this host is found in it is told.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync, rmSync } from 'node:fs'
import { hostname, setPriority } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { writeDurable } from '../base/durable.ts'
import { HostError } from '../base/errors.ts'
import { checkJson } from '../base/schema.ts'
import { counted } from '../base/units.ts'
import { imageFromGpkg } from '../package/archive/own.ts'
import { writeArchive } from '../package/archive/write.ts'
import type { Leak } from '../package/private/watch.ts'
import { capabilitiesOf, changedSince, inRoot } from './capture.ts'
import { type Job, job, type Made, MAX_JOB_BYTES } from './job.ts'
import type { ScanOptions } from '../package/scan.ts'
import { checkOwnPackage } from './ownPackage.ts'
import { privateTextsOf } from './traces.ts'

/** The whole of the maker process: reads its job, makes the archive, answers in one line. */
export async function runMaker(jobPath: string, answer: (line: string) => void): Promise<void> {
  setPriority(10)
  const wanted = checkJson(job, readFileSync(jobPath), jobPath, MAX_JOB_BYTES)
  const taken =
    wanted.gpkg === null ? { ...wanted, image: entered(wanted.image) } : await imageFromGpkg({ gpkg: wanted.gpkg.path, into: wanted.image })
  if (wanted.gpkg !== null) await checkOwnPackage(wanted.gpkg)
  const written = await writeArchive({
    image: taken.image,
    metadata: taken.metadata,
    out: wanted.out,
    resolvedMarch: wanted.resolvedMarch ?? undefined,
    tmpdir: wanted.traces.tmpdir,
    ...(wanted.gpkg === null ? await asBuilt(wanted, taken.image) : {}),
    private: privateTextsOf(wanted.traces, { root: '/', hostname: hostname() }, taken.metadata),
  })
  const changed = changedSince({ folder: '', image: taken.image, files: wanted.files })
  if (changed.length > 0) {
    rmSync(wanted.out, { force: true })
    throw new HostError('CHANGED_UNDERWAY', `${changed[0] ?? ''} has been changed since the build (${counted(changed.length, 'file')})`)
  }
  writeDurable(wanted.records, JSON.stringify(written.records))
  const { sha256, size, contentId, stableId, metadata, fileBytes } = written
  const files = written.records.filter(({ type }) => type !== 'dir').length
  const leak = leakText(written.leaks)
  answer(JSON.stringify({ sha256, size, contentId, stableId, fileBytes, files, metadata, leak } satisfies Made))
}

/** What the files were when they were captured, and not what pkg_postinst has made of them since. */
async function asBuilt({ files, capabilities: read }: Job, image: string): Promise<Pick<ScanOptions, 'noted' | 'capabilities'>> {
  const found = Object.entries(read ?? (await capabilitiesOf({ image, files })))
  const capabilities = found.flatMap(([path, hex]) => (hex === null ? [] : [[path, hex] as const]))
  const [unclear] = found.find(([, hex]) => hex === null) ?? []
  if (unclear === undefined) return { noted: new Map(files.map((file) => [file.path, file])), capabilities: new Map(capabilities) }
  const why = `whether the build gave ${unclear} its capability, or somebody later, is not known: FEATURES="buildpkg" would say it`
  throw new HostError('UNSUPPORTED', why)
}

/** The image by a path from within the folder of captures, which build scripts could else replace while it is read. Programs started here go by it too. */
function entered(image: string): string {
  const folder = dirname(image)
  inRoot(dirname(folder), (root) => process.chdir(root))
  return join(basename(folder), basename(image))
}

/** `usr/bin/x (and 3 more) holds the path of the build: let it be stripped ...`. */
function leakText(leaks: readonly Leak[]): string | null {
  const [first] = leaks
  if (first === undefined) return null
  const files = new Set(leaks.map(({ where }) => where)).size
  return `${first.where}${files === 1 ? '' : ` (and ${files - 1} more)`} holds ${first.of.what}: ${first.of.remedy}`
}

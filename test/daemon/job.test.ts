/**
 * A maker does not outlive the warden that has started it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { systemCode } from '../../src/base/errors.ts'
import type { Job } from '../../src/daemon/job.ts'
import { atEnd } from '../support/atEnd.ts'
import { until } from '../support/story/ours.ts'

const SOURCES = join(import.meta.dirname, '../../src')

/** Asks a maker for a job; which process that is can be read beside the job. */
const WARDEN = `
import { make } from '${SOURCES}/daemon/job.ts'
const [path, wanted] = process.argv.slice(1)
const argv = ['sh', '-c', 'echo $$ >"$3.pid" && exec "$@"', 'sh', process.execPath, '${SOURCES}/cli/maker.ts']
await make({ argv, env: { PATH: process.env.PATH } }, path, JSON.parse(wanted), new AbortController().signal)
`

/** An image that nobody packs while a test looks. */
function endless(t: TestContext): { top: string; job: Job } {
  const top = mkdtempSync(join(tmpdir(), 'standin-job-'))
  atEnd(t, () => rmSync(top, { recursive: true, force: true }))
  const image = join(top, 'captures/one/image')
  mkdirSync(join(image, 'usr'), { recursive: true, mode: 0o700 })
  for (const name of ['a', 'b']) {
    writeFileSync(join(image, 'usr', name), '')
    truncateSync(join(image, 'usr', name), 2 ** 33 - 1)
  }
  const job: Job = {
    image,
    gpkg: null,
    metadata: { PF: 'large-1', CATEGORY: 'test-misc', SLOT: '0', EAPI: '8' },
    files: [],
    capabilities: null,
    resolvedMarch: null,
    traces: {
      tmpdir: '/var/tmp',
      buildFolder: '/var/tmp/portage/test-misc/large-1',
      callers: [],
      names: null,
      publicWords: [],
      publicRepos: [],
    },
    out: join(top, 'archive'),
    records: join(top, 'records.json'),
  }
  return { top, job }
}

/** Empty where there is no such file, or no such process any more. */
function textOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ESRCH') throw error
    return ''
  }
}

test('a warden that is killed takes its maker with it', async (t) => {
  const { top, job } = endless(t)
  const path = join(top, 'job.json')
  const warden = spawn(process.execPath, ['--input-type=module', '-e', WARDEN, path, JSON.stringify(job)], { stdio: 'inherit' })
  atEnd(t, () => warden.kill('SIGKILL'))
  const written = await until(
    () => textOr(`${path}.pid`),
    (text) => text.endsWith('\n'),
  )
  const maker = Number(written)
  const isThere = (): boolean => /^State:\s+[^ZX]/m.test(textOr(`/proc/${maker}/status`))
  atEnd(t, () => void (isThere() && process.kill(maker, 'SIGKILL')))
  const bytesRead = (): number => Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${maker}/io`, 'utf8'))?.[1])
  await until(bytesRead, (many) => many > 1e8)
  assert.ok(isThere())
  warden.kill('SIGKILL')
  await until(isThere, (still) => !still)
})

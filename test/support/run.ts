/**
 * Runs all tests that can run here, says in one line what is left out and why, and fails where CI would otherwise take less for all.
 *
 *     node test/support/run.ts [--pure] [part of a path]...
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import fg from 'fast-glob'
import { StandinError, UserError } from '../../src/base/errors.ts'
import { type Asked, askedOf } from './arguments.ts'
import { paths } from './ground/paths.ts'
import { takeGround } from './ground/ready.ts'
import { processName, RUN_VARIABLE } from './host/leftovers.ts'
import { runFiles } from './report.ts'
import { temporaryFolder } from './temporary.ts'

/** Two hosts that compile at the same time fill the two cores that the tests are measured on. */
const AT_ONCE = 2
const LONGEST_FILE_MS = 14 * 60 * 1000

/** These need hosts, and so root. */
const ON_HOSTS = ['test/emerge/**/*.test.ts', 'test/attack/host/**/*.test.ts']

/** They say what may go wrong around what the others show, and every way to go; they would take a whole run past a quarter of an hour. */
const LONG = ['test/emerge/long/', 'test/emerge/courses/']

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const { pure: pureOnly, parts } = asked()

const wanted = (path: string): boolean =>
  parts.length === 0 ? LONG.every((folder) => !path.startsWith(folder)) : parts.some((part) => path.includes(part))
const onHosts = fg.globSync(ON_HOSTS, { cwd: paths.top }).filter(wanted).toSorted()
const pure = fg.globSync('test/**/*.test.ts', { cwd: paths.top, ignore: ON_HOSTS }).filter(wanted).toSorted()

if (parts.length === 0 && !pureOnly) say('the long tests are left to: npm test -- emerge/long, npm test -- emerge/courses')
const ready = pureOnly ? { missing: 'left out on purpose' } : onHosts.length === 0 ? {} : await makeReady()
const missing = ready.missing
const leftOut =
  missing === undefined || onHosts.length === 0 ? undefined : `tests on real Portage are left out (${onHosts.length} files): ${missing}`
if (leftOut !== undefined) say(leftOut)
const files = (missing === undefined ? [...pure, ...onHosts] : pure).map((path) => join(paths.top, path))
const temporary = temporaryFolder(paths.temporary)
if (temporary !== undefined) process.env['TMPDIR'] = temporary
const failed = await runFiles({ files, top: paths.top, atOnce: AT_ONCE, longestFileMs: LONGEST_FILE_MS, leftOut })
if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true })
await ready.release?.()
process.exitCode = failed || (missing !== undefined && !pureOnly && mustBeWhole()) ? 1 : 0

function asked(): Asked {
  try {
    return askedOf(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    say(error.message)
    return process.exit(2)
  }
}

/** Lays the ground and keeps other runs off the machine until the release; or tells why there are no hosts. */
async function makeReady(): Promise<{ missing?: string; release?: () => Promise<void> }> {
  try {
    process.env[RUN_VARIABLE] = processName(process.pid)
    return { release: (await takeGround(say)).release }
  } catch (error) {
    if (error instanceof StandinError) return { missing: error.message }
    throw error
  }
}

/** Without root a developer still gets the pure tests; CI, and root on a machine that lacks something, must not take them for all. */
function mustBeWhole(): boolean {
  return process.env['CI'] === 'true' || process.getuid?.() === 0
}

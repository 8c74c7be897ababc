/**
 * Calls that no scenario reaches without a fault, each with the reason; one that is reached must not stand here, and one that is neither fails the run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/** A file, a part of the line, and why. */
export type Reason = readonly [file: string, part: string, why: string]

const AFTER = 'undoes what another call has failed at: reached in the runs with a fault, which would take two faults to cut'
const KNOWLEDGE = 'one statement of what is known for `why`, disputes or the cache: no file hangs on it'
const READS = 'only reads'
const BOUND =
  'start-up, or a bound that was reached, drops what has grown old: done again whenever a warden starts; test/daemon/rebuild.test.ts'
const START = 'start-up, which does the same again; test/daemon/store.test.ts'

export const UNREACHED: readonly Reason[] = [
  ['src/base/durable.ts', 'rmSync(temporary', AFTER],
  ['src/daemon/maker.ts', 'rmSync(wanted.out', AFTER],
  ['src/package/archive/own.ts', 'rmSync(input.into', AFTER],
  ['src/package/archive/write.ts', 'rmSync(temporary', AFTER],
  ['src/standin/copy.ts', 'rmSync(path', AFTER],
  ['src/standin/journal-kept.ts', 'rmSync(partOf', AFTER],
  ['src/standin/journal-sql.ts', 'ROLLBACK', AFTER],
  ['src/standin/keep.ts', 'rmSync(partOf(to), { force: true })', AFTER],
  ['src/daemon/course.ts', 'rmSync(half', AFTER],
  ['src/standin/place.ts', 'rmdirSync(path)', AFTER],
  ['src/daemon/known.ts', 'FROM builds', KNOWLEDGE],
  ['src/daemon/known.ts', 'UPDATE builds', KNOWLEDGE],
  ['src/daemon/known.ts', 'INTO passed_on', KNOWLEDGE],
  ['src/daemon/known.ts', 'FROM passed_on', KNOWLEDGE],
  ['src/daemon/claims.ts', "openSync(file, 'r')", READS],
  ['src/package/private/unpack.ts', "openSync(from.path, 'r')", READS],
  ['src/daemon/disputeFiles.ts', 'if (!named.has(name)) rmSync', BOUND],
  ['src/daemon/disputeFiles.ts', 'rmSync(folder, { recursive: true, force: true })', BOUND],
  ['src/daemon/finish.ts', 'rmSync(path, { force: true })', BOUND],
  ['src/daemon/warden.ts', 'readdirSync(folders.work)', START],
  ['src/daemon/warden.ts', 'install_wait', START],
  ['src/daemon/store.ts', 'readdirSync(archives)', START],
  ['src/daemon/store.ts', 'rmSync(path', START],
  ['src/standin/journal-file.ts', 'aside + suffix', 'a journal that is damaged already; test/standin/journal.test.ts'],
  ['src/standin/journal-sql.ts', 'ADD COLUMN', 'a journal of an earlier version; test/standin/ctime.test.ts'],
  ['src/standin/survey-libraries.ts', 'O_NONBLOCK', READS],
]

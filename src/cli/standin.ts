/**
 * The entry of the command line: reads arguments and environment, and ends with the exit code of the command.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isatty } from 'node:tty'
import { systemCode } from '../base/errors.ts'
import { foldersBelow } from '../daemon/folders.ts'
import { runProgram } from '../portage/run.ts'
import { execute } from './execute.ts'
import { EXIT } from './exit.ts'
import { main } from './main.ts'
import { watchReader } from './reader.ts'
import type { Stream, World } from './world.ts'

const root = process.env['EPREFIX'] || '/'
const PATH = process.env['PATH'] || '/usr/sbin:/usr/bin:/sbin:/bin'
const folders = foldersBelow(root)
const bundled = import.meta.filename.endsWith('.mjs')
const ending = new AbortController()

// Once: the second Ctrl-C ends this program at once, as it does any other.
process.once('SIGINT', () => ending.abort())
// What was begun is done to its end all the same.
const gone = new AbortController()
let lost = false
for (const stream of [process.stdout, process.stderr]) stream.on('error', (error) => cutOff(stream, error))

const world: World = {
  root,
  folders,
  control: join(folders.run, 'control.sock'),
  conf: join(root, 'etc/portage/standin.conf'),
  env: { PATH, LC_ALL: 'C' },
  run: runProgram,
  stdout: streamOf(process.stdout, 1),
  stderr: streamOf(process.stderr, 2),
  // https://no-color.org: set and not empty, whatever it says.
  noColour: Boolean(process.env['NO_COLOR']) || process.env['TERM'] === 'dumb',
  uid: process.getuid?.() ?? -1,
  hostname: hostname(),
  nodeVersion: process.versions.node,
  program: import.meta.filename,
  launcher: join(import.meta.dirname, bundled ? 'bin/standin-daemon' : '../../packaging/standin-daemon'),
  procRoot: '/proc',
  now: Date.now,
  signal: ending.signal,
  readerGone() {
    watchReader(() => gone.abort())
    return gone.signal
  },
  patienceMs: 10_000,
  purgePatienceMs: 120_000,
  execute,
}
const code = await main(process.argv.slice(2), world)
process.exitCode = code === EXIT.ok && lost ? EXIT.failure : code

function cutOff(stream: NodeJS.WriteStream, error: Error): void {
  gone.abort()
  const reason = systemCode(error)
  // The reader has what it wanted (`standin list | head -1`), or the terminal is gone.
  if (reason === 'EPIPE' || reason === 'EIO' || lost) return
  lost = true
  process.exitCode ||= EXIT.failure
  if (stream !== process.stderr) process.stderr.write(` * not all could be written to standard output: ${error.message}\n`)
}

function streamOf(stream: NodeJS.WriteStream, fd: number): Stream {
  return {
    write: (text) => void stream.write(text),
    isTerminal: isatty(fd),
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
  }
}

/**
 * The entry of the maker: its argument is the path of a job, its answer one line. It ends with whoever holds its standard input.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { Socket } from 'node:net'
import { runMaker } from '../daemon/maker.ts'
import { openLog } from './log.ts'

const leash = new Socket({ fd: 0 })
leash.on('error', () => process.exit(1)).on('end', () => process.exit(1))
leash.resume().unref()

const log = openLog()
try {
  await runMaker(process.argv[2] ?? '', (line) => void process.stdout.write(`${line}\n`))
} catch (error) {
  log(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

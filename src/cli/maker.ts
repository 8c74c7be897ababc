/**
 * The entry of the maker: its argument is the path of a job, its answer one line. It ends with whoever holds its standard input.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { Socket } from 'node:net'
import { runMaker } from '../daemon/maker.ts'

const leash = new Socket({ fd: 0 })
leash.on('error', () => process.exit(1)).on('end', () => process.exit(1))
leash.resume().unref()

try {
  await runMaker(process.argv[2] ?? '', (line) => void process.stdout.write(`${line}\n`))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

/**
 * The entry of the maker: its argument is the path of a job, its answer one line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { runMaker } from '../daemon/maker.ts'

try {
  await runMaker(process.argv[2] ?? '', (line) => void process.stdout.write(`${line}\n`))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

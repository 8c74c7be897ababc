/**
 * Runs a shell script through `execute`, as `standin daemon` runs its launcher, and ends with its exit code.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { execute } from '../../../src/cli/execute.ts'

process.exitCode = await execute('/bin/sh', ['-c', process.argv[2] ?? ''])

/**
 * Reads a staged manifest as the warden does, and prints the code of its refusal and the memory it took. Started by manifest.test.ts.
 *
 *     node manifestProbe.ts STAGING
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StrangerError } from '../../../src/base/errors.ts'
import { openStaging, readManifest } from '../../../src/standin/staging.ts'
import { peakOf } from './taker.ts'

const staging = openStaging(process.argv[2] ?? '')
const before = peakOf(process.pid)
const began = performance.now()
let code = 'read'
try {
  readManifest(staging)
} catch (error) {
  if (!(error instanceof StrangerError)) throw error
  code = error.code
}
const probe = { code, seconds: (performance.now() - began) / 1000, megabytes: Math.round(peakOf(process.pid) - before) }
process.stdout.write(JSON.stringify(probe))

/**
 * To be loaded before a program: `node --import .../tap.ts`. With STANDIN_FAULT set (JSON: point, way, log) the program is watched from its start.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { arm, type Fault } from './support/tap.ts'
import { wrapAll } from './support/tap-wraps.ts'

wrapAll()
const asked = process.env['STANDIN_FAULT']
if (asked !== undefined) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by this folder
  const { fault, log } = JSON.parse(asked) as { fault?: Fault; log: string }
  arm(fault, log)
}

/**
 * Writes or reads one archive and prints the most memory that this process had at any time, in MB. Started by memory.test.ts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readArchive } from '../../../src/package/archive/read.ts'
import { writeArchive } from '../../../src/package/archive/write.ts'
import { METADATA, OWNERS } from '../image.ts'

const [what, from = '', to = ''] = process.argv.slice(2)
if (what === 'write') await writeArchive({ image: from, metadata: METADATA, owners: OWNERS, out: to })
if (what === 'read') await readArchive({ archive: from, staging: to })
process.stdout.write(`${process.resourceUsage().maxRSS / 1024}`)

/**
 * Makes way for the merge where bash could not ask at the build's door: asks by the socket, and takes the stand-in away by the journal when nobody answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { counted } from '../src/base/units.ts'
import { openJournal } from '../src/standin/journal.ts'
import { isMarked, isSamePackage } from '../src/standin/live.ts'
import { purge } from '../src/standin/purge.ts'
import { bootId } from '../src/standin/site.ts'
import { tell } from './tell.ts'

/** How long the warden may take for a build that it has not begun to follow: there is nothing to purge for it then. */
const SECONDS = 3

const prefix = process.env['EPREFIX'] || '/'
const run = join(prefix, 'run/standin')
const state = join(prefix, 'var/lib/standin')
const line = process.argv[2] ?? ''
const fields = line.split('\u001f')
const valueOf = (name: string): string => fields.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
const builddir = valueOf('PORTAGE_BUILDDIR')
const merged = `${valueOf('CATEGORY')}/${valueOf('PF')}`
const say = (text: string): void => void process.stderr.write(` * standin: ${text}\n`)

try {
  const answered = process.argv[3] === 'ask' ? await tell(run, line, SECONDS) : undefined
  if (answered !== 'done') {
    if (process.argv[3] === 'ask') leave()
    if (isMarked(join(state, 'live'), merged)) purgeByJournal()
  }
} catch (error) {
  complain(error)
} finally {
  process.exit(0)
}

function complain(error: unknown, about = ''): void {
  say(`${about}${error instanceof Error ? error.message : String(error)} (\`standin purge --all\` tries again)`)
}

/** As bash does where it asks: whoever wakes up later must see that this merge did not wait. */
function leave(): void {
  const door = join(run, 'builds', builddir.replaceAll('%', '%25').replaceAll('/', '%2F'))
  if (existsSync(door)) writeFileSync(`${door}.alone`, '')
}

function purgeByJournal(): void {
  const journal = openJournal(join(state, 'journal.sqlite'), { briefly: true })
  for (const { id, cpv } of journal.unsettled().filter((entry) => isSamePackage(entry.cpv, merged))) {
    const site = {
      journal,
      root: prefix,
      keepFolder: join(state, 'kept'),
      markers: join(state, 'live'),
      boot: bootId(),
      now: Date.now,
    }
    try {
      const { removed } = purge({ ...site, id, beforeMerge: true, say })
      say(`${cpv}: stand-in purged without the daemon (${counted(removed, 'name')})`)
    } catch (error) {
      complain(error, `${cpv}: `)
    }
  }
  journal.close()
}

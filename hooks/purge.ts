/**
 * Makes way for the merge when bash got no answer: asks the warden once more, and takes the stand-in away by the journal when nobody answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { openJournal } from '../src/standin/journal.ts'
import { purge } from '../src/standin/purge.ts'
import { bootId } from '../src/standin/site.ts'
import { tell } from './tell.ts'

const prefix = process.env['EPREFIX'] || '/'
const line = process.argv[2] ?? ''
const field = 'PORTAGE_BUILDDIR='
const builddir =
  line
    .split('\u001f')
    .find((one) => one.startsWith(field))
    ?.slice(field.length) ?? ''
const say = (text: string): void => void process.stderr.write(` * standin: ${text}\n`)

try {
  const answered = await tell(join(prefix, 'run/standin/control.sock'), line, 5)
  if (answered !== 'done' && answered !== 'unknown') purgeByJournal()
} catch (error) {
  say(`${error instanceof Error ? error.message : String(error)} (\`standin purge --all\` tries again)`)
} finally {
  process.exit(0)
}

function purgeByJournal(): void {
  const state = join(prefix, 'var/lib/standin')
  const journal = openJournal(join(state, 'journal.sqlite'))
  for (const { id, cpv } of journal.unsettled().filter((entry) => entry.builddir === builddir)) {
    const site = {
      journal,
      root: prefix,
      keepFolder: join(state, 'kept'),
      markers: join(state, 'live'),
      boot: bootId(),
      now: Date.now,
    }
    const { removed } = purge({ ...site, id, say })
    say(`${cpv}: stand-in purged without the daemon (${removed} names)`)
  }
  journal.close()
}

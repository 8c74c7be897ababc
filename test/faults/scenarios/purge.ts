/**
 * A stand-in is taken away: as it was placed, after its user has edited, replaced and removed names of it, to a folder on another filesystem, by a hook,
 * with what Python has compiled of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openJournal } from '../../../src/standin/journal.ts'
import { stage, type TestHost, testHost, type Tree } from '../../standin/support/site.ts'
import { otherFilesystem } from '../support/folders.ts'
import { judgeHost, meddle, remember, settle } from '../support/ground.ts'
import type { Scenario } from '../support/scenario.ts'
import { mergeOn, PACKAGE, placeOn, planFor } from './place.ts'

interface Kind {
  readonly name: string
  readonly edits: Parameters<typeof meddle>[1]
  /** By a process of its own that opens the journal for a moment, while no warden runs. */
  readonly isBrief?: boolean
  /** What is kept lies on another filesystem. */
  readonly isFar?: boolean
  /** With a source of Python's, which has run. */
  readonly isCompiled?: boolean
  readonly leaves?: RegExp
}

const WORD: Tree = { 'usr/share/demo/word/word.py': 'WORD = 1\n' }

const EDITS: Kind['edits'] = {
  'usr/bin/demo': 'edit',
  'usr/bin/demo-alias': 'replace',
  'usr/lib64/libdemo.so.1': 'remove',
  'usr/lib64/libdemo.so.1.0': 'link',
  'usr/share/demo/a/b/c.txt': 'edit',
  'usr/share/demo/same': 'folder',
  'usr/share/demo/mine': 'add',
}

/** Names a folder of another filesystem, where there is one. */
const FAR = 'far'

function keepFolder(top: string): string {
  try {
    return readFileSync(join(top, FAR), 'utf8')
  } catch {
    return join(top, 'state/kept')
  }
}

const hostAt = (top: string): TestHost => ({ ...testHost(top), keepFolder: keepFolder(top) })

/** As Portage does it: a new file beside it, then a rename over whatever is there. The own build has come out as the copy was. */
function mergeOwn(top: string): void {
  for (const [path, content] of Object.entries(PACKAGE)) {
    const full = join(top, 'root', path)
    mkdirSync(dirname(full), { recursive: true })
    if (typeof content === 'string') writeFileSync(`${full}#new`, content, { mode: path.startsWith('usr/bin/') ? 0o755 : 0o644 })
    else symlinkSync(content.link, `${full}#new`)
    renameSync(`${full}#new`, full)
  }
  remember(top)
}

function scenarioOf({ name, edits, isBrief = false, isFar = false, isCompiled = false, leaves = /^never$/ }: Kind): Scenario {
  const tree = isCompiled ? { ...PACKAGE, ...WORD } : PACKAGE
  return {
    name,
    leaves,
    async prepare(top) {
      const host = testHost(top)
      stage(host.stagingPath, tree)
      remember(top)
      if (isFar) writeFileSync(join(top, FAR), mkdtempSync(join(otherFilesystem(top), 'far-')))
      await placeOn(host, planFor(host.root, tree))
      if (isCompiled)
        execFileSync('python3', ['-c', 'import word'], { cwd: join(host.root, 'usr/share/demo/word'), env: { PATH: '/usr/bin:/bin' } })
      meddle(top, edits)
      host.journal.close()
    },
    open(top) {
      const host = hostAt(top)
      if (isBrief) host.journal.close()
      const journal = isBrief ? openJournal(host.journalPath, { briefly: true }) : host.journal
      const work = (): void => mergeOn({ ...host, journal })
      return { work, again: work, close: () => journal.close() }
    },
    restart(top, isAlive) {
      const host = hostAt(top)
      try {
        settle(host, isAlive)
      } finally {
        host.journal.close()
      }
    },
    ...(tree === PACKAGE && Object.keys(edits).length === 0 && { merge: mergeOwn }),
    judge: (top, isFinal) => judgeHost(top, isFinal, keepFolder(top)),
    leave(top) {
      if (isFar) rmSync(keepFolder(top), { recursive: true, force: true })
    },
  }
}

export const PURGING: readonly Scenario[] = [
  scenarioOf({ name: 'purge', edits: {} }),
  scenarioOf({ name: 'purge-edited', edits: EDITS }),
  scenarioOf({ name: 'purge-compiled', edits: {}, isCompiled: true }),
  scenarioOf({ name: 'purge-far', edits: EDITS, isFar: true, leaves: /^(?!standin\/keep)/ }),
  scenarioOf({ name: 'purge-brief', edits: EDITS, isBrief: true }),
]

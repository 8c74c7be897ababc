/**
 * What each npm command does first, `.ci/setup`: it installs the Node packages once, however many ask for it, and whoever they are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { atEnd } from './support/atEnd.ts'

const SETUP = join(import.meta.dirname, '../.ci/setup')

/** Says that it installs, and goes on once it is told to. */
const NPM = `#!/bin/sh
echo npm installs >&2
read -r word
[ "$word" = fail ] && exit 1
mkdir -p node_modules/.bin
printf '#!/bin/sh\\n' > node_modules/.bin/node
chmod 755 node_modules/.bin/node
touch node_modules/.package-lock.json
`

interface Running {
  readonly child: ChildProcess
  said(): string
  /** Resolves once it has said so. */
  says(what: string): Promise<void>
  readonly exitCode: Promise<unknown>
}

/** A fresh clone, as far as the set-up looks at it, that user nobody may write to as well. */
function clone(t: TestContext): string {
  const top = mkdtempSync(join(tmpdir(), 'standin-setup-'))
  atEnd(t, () => rmSync(top, { recursive: true }))
  for (const folder of ['.ci', 'bin']) mkdirSync(join(top, folder))
  copyFileSync(SETUP, join(top, '.ci/setup'))
  writeFileSync(join(top, 'package-lock.json'), '{}')
  writeFileSync(join(top, 'bin/npm'), NPM, { mode: 0o755 })
  chmodSync(top, 0o777)
  chmodSync(join(top, 'package-lock.json'), 0o444)
  return top
}

function setUp(t: TestContext, top: string, ...before: readonly string[]): Running {
  const words = [...before, 'sh', join(top, '.ci/setup')]
  const child = spawn(words[0] ?? '', words.slice(1), {
    env: { PATH: `${join(top, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin` },
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  atEnd(t, () => child.kill('SIGKILL'))
  let said = ''
  child.stderr.on('data', (chunk) => (said += String(chunk)))
  const exitCode = once(child, 'close').then(([code]: unknown[]) => code)
  return {
    child,
    said: () => said,
    async says(what) {
      while (!said.includes(what)) {
        if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}, and said ${JSON.stringify(said)}`)
        await Promise.race([once(child.stderr, 'data'), exitCode])
      }
    },
    exitCode,
  }
}

for (const [who, ...as] of [
  ['the same user'],
  ...(process.getuid?.() === 0 ? [['user nobody', 'setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--']] : []),
]) {
  test(`of two at once, the second of ${who}, one installs`, { timeout: 60_000 }, async (t) => {
    const top = clone(t)
    const first = setUp(t, top)
    await first.says('npm installs')
    const second = setUp(t, top, ...as)
    await second.says('waiting for another npm command')
    first.child.stdin?.end('go on\n')
    assert.deepEqual([await first.exitCode, await second.exitCode], [0, 0])
    assert.doesNotMatch(second.said(), /npm installs/)
  })
}

test('where the first one fails, the second tries itself', { timeout: 60_000 }, async (t) => {
  const top = clone(t)
  const first = setUp(t, top)
  await first.says('npm installs')
  const second = setUp(t, top)
  await second.says('waiting')
  first.child.stdin?.end('fail\n')
  assert.equal(await first.exitCode, 1)
  assert.match(first.said(), /npm ci failed: see that npm ping answers [^\n]*try again\n$/)
  await second.says('npm installs')
  second.child.stdin?.end('go on\n')
  assert.equal(await second.exitCode, 0)
})

test('what is installed is installed again only for a newer package-lock.json', { timeout: 60_000 }, async (t) => {
  const top = clone(t)
  const install = async (): Promise<string> => {
    const run = setUp(t, top)
    run.child.stdin?.end('go on\n')
    assert.equal(await run.exitCode, 0)
    return run.said()
  }
  assert.match(await install(), /npm installs/)
  assert.equal(await install(), '')
  const later = Date.now() / 1000 + 60
  utimesSync(join(top, 'package-lock.json'), later, later)
  assert.match(await install(), /npm installs/)
})

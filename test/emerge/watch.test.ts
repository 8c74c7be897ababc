/**
 * `standin status --watch` while a real copy comes over a slow line: on a terminal, on a pipe, as JSON, and on the host that gives it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as v from 'valibot'
import { statusDocument, type StatusDocument } from '../../src/cli/documents.ts'
import type { Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { keyIdOf, policyNaming } from '../support/standin/ask.ts'
import { startDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'
import { addGate, hold, letGo } from '../support/story/gate.ts'

const BIG = 'test-misc/big'
/** 3 MB at this rate are some six seconds, of which a watcher is told twice a second. */
const SLOWLY = { upload_limit: '512K' }
const WATCH = ['standin', 'status', '--watch']

let network: Network
let giver: Host
let taker: Host

before(async () => {
  network = await createNetwork({ name: 'watch' })
  const makeConf = { BIG_MEGABYTES: '6' }
  giver = await network.createHost({ name: 'giver', makeConf })
  await installStandin(giver, { features: 'publish', settings: SLOWLY })
  const daemon = await startDaemon(giver)
  await giver.emerge([BIG])
  await daemon.waitFor(/archive \S+ is given to others/)
  taker = await network.createHost({ name: 'taker', makeConf: { ...makeConf, STANDIN_FEATURES: 'install' } })
  await installStandin(taker, { policy: policyNaming(keyIdOf(giver)) })
  addGate(taker)
  await startDaemon(taker)
})
after(() => network.close())

/** Percentages of the copy that is on its way, each value once. */
function sharesIn(text: string, pattern: RegExp): number[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => Number(match[1])))]
}

function assertRises(values: readonly number[], what: string): void {
  assert.ok(values.length >= 4, `${what}: ${values.join(' ')}`)
  assert.deepEqual(
    values,
    values.toSorted((a, b) => a - b),
    what,
  )
}

const documentsIn = (text: string): StatusDocument[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => v.parse(statusDocument, JSON.parse(line)))

async function interrupted(watcher: Started): Promise<string> {
  watcher.kill('SIGINT')
  const { exitCode, stdout, stderr } = await watcher.exited
  assert.deepEqual([exitCode, stderr], [130, ''])
  return stdout
}

test('a transfer rises to its end, wherever one watches, and Ctrl-C ends watching with 130', async () => {
  // A shell that outlives the Ctrl-C tells what it was left with.
  const script = `trap : INT; was=$(stty -g); ${WATCH.join(' ')}; echo "ended with $?"; [ "$was" = "$(stty -g)" ] && echo "terminal as before"`
  const screen = await taker.start(['bash', '-c', script], { pty: true, env: { TERM: 'xterm' } })
  const lines = await taker.start(WATCH)
  const json = await taker.start([...WATCH, '--json'])
  const given = await giver.start([...WATCH, '--json'])
  await Promise.all([screen.waitFor(/0 down, 0 up/), lines.waitFor(/no transfer/), json.waitFor(/\n/), given.waitFor(/\n/)])

  hold(taker, 'compile')
  const emerge = await taker.start(['emerge', '--color=n', BIG], { pty: true })
  await Promise.all([screen.waitFor(/1 down, 0 up/), screen.waitFor(/stand-ins.*1 live/), lines.waitFor(/1 stand-in live/)])
  screen.write('\u0003')
  const { stdout } = await screen.exited
  letGo(taker, 'compile')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.match(emerge.output(), /can be used now/)

  assert.match(stdout, /\^C.*ended with 130\r\nterminal as before\r\n$/s)
  // oxlint-disable-next-line no-control-regex -- colours may stand around the bar
  const bar = /\[(?:\u001b\[[\d;]+m)?[=> ]{20}(?:\u001b\[[\d;]+m)?\] +(\d+) % /g
  assertRises(sharesIn(stdout, bar), 'on a terminal')
  // Nothing but colours, the way up over what was drawn, and clearing: no other screen, no hidden cursor to be brought back.
  // oxlint-disable-next-line no-control-regex -- control sequences are what is looked for
  const others = stdout.replaceAll(/\u001b\[(?:[\d;]*m|\d+A|J)/g, '').replaceAll('^C', '')
  // oxlint-disable-next-line no-control-regex -- see above
  assert.doesNotMatch(others, /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f]/)

  const piped = await interrupted(lines)
  assertRises(sharesIn(piped, / down {2}(\d+) % of /g), 'on a pipe')
  assert.ok(!piped.includes('\u001b') && !piped.includes('\r'))
  assert.match(piped, /^0 stand-ins live; no transfer\n0 stand-ins live; test-misc\/big-1 {2}down .*\n1 stand-in live; /s)

  const coming = documentsIn(await interrupted(json)).flatMap(({ transfers }) => transfers)
  assertRises([...new Set(coming.map(({ bytes }) => bytes))], 'as JSON')
  for (const { name, direction, total, bytes } of coming) assert.ok(name === 'test-misc/big-1' && direction === 'down' && bytes <= total)
  const going = documentsIn(await interrupted(given)).flatMap(({ transfers }) => transfers)
  assertRises([...new Set(going.map(({ bytes }) => bytes))], 'on the host that gives it')
  assert.ok(going.every(({ direction }) => direction === 'up'))
})

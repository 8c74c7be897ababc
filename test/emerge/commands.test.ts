/**
 * The command line on a real host, as somebody types it who is new to it: mistakes, atoms, rules, a live stand-in, no daemon, no root.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createNetwork, type Network } from '../support/host/network.ts'
import { killDaemon, startDaemon, stopDaemon } from '../support/standin/daemon.ts'
import { type Consumer, createConsumer, PATIENT, USABLE } from '../support/story/consumer.ts'
import { hold, letGo, reached } from '../support/story/gate.ts'
import { createPublisher } from '../support/story/publisher.ts'
import { atEnd } from '../support/atEnd.ts'

const [FLAGS, SETID] = ['test-misc/flags', 'test-misc/setid']

let network: Network
let user: Consumer
before(async () => {
  network = await createNetwork({ name: 'commands' })
  user = await createConsumer(await createPublisher(network, [FLAGS, SETID]), 'beta', { standin: { settings: PATIENT } })
})
after(() => network.close())

/** Exit code, what was asked for, and messages. */
type Said = readonly [number, string, string]

async function standin(words: string, as?: string): Promise<Said> {
  const options = as === undefined ? {} : { user: as }
  const { exitCode, stdout, stderr } = await user.host.run(['sh', '-c', `standin ${words}`], { check: false, ...options })
  return [exitCode, stdout, stderr]
}

/** Each line with its exit code and a message that says what to do instead; nothing is on standard output. */
async function refused(rows: readonly (readonly [string, number, RegExp])[], as?: string): Promise<void> {
  for (const [words, exit, message] of rows) {
    const [code, out, messages] = await standin(words, as)
    assert.deepEqual([words, code, out], [words, exit, ''])
    assert.match(messages, message, words)
    for (const line of messages.trimEnd().split('\n')) assert.match(line, /^ \* /, words)
  }
}

test('a slip of the pen changes nothing, ends with 2, and says what is wrong', () =>
  refused([
    ['', 2, /a command is missing \(standin --help\)/],
    ['stauts', 2, /no command "stauts"/],
    ['status --frob', 2, /status takes no option --frob/],
    ['status -x', 2, /status takes no option -x/],
    ['list --watch', 2, /list takes no option --watch/],
    ['--color=purple status', 2, /--color takes yes, no, auto/],
    ['-q -v list', 2, /exclude each other/],
    ['hook', 2, /--enable, --disable and --status/],
    ['purge', 2, /either atoms or --all/],
    ['purge flags --all', 2, /either atoms or --all/],
    ['why', 2, /why wants an atom/],
    ['key flags', 2, /key takes no atom/],
    ['list @world', 2, /"@world" .*a set/],
    ['list test-misc/flags-1', 2, /=test-misc\/flags-1/],
    ["list '=test-misc/flags'", 2, /wants a name and a version/],
    ["list 'test-misc/*'", 2, /wildcards/],
    ["list ''", 2, /"" is no atom/],
  ]))

test('nothing yet: list and purge --all are content, an atom of something never seen ends with 3', async () => {
  assert.deepEqual((await standin('list')).slice(0, 2), [0, ''])
  assert.deepEqual((await standin('purge --all')).slice(0, 2), [0, ''])
  const one = /matches "nano"/
  await refused([
    ['list nano', 3, one],
    ['why nano', 3, one],
    ['purge nano', 3, one],
  ])
})

test('a live stand-in, by every kind of atom; purged by hand, it is gone, and the build goes on', async (t) => {
  hold(user.host, 'compile')
  atEnd(t, () => letGo(user.host, 'compile'))
  const emerge = await user.emerge(FLAGS)
  await emerge.waitFor(USABLE)
  await reached(user.host, 'compile')
  const name = /^test-misc\/flags-1:0::gentoo {2}placed, level 3, 1 file/
  for (const atom of ['flags', FLAGS, `=${FLAGS}-1`, `=${FLAGS}-1*`, `>=${FLAGS}-1`, `~${FLAGS}-1`, 'flags:0', `${FLAGS}:0::gentoo`]) {
    const [code, out, messages] = await standin(`purge --pretend '${atom}'`)
    assert.deepEqual([atom, code, messages], [atom, 0, ''])
    assert.match(out, name, atom)
  }
  for (const atom of [`=${FLAGS}-2`, `>${FLAGS}-1`, 'flags:1', 'flags::other']) assert.equal((await standin(`list '${atom}'`))[0], 3, atom)
  assert.match((await standin('list'))[1], /^\[live\] {2}test-misc\/flags-1/)
  assert.deepEqual(await standin('list --quiet'), [0, 'test-misc/flags-1\n', ''])
  assert.deepEqual(await standin('status --quiet'), [0, 'test-misc/flags-1\n', ''])
  assert.equal(JSON.parse((await standin('list --json flags'))[1]).live[0].state, 'placed')

  assert.ok(user.host.exists('/usr/bin/flags'))
  const purged = ['>>> Purging test-misc/flags-1:0::gentoo', ' * test-misc/flags-1: purged (1 name)', ''].join('\n')
  assert.deepEqual(await standin('purge flags'), [0, '', purged])
  assert.ok(!user.host.exists('/usr/bin/flags'))
  letGo(user.host, 'compile')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
})

test('why names every rule, and the one that stopped it', async () => {
  const [code, out] = await standin('why flags')
  assert.equal(code, 0)
  assert.match(out, /^>>> test-misc\/flags-1:0::gentoo {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n \* placed: level 3/)
  const rules = out.match(/^ {3}passed /gm)?.length ?? 0
  assert.ok(rules > 30 && !out.includes('stopped'), out)

  assert.equal((await (await user.emerge(SETID)).exited).exitCode, 0)
  const [, stopped] = await standin('why setid')
  assert.match(stopped, /^ \* no stand-in: .*usr\/bin\/setid$/m)
  assert.match(stopped, /^ {3}stopped no-set-id +.*usr\/bin\/setid$/m)
  assert.ok((stopped.match(/^ {3}passed /gm)?.length ?? 0) > 10, stopped)
  const { courses } = JSON.parse((await standin('why setid --json'))[1])
  assert.deepEqual([courses.length, courses[0].verdicts.some((one: { passed: boolean }) => !one.passed)], [1, true])
})

test('the daemon is alone, and every other user stays outside', async () => {
  await refused([['daemon', 1, /./]], 'portage')
  const second = await user.host.run(['standin', 'daemon'], { check: false, timeoutSeconds: 30 })
  assert.equal(second.exitCode, 1)
  assert.match(second.stderr, /runs already .*stop the service/)
  assert.equal((await standin('status'))[0], 0)
  const closed = /only root/
  await refused(
    [
      ['status', 1, closed],
      ['list', 1, closed],
      ['why flags', 1, closed],
      ['purge --all', 1, closed],
      ['key', 1, closed],
      ['hook --disable', 1, closed],
    ],
    'portage',
  )
  assert.equal((await standin('hook --status', 'portage'))[0], 0)
})

test('without a daemon: what it wrote down last and 4, and purge does without it', async () => {
  await killDaemon(user.daemon)
  for (const words of ['status', 'list', 'why flags']) {
    const [code, , messages] = await standin(words)
    assert.deepEqual([words, code], [words, 4])
    assert.match(messages, /the daemon is not running .*start the service standin/)
  }
  assert.match((await standin('why flags'))[1], /^ {3}passed /m)
  await refused([['status --watch', 4, /not running/]])
  assert.deepEqual((await standin('purge --all')).slice(0, 2), [0, ''])
  const [code, out] = await standin('doctor --quiet')
  assert.equal(code, 1)
  assert.match(out, /^\[ !! \] daemon .* -- rc-service standin start, or systemctl start standin$/m)
  user.daemon = await startDaemon(user.host)
  assert.equal((await standin('doctor'))[0], 0)
})

test('what a shell has set for other programs that run on Node ends neither the command nor the daemon', async () => {
  const env = { NODE_OPTIONS: '--require /nowhere/preload.cjs', NODE_EXTRA_CA_CERTS: '/nowhere' }
  const { exitCode, stdout, stderr } = await user.host.run(['standin', 'hook', '--status'], { check: false, env })
  assert.deepEqual([exitCode, stdout.split(' ')[0], stderr], [0, 'on', ''])
  await stopDaemon(user.daemon)
  user.daemon = await user.host.start(['/usr/lib/standin/bin/standin-daemon'], { env })
  await user.daemon.waitFor(/^warden \S+ is ready$/m)
})

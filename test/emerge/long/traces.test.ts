/**
 * What a real build takes up of the host and of who typed emerge keeps it at home, in one line that names the file and the remedy.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Started } from '../../support/host/enter.ts'
import type { Host } from '../../support/host/host.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { archivesOn, buildOf, buildsOf } from '../../support/standin/ask.ts'
import { killDaemon, startDaemon } from '../../support/standin/daemon.ts'
import { installStandin } from '../../support/standin/install.ts'
import { addGate, hold, letGo, reached } from '../../support/story/gate.ts'
import { until } from '../../support/story/ours.ts'

const TRACES = 'test-misc/traces'
const BUILDS = '/home/anna/build'
const REMEDY =
  /let it be stripped, or map \/home\/anna\/build\/portage away with -ffile-prefix-map=\/home\/anna\/build\/portage=\. in CFLAGS/

let network: Network
let host: Host
let daemon: Started
let lines = 0

before(async () => {
  network = await createNetwork({ name: 'traces' })
  host = await network.createHost({ name: 'maker', hostname: 'thinkpad7', user: 'anna', tmpdir: { kind: 'disk', path: BUILDS } })
  await installStandin(host, { features: 'publish', settings: { public_words: 'thinkpad7' } })
  daemon = await startDaemon(host)
})
after(() => network.close())

/** The daemon's line about the build that an emerge with this environment makes. */
async function lineAfter(env: Record<string, string>): Promise<string> {
  lines += 1
  await host.emerge([TRACES], { env })
  await daemon.waitFor(new RegExp(`(test-misc/traces-1: (not )?published[^]*){${lines}}\n`))
  return (
    daemon
      .output()
      .match(/test-misc\/traces-1: (?:not )?published.*/g)
      ?.at(-1) ?? ''
  )
}

describe('kept at home', () => {
  const cases: [string, Record<string, string>, RegExp][] = [
    ['__FILE__ in a stripped program', { TRACES: 'assert' }, /usr\/bin\/traces holds the path of the build: /],
    ['debug data with nostrip', { TRACES: 'debug', FEATURES: 'nostrip' }, /usr\/bin\/traces holds the path of the build: /],
    ['debug data with splitdebug', { TRACES: 'debug', FEATURES: 'splitdebug' }, /usr\/lib\/debug\/\S+ holds the path of the build/],
    [
      'compressed debug data',
      { TRACES: 'debug', FEATURES: 'nostrip', CFLAGS: '-O2 -gz' },
      /usr\/bin\/traces holds the path of the build: /,
    ],
    ['the image folder in a script', { TRACES: 'config' }, /usr\/bin\/traces-config holds the path of the build: /],
    ['the work folder in a .pc file', { TRACES: 'pc' }, /usr\/lib\/pkgconfig\/traces\.pc holds the path of the build: /],
    ['a document that Portage has packed', { TRACES: 'doc' }, /usr\/share\/doc\/traces-1\/NOTES\.\w+ holds the path of the build: /],
    ['two files', { TRACES: 'assert pc' }, /usr\/bin\/traces \(and 1 more\) holds the path of the build: /],
    ['a gpkg that Portage made', { TRACES: 'pc', FEATURES: 'buildpkg' }, /traces\.pc holds the path of the build: /],
  ]
  for (const [what, env, line] of cases)
    test(what, async () => {
      const told = await lineAfter(env)
      assert.match(told, /^test-misc\/traces-1: not published: /)
      assert.match(told, line)
      assert.match(told, REMEDY)
      assert.deepEqual(await buildsOf(host), [])
      assert.deepEqual(archivesOn(host), {})
    })

  test('the name of who typed emerge', async () => {
    const told = await lineAfter({ TRACES: 'user' })
    assert.match(
      told,
      /not published: usr\/share\/doc\/traces-1\/MAKER holds the name of user anna: if it says nothing .* public_words of standin\.conf/,
    )
    assert.deepEqual(archivesOn(host), {})
  })
})

test('a word that the user calls public is published', async () => {
  assert.match(await lineAfter({ TRACES: 'host' }), /traces-1: published/)
})

/** Builds with `__FILE__` below `tmpdir`, whose path a flag maps away. */
const mapped = (tmpdir: string): Record<string, string> => ({
  TRACES: 'assert',
  CFLAGS: `-O2 -ffile-prefix-map=${tmpdir}/portage=.`,
  PORTAGE_TMPDIR: tmpdir,
})

test('the remedy helps: a program with __FILE__ is published, under the recipe and with the content that any other build folder gives', async () => {
  assert.match(await lineAfter(mapped(BUILDS)), /traces-1: published/)
  const here = await buildOf(host, TRACES)
  assert.match(await lineAfter(mapped('/var/tmp')), /traces-1: published/)
  const there = await buildOf(host, TRACES)
  assert.equal(there.recipe, here.recipe)
  assert.equal(there.content, here.content)
  assert.equal(there.archive, here.archive)
})

let other: Host
let last: Started

test('of somebody who is in no /etc/passwd, whose emerge is over before the archive is made', async () => {
  other = await network.createHost({ name: 'other', hostname: 'thinkpad8', user: 'zephyrant' })
  const passwd = other.read('/etc/passwd').replace(/^zephyrant:.*\n/m, '')
  other.write('/etc/passwd', passwd)
  await installStandin(other, { features: 'publish' })
  addGate(other)
  hold(other, 'preinst')
  const first = await startDaemon(other)
  const emerge = await other.start(['emerge', '--color=n', TRACES], { env: { TRACES: 'user' } })
  await reached(other, 'preinst')
  await killDaemon(first)
  letGo(other, 'preinst')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  last = await startDaemon(other)
  await last.waitFor(/traces-1: (not )?published.*\n/)
  assert.match(last.output(), /traces-1: not published: \S+MAKER holds the name of user zephyrant: /)
  // It is said, and then thrown away.
  await until(
    () => archivesOn(other),
    (archives) => Object.keys(archives).length === 0,
  )
})

test('of somebody who became root with su, which leaves no name below it', async () => {
  const ebuild = '/var/db/repos/gentoo/test-misc/traces/traces-1.ebuild'
  other.write(ebuild, other.read(ebuild).replace('${SUDO_USER}', 'zephyrant'))
  const asRoot = 'env -u SUDO_USER USER=root LOGNAME=root HOME=/root emerge --color=n "$@"; exit "$?"'
  const emerge = await other.start(['sh', '-c', asRoot, 'sh', TRACES], { env: { TRACES: 'user', SUDO_USER: '' } })
  await last.waitFor(/traces-1: (?:not )?published[^]*traces-1: (?:not )?published.*\n/)
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.match(last.output(), /(traces-1: not published: \S+MAKER holds the name of user zephyrant: [^]*){2}/)
})

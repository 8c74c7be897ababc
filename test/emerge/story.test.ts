/**
 * The main job: somebody publishes what they emerged, somebody else runs it while Portage compiles it, and their own build has the last word.
 *
 * No server runs, only local discovery. The hosts differ in all that hosts differ in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { differences } from '../support/host/snapshot.ts'
import { layersOf } from '../support/privacy/search.ts'
import { archivesOn, ask, buildOf, keyIdOf, policyNaming } from '../support/standin/ask.ts'
import { append } from '../support/standin/built.ts'
import { startDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'
import { PROFILE_BASHRC } from '../support/story/gate.ts'
import { settled } from '../support/story/ours.ts'
import { left, typeEmerge } from '../support/story/typed.ts'

const HELLO = 'app-misc/hello'
const TREE = { below: ['/usr', '/opt', '/bin', '/sbin', '/lib', '/lib64'] }

/** The profile's own hook: it holds the merge at preinst, where Portage has already looked for collisions, until the test has looked too. */
const HOLD_AT_PREINST = `
if [[ \${EBUILD_PHASE} == preinst && \${PN} == hello ]]; then
	: > /tmp/at-preinst
	until [[ -e /tmp/go-on ]]; do sleep 0.05; done
fi
`

let network: Network
let alpha: Host
let beta: Host
let daemons: Started[]

before(async () => {
  network = await createNetwork({ name: 'story' })
  alpha = await network.createHost({
    name: 'alpha',
    hostname: 'alpha.test',
    timezone: 'Asia/Tokyo',
    user: 'annerose',
    makeopts: '-j1',
    clockOffsetSeconds: -86_400,
    tmpdir: { kind: 'tmpfs' },
  })
  beta = await network.createHost({ name: 'beta', hostname: 'beta.test', user: 'bert', features: 'collision-protect' })
  await Promise.all([
    installStandin(alpha, { features: 'publish', fromSource: true }),
    installStandin(beta, { features: 'install publish', fromSource: true }),
  ])
  daemons = [await startDaemon(alpha)]
  beta.write('/etc/portage/standin.policy', policyNaming(keyIdOf(alpha)))
  append(beta, PROFILE_BASHRC, HOLD_AT_PREINST)
  daemons.push(await startDaemon(beta))
})
after(() => network.close())

test('on the first host hello is emerged and published', async () => {
  const { stdout } = await alpha.emerge([HELLO], { env: { PLANTED_TOKEN: 'planted-secret-4711' } })
  assert.match(stdout, /Completed \(1 of 1\) app-misc\/hello/)
  await daemons[0]?.waitFor(/archive \S+ is given to others/)
  assert.equal((await buildOf(alpha, HELLO)).shared, true)
})

test('on the second host hello runs while Portage compiles it, and is gone before the merge', async (t) => {
  const clean = await beta.snapshot(TREE)
  const emerge = await typeEmerge(beta, [HELLO])

  const [, seconds] = await emerge.waitFor(/standin: app-misc\/hello-\S+: can be used now \(level 3, .*? in (\d+\.\d) s\)/)
  assert.equal((await beta.run(['hello'])).stdout, 'Hello, world!\n')
  assert.ok(!beta.exists('/tmp/at-preinst'), 'Portage is still compiling')
  t.diagnostic(`it could be used after ${seconds} s`)
  const { live } = await ask(beta, { t: 'status' }, 'status')
  assert.deepEqual(
    live.map(({ state, level }) => ({ state, level })),
    [{ state: 'placed', level: 3 }],
  )
  // What Portage builds with is not ours to give: no header, no development link, and not a byte outside the allowed places.
  const placed = differences(clean, await beta.snapshot(TREE))
  assert.ok(
    placed.every((path) => /^added \/usr\/(bin|share)\b/.test(path) || path.startsWith('changed /usr')),
    placed.join('\n'),
  )

  await emerge.waitFor(/standin: app-misc\/hello-\S+: stand-in purged/)
  await beta.run(['sh', '-c', 'until [ -e /tmp/at-preinst ]; do sleep 0.05; done'], { timeoutSeconds: 60 })
  assert.deepEqual(differences(clean, await beta.snapshot(TREE)), [])
  beta.write('/tmp/go-on', '')

  await emerge.waitFor(/standin: app-misc\/hello-\S+: your own build agrees with the copy that stood in, byte for byte/)
  const { exitCode } = await left(emerge)
  assert.equal(exitCode, 0, emerge.output())
  assert.equal((await beta.run(['hello'])).stdout, 'Hello, world!\n')
})

test('both hosts have one recipe, one content and one archive, and serve it', async () => {
  await daemons[1]?.waitFor(/archive \S+ is given to others/)
  const [a, b] = [await buildOf(alpha, HELLO), await buildOf(beta, HELLO)]
  assert.deepEqual(
    { recipe: a.recipe, content: a.content, archive: a.archive },
    { recipe: b.recipe, content: b.content, archive: b.archive },
  )
  assert.deepEqual(archivesOn(alpha), archivesOn(beta))
  assert.equal(b.audit, 'agree')
  assert.equal(b.shared, true)
})

test("what is published holds no secret of emerge's environment, no name of user or host, no path of the build", async () => {
  const { archive } = await buildOf(alpha, HELLO)
  const layers = layersOf('the archive', readFileSync(alpha.path(`/var/cache/standin/archives/${archive}.gpkg.tar`)))
  const holds = (word: string, where: RegExp): boolean => layers.some((layer) => where.test(layer.where) && layer.bytes.includes(word))
  assert.ok(holds('usr/bin/hello', /zstd/) && holds('app-misc', /zstd/), 'the search looks into what is packed')
  assert.ok(holds('.SH DESCRIPTION', /zstd.*(bzip2|gzip)/), 'and into the man pages that are packed in it')
  for (const secret of [
    'planted-secret-4711',
    'PLANTED_TOKEN',
    'annerose',
    'alpha.test',
    '/var/tmp/portage',
    'environment.bz2',
    'Asia/Tokyo',
  ])
    assert.ok(!holds(secret, /./), `${secret} is in the archive`)
})

test('nothing of ours is left on the second host', async () => {
  await settled(beta)
  const { live, kept, disputes } = await ask(beta, { t: 'status' }, 'status')
  assert.deepEqual({ live, kept, disputes }, { live: [], kept: [], disputes: [] })
  const temporary = await beta.run(['find', '/usr', '/opt', '/var/tmp', '-name', '.standin*'])
  assert.equal(temporary.stdout, '')
  const rooms = ['/run/standin/builds', '/run/standin/notes', '/var/lib/standin/live', '/var/lib/standin/stood', '/var/lib/standin/kept']
  const found = await beta.run(['find', ...rooms, '/var/cache/standin/work', '/var/cache/standin/peer/staging', '-mindepth', '1'])
  assert.equal(found.stdout, '')
})

test('a third host counts both builders', async () => {
  const gamma = await network.createHost({ name: 'gamma' })
  await installStandin(gamma, { features: 'install' })
  const keys = [keyIdOf(alpha), keyIdOf(beta)]
  gamma.write('/etc/portage/standin.policy', `[quorum]\nlevel1 = 2\n${keys.map((key) => `[${key}]\nname = somebody\n`).join('')}`)
  await startDaemon(gamma)
  const emerge = await typeEmerge(gamma, [HELLO])
  await emerge.waitFor(/can be used now \(level 1, 2 of /)
  await emerge.waitFor(/your own build agrees/)
  assert.equal((await left(emerge)).exitCode, 0)
  assert.deepEqual((await ask(gamma, { t: 'list' }, 'list')).builds, [], 'with install alone nothing is published')
})

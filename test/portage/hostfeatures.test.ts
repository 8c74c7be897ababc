/**
 * The host's own configuration is what Portage says it is, and an old answer is given only while nothing changed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { hostFeatures, hostFeaturesOf, type HostQuestion } from '../../src/portage/hostfeatures.ts'
import type { Ran } from '../../src/portage/run.ts'
import { addTo, rootWith } from './tree.ts'

const hello = { cpv: 'app-misc/hello-a', slot: '0/3', repository: 'gentoo' }

function asking(root: string, answer: Partial<Ran> = {}): { asked: string[][]; ask: (part?: Partial<HostQuestion>) => Promise<string> } {
  const asked: string[][] = []
  const cache: HostQuestion['cache'] = new Map()
  const run: HostQuestion['run'] = async (program, [isolated = '', , code = '', ...args], { env }) => {
    asked.push([program, isolated, ...args, ...Object.keys(env)])
    assert.ok(code.includes('import portage'))
    return { exitCode: 0, stdout: 'STANDIN_FEATURES=install -seed odd\n', stderr: '', ...answer }
  }
  const ask = async (part: Partial<HostQuestion> = {}): Promise<string> => {
    const { features, warnings } = await hostFeatures({ root, env: { PATH: '/usr/bin' }, run, cache, now: 0, ...part })
    return [...features, warnings.length].join(' ')
  }
  return { asked, ask }
}

test('Portage is asked alone, or for one package, and its answer is read as FEATURES is', async (t) => {
  const { asked, ask } = asking(rootWith(t, { 'etc/portage/package.env': '' }))
  assert.equal(await ask(), 'install 1')
  assert.equal(await ask({ package: hello }), 'install 1')
  assert.deepEqual(asked, [
    ['python3', '-I', 'PATH'],
    ['python3', '-I', 'app-misc/hello-a', '0/3', 'gentoo', 'PATH'],
  ])
})

test('where no package has a setting of its own, Portage is asked once for all of them', async (t) => {
  const { asked, ask } = asking(rootWith(t))
  for (const part of [{}, { package: hello }, { package: { ...hello, slot: '1' } }]) assert.equal(await ask(part), 'install 1')
  assert.deepEqual(asked, [['python3', '-I', 'PATH']])
})

test('many packages are asked for at once, each answer is that of its package, and what is known is not asked again', async (t) => {
  const root = rootWith(t, { 'etc/portage/package.env': '' })
  const cache: HostQuestion['cache'] = new Map()
  const batches: string[][] = []
  const run: HostQuestion['run'] = async (_program, [, , , ...args]) => {
    const names = args.filter((_each, at) => at % 3 === 0)
    batches.push(names)
    const lines = names.map((name) => `STANDIN_FEATURES=${name.endsWith('7') ? 'seed' : 'install'}\n`)
    return { exitCode: 0, stdout: lines.join(''), stderr: '' }
  }
  const packages = Array.from({ length: 700 }, (_each, at) => ({ ...hello, cpv: `app-misc/hello-${at}` }))
  const question = { root, env: {}, run, cache, now: 0 }
  const seeds = (await hostFeaturesOf(question, packages)).map(({ features }) => features.has('seed'))
  assert.deepEqual(
    seeds,
    packages.map(({ cpv }) => cpv.endsWith('7')),
  )
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [500, 200],
  )
  await hostFeaturesOf(question, [...packages.slice(0, 3), hello])
  assert.deepEqual(batches[2], [hello.cpv])
})

const short: HostQuestion['run'] = async () => ({ exitCode: 0, stdout: 'STANDIN_FEATURES=seed\n', stderr: '' })

test('an answer too few is no answer', async (t) => {
  const question = { root: rootWith(t, { 'etc/portage/package.env': '' }), env: {}, run: short, cache: new Map(), now: 0 }
  await assert.rejects(hostFeaturesOf(question, [hello, { ...hello, slot: '1' }]), { name: 'HostError', code: 'PROGRAM_FAILED' })
})

test('asked once while nothing changes, and again after a minute', async (t) => {
  const { asked, ask } = asking(rootWith(t, { 'etc/portage/make.conf': '' }))
  await ask({ now: 5000 })
  await ask({ now: 64_999 })
  assert.equal(asked.length, 1)
  await ask({ now: 65_000 })
  assert.equal(asked.length, 2)
})

test('who asks often may be content with an older answer, as long as no file changes', async (t) => {
  const root = rootWith(t, { 'etc/portage/make.conf': '' })
  const { asked, ask } = asking(root)
  await ask({ now: 0 })
  await ask({ now: 500_000, keptMs: 900_000 })
  assert.equal(asked.length, 1)
  addTo(root, { 'etc/portage/make.conf': 'STANDIN_FEATURES="seed"\n' })
  await ask({ now: 500_001, keptMs: 900_000 })
  assert.equal(asked.length, 2)
})

const CHANGES: readonly [string, (root: string) => void][] = [
  ['make.conf is written', (root) => addTo(root, { 'etc/portage/make.conf': 'STANDIN_FEATURES="seed"\n' })],
  ['make.conf goes', (root) => rmSync(join(root, 'etc/portage/make.conf'))],
  ['a file comes into a package.env folder', (root) => addTo(root, { 'etc/portage/package.env/x': 'a/b c\n' })],
  ['a file in env is written', (root) => addTo(root, { 'etc/portage/env/seedit': 'X=2\n' })],
  [
    'another profile is chosen',
    (root) => (rmSync(join(root, 'etc/portage/make.profile')), symlinkSync('../b', join(root, 'etc/portage/make.profile'))),
  ],
]

for (const [what, change] of CHANGES) {
  test(`asked again when ${what}`, async (t) => {
    const root = rootWith(t, { 'etc/portage/make.conf': 'A=1\n', 'etc/portage/env/seedit': '', 'etc/a/': '', 'etc/b/': '' })
    symlinkSync('../a', join(root, 'etc/portage/make.profile'))
    const { asked, ask } = asking(root)
    await ask()
    await ask()
    change(root)
    await ask()
    await ask()
    assert.equal(asked.length, 2)
  })
}

for (const [what, answer] of [
  ['Portage is not there', { exitCode: 1, stdout: '', stderr: 'Traceback\nModuleNotFoundError: No module named portage' }],
  ['it says something else', { stdout: 'hello\n' }],
  ['it fails half way', { exitCode: 1 }],
] as const) {
  test(`no answer, and none that is kept, when ${what}`, async (t) => {
    const { asked, ask } = asking(rootWith(t), answer)
    for (const times of [1, 2]) {
      await assert.rejects(ask(), (error) => error instanceof HostError && error.code === 'PROGRAM_FAILED')
      assert.equal(asked.length, times)
    }
  })
}

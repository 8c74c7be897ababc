/**
 * standin.conf is read whole or refused with the place, and its documentation is made from the same table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { HostError, UserError } from '../../src/base/errors.ts'
import { parseConf, readConf, SETTINGS, standardConf } from '../../src/portage/settings.ts'
import { rootWith } from './tree.ts'

const unreadable = (error: unknown): boolean => error instanceof HostError && error.code === 'UNREADABLE'

const DEFAULTS = {
  install_wait: 0,
  purge_wait: 30,
  on_failure: 'purge',
  level: 1,
  policy: '/etc/portage/standin.policy',
  max_size: 2 * 2 ** 30,
  max_total_size: 8 * 2 ** 30,
  cache_size: 10 * 2 ** 30,
  upload_limit: 2 ** 20,
  download_limit: 'none',
  max_connections: 50,
  listen: '::',
  port: 0,
  local_discovery: true,
  dht: false,
  trackers: [],
  web_seeds: [],
  publish_repos: ['gentoo'],
  public_words: [],
  tell: true,
  color: 'auto',
}

test('nothing said: the defaults, written out', () => {
  assert.deepEqual(parseConf('', 'c'), { settings: DEFAULTS, warnings: [] })
})

test('a missing file says nothing', (t) => {
  assert.deepEqual(readConf(join(rootWith(t), 'standin.conf')), { settings: DEFAULTS, warnings: [] })
})

test('the standard file changes nothing, and with its comment marks taken away says the same in full', () => {
  assert.deepEqual(parseConf(standardConf(), 'c'), { settings: DEFAULTS, warnings: [] })
  const spoken = standardConf().replace(/^#(?=[a-z])/gm, '')
  assert.deepEqual(parseConf(spoken, 'c'), { settings: DEFAULTS, warnings: [] })
  for (const key of Object.keys(SETTINGS)) assert.match(spoken, new RegExp(`^# Allowed: .+\\.\\n(# .+\\n)*${key} =`, 'm'))
})

const TAKEN: readonly [string, Partial<Record<keyof typeof DEFAULTS, unknown>>][] = [
  ['install_wait = 5', { install_wait: 5 }],
  ['on_failure=keep', { on_failure: 'keep' }],
  ['level = 3', { level: 3 }],
  ['public_words = max alpha.test', { public_words: ['max', 'alpha.test'] }],
  ['max_size = 500M', { max_size: 500 * 2 ** 20 }],
  ['cache_size = 1T', { cache_size: 2 ** 40 }],
  ['upload_limit = none', { upload_limit: 'none' }],
  ['download_limit = 64K', { download_limit: 65_536 }],
  ['listen = 192.0.2.1', { listen: '192.0.2.1' }],
  ['dht = yes', { dht: true }],
  ['dht = True', { dht: true }],
  ['local_discovery = no', { local_discovery: false }],
  [
    'trackers = udp://a.example:6969  https://b.example/x udp://a.example:6969',
    { trackers: ['udp://a.example:6969', 'https://b.example/x'] },
  ],
  ['publish_repos =', { publish_repos: [] }],
  ['publish_repos = gentoo my-own', { publish_repos: ['gentoo', 'my-own'] }],
  ['policy = "/etc/other policy"', { policy: '/etc/other policy' }],
  ['; a comment\n# another\nport = 51413', { port: 51_413 }],
]

for (const [text, changed] of TAKEN) {
  test(`taken: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseConf(text, 'c'), { settings: { ...DEFAULTS, ...changed }, warnings: [] })
  })
}

const REFUSED: readonly [string, string][] = [
  ['install_wait = -1', 'install_wait'],
  ['install_wait = 601', 'install_wait'],
  ['install_wait = soon', 'install_wait'],
  ['install_wait =', 'install_wait'],
  ['install_wait = 1e2', 'install_wait'],
  ['on_failure = maybe', 'on_failure'],
  ['on_failure = PURGE', 'on_failure'],
  ['level = 4', 'level'],
  ['level = null', 'level'],
  ['policy = standin.policy', 'policy'],
  ['policy = /etc/../root/policy', 'policy'],
  ['max_size = 0', 'max_size'],
  ['max_size = 10 GB', 'max_size'],
  ['max_size = 99999999T', 'max_size'],
  ['upload_limit = 0', 'upload_limit'],
  ['download_limit = 100', 'download_limit'],
  ['max_connections = 0', 'max_connections'],
  ['listen = localhost', 'listen'],
  ['port = 65536', 'port'],
  ['dht = perhaps', 'dht'],
  ['dht = 1', 'dht'],
  ['trackers = ftp://a.example', 'trackers'],
  ['trackers = http://a.example wss://b.example/x', 'trackers'],
  ['trackers = ws://b.example', 'trackers'],
  ['web_seeds = udp://a.example', 'web_seeds'],
  ['publish_repos = ../gentoo', 'publish_repos'],
  ['port[] = 1', 'port'],
  ['[port]\nport = 1', 'port'],
]

for (const [text, key] of REFUSED) {
  test(`refused: ${JSON.stringify(text)}`, () => {
    assert.throws(
      () => parseConf(text, '/etc/portage/standin.conf'),
      (error) =>
        error instanceof UserError &&
        error.code === 'BAD_SETTING' &&
        error.message.startsWith(`/etc/portage/standin.conf: ${key} = `) &&
        error.message.includes('allowed is'),
    )
  })
}

test('an unknown key or section is one warning, and the rest holds', () => {
  const { settings, warnings } = parseConf('prot = 1\nlevel = 2\n[net]\nport = 3\n', 'c')
  assert.deepEqual(settings, { ...DEFAULTS, level: 2 })
  assert.deepEqual(warnings, ['c: prot is unknown and passed over', 'c: section [net] is unknown and passed over'])
})

test('names of Object are no settings', () => {
  assert.deepEqual(parseConf('constructor = 1\n__proto__ = 2\ntoString = 3\n', 'c').warnings.length, 2)
})

test('a file that is too large, or none, is not read', (t) => {
  const root = rootWith(t, { large: 'x'.repeat(300_000) })
  mkdirSync(join(root, 'folder'))
  assert.throws(() => readConf(join(root, 'large')), unreadable)
  assert.throws(() => readConf(join(root, 'folder')), unreadable)
})

test('property: any text gives all settings or BAD_SETTING', () => {
  const line = fc.oneof(
    fc.string(),
    fc.tuple(fc.constantFrom(...Object.keys(SETTINGS)), fc.string()).map(([key, value]) => `${key} = ${value}`),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
      try {
        assert.deepEqual(Object.keys(parseConf(lines.join('\n'), 'c').settings), Object.keys(DEFAULTS))
      } catch (error) {
        assert.ok(error instanceof UserError && error.code === 'BAD_SETTING', String(error))
      }
    }),
  )
})

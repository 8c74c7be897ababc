/**
 * What is said twice because two init systems, Portage and npm each have a language of their own is the same in both.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { version } from '../../packaging/release.ts'
import { asService, valuesOf } from '../support/standin/service.ts'

const top = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(top, path), 'utf8')
const unit = read('packaging/systemd/standin.service')
const script = read('packaging/openrc/standin.initd')
const ebuild = read(`packaging/overlay/app-portage/standin/standin-${version}.ebuild`)

test('systemd and OpenRC start the same program with the same capabilities', () => {
  const [program] = valuesOf(unit, 'ExecStart')
  assert.equal(program, '/usr/lib/standin/bin/standin-daemon')
  assert.match(script, new RegExp(`^command_args="--no-new-privs --bounding-set=-all,\\S+ -- ${program}"$`, 'm'))
  const kept = /^capabilities_kept="(.*)"$/m.exec(script)?.[1]?.split(',') ?? []
  assert.deepEqual(
    kept.map((name) => `CAP_${name.slice(1).toUpperCase()}`),
    valuesOf(unit, 'CapabilityBoundingSet'),
  )
  assert.ok(
    asService(unit)
      .join(' ')
      .endsWith(`--bounding-set=-all,${kept.join(',')} -- ${program}`),
  )
})

test('the unit closes nothing that a stand-in needs', () => {
  assert.deepEqual(
    ['ProtectSystem', 'ProtectHome', 'PrivateTmp', 'PrivateNetwork', 'PrivateDevices', 'ProtectHostname', 'RuntimeDirectory'].flatMap(
      (key) => valuesOf(unit, key),
    ),
    [],
  )
  const readOnly = valuesOf(unit, 'ReadOnlyPaths').map((path) => path.replace(/^-/, ''))
  const written = ['/usr/bin', '/usr/lib', '/usr/lib64', '/usr/libexec', '/usr/share', '/opt', '/var/lib', '/var/cache', '/var/tmp', '/run']
  assert.deepEqual(
    written.filter((path) => readOnly.some((folder) => `${path}/`.startsWith(`${folder}/`))),
    [],
  )
})

test('the ebuild asks for the Node that package.json asks for', () => {
  const { engines } = v.parse(v.object({ engines: v.object({ node: v.string() }) }), JSON.parse(read('package.json')))
  assert.ok(ebuild.includes(`>=net-libs/nodejs-${engines.node.replace('>=', '')}[ssl]\n`))
})

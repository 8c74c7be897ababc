/**
 * Vital is what the profile says, who does the work of its virtuals here, and what Portage as it is installed needs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { vitalOf } from '../../src/daemon/vitalView.ts'
import { readRepos } from '../../src/portage/repos.ts'
import { readInstalled } from '../../src/portage/vdb.ts'
import { type Files, rootWith } from '../portage/tree.ts'

const DB = 'var/db/pkg'
const TREE: Files = {
  'etc/portage/make.profile/packages': '*sys-apps/sed\n*virtual/editor\n*virtual/ssh\n',
  [`${DB}/sys-apps/sed-4/SLOT`]: '0\n',
  [`${DB}/virtual/editor-0/RDEPEND`]: '|| ( app-editors/nano app-editors/vim )\n',
  [`${DB}/app-editors/nano-8/SLOT`]: '0\n',
  [`${DB}/app-editors/ed-1/SLOT`]: '0\n',
  [`${DB}/sys-apps/portage-3.0.83/RDEPEND`]:
    'dev-lang/python:3.13[ssl] >=app-shells/bash-5 !<app-admin/logrotate-3.8 || ( app-misc/pax-utils app-misc/other )\n',
  [`${DB}/dev-lang/python-3.13.1/RDEPEND`]: 'dev-libs/expat\n',
}

function vitalIn(t: TestContext, files: Files): Record<string, string> {
  const root = rootWith(t, files)
  return Object.fromEntries(vitalOf({ root, repos: readRepos(root), installed: readInstalled(root) }))
}

test('all three, each with its reason', (t) => {
  assert.deepEqual(vitalIn(t, TREE), {
    'sys-apps/sed': 'it belongs to @system',
    'virtual/editor': 'it belongs to @system',
    'virtual/ssh': 'it belongs to @system',
    'app-editors/nano': 'it belongs to @system (virtual/editor)',
    'sys-apps/portage': 'it is Portage',
    'dev-lang/python': 'Portage needs it',
    'app-shells/bash': 'Portage needs it',
    'app-misc/pax-utils': 'Portage needs it',
    'app-misc/other': 'Portage needs it',
  })
})

test('with nothing installed and no profile, Portage is left', (t) => {
  assert.deepEqual(vitalIn(t, {}), { 'sys-apps/portage': 'it is Portage' })
})

test('dependencies of Portage that cannot be read are not taken for none', (t) => {
  const broken = { ...TREE, [`${DB}/sys-apps/portage-3.0.83/RDEPEND`]: '|| a/b\n' }
  assert.throws(
    () => vitalIn(t, broken),
    (error) => error instanceof HostError && error.code === 'UNREADABLE',
  )
})

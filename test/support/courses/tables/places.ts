/**
 * Where a package is built, and in which EAPI.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { execFileSync } from 'node:child_process'
import type { Course } from '../course.ts'
import { DISK, RAM } from '../look.ts'

const FLAGS = 'test-misc/flags-1'

const EAPI9 = `EAPI=9
DESCRIPTION="A program of one line, in an EAPI that exports less"
HOMEPAGE="https://example.org/"
S="\${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
src_install() { printf '%s\\n' "#!/bin/sh" "echo eapi9" | newbin - eapi9; }
`

const NO_EAPI9 = 'Portage takes EAPI 9 with bash 5.3 only'

function hasEapi9(): boolean {
  const version = execFileSync('bash', ['-c', 'echo $((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1]))'], { encoding: 'utf8' })
  return Number(version) >= 503
}

export const PLACES: readonly Course[] = [
  { name: 'PORTAGE_TMPDIR on a tmpfs', env: { PORTAGE_TMPDIR: RAM }, typed: ['emerge test-misc/flags'], placed: [FLAGS] },
  { name: 'PORTAGE_TMPDIR on another disk', env: { PORTAGE_TMPDIR: DISK }, typed: ['emerge test-misc/flags'], placed: [FLAGS] },
  {
    name: 'PORTAGE_TMPDIR with a blank in its name',
    env: { PORTAGE_TMPDIR: '/var/tmp/with blank' },
    before: ["mkdir '/var/tmp/with blank'"],
    typed: ['emerge test-misc/nothing'],
    placed: ['test-misc/nothing-1'],
  },
  { name: 'EAPI 7', typed: ['emerge test-misc/eapi7'], placed: ['test-misc/eapi7-1'] },
  { name: 'EAPI 8', typed: ['emerge test-misc/nothing'], placed: ['test-misc/nothing-1'] },
  {
    name: 'EAPI 9',
    files: { '/var/db/repos/gentoo/test-misc/eapi9/eapi9-1.ebuild': EAPI9 },
    typed: ['emerge test-misc/eapi9'],
    placed: ['test-misc/eapi9-1'],
    skip: hasEapi9() ? false : NO_EAPI9,
  },
  { name: 'metadata of the whole repository: emerge --regen', typed: ['emerge --regen --jobs=1'], placed: [] },
  {
    name: 'metadata of the whole repository: egencache',
    typed: ['egencache --update --repo=gentoo --jobs=1'],
    placed: [],
  },
]

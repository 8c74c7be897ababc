/**
 * `ebuild` by hand, which gives the lock of the build folder back after each of its words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Course } from '../course.ts'

const FILE = '/var/db/repos/gentoo/test-misc/flags/flags-1.ebuild'
const FLAGS = 'test-misc/flags-1'

export const HANDS: readonly Course[] = [
  { name: '`ebuild FILE install`', typed: [`ebuild ${FILE} install`], placed: [FLAGS] },
  { name: '`ebuild FILE clean install qmerge`', typed: [`ebuild ${FILE} clean install qmerge`], placed: [FLAGS] },
  { name: '`ebuild FILE install`, then `ebuild FILE qmerge`', typed: [`ebuild ${FILE} install`, `ebuild ${FILE} qmerge`], placed: [FLAGS] },
  { name: '`ebuild FILE merge`', typed: [`ebuild ${FILE} merge`], placed: [FLAGS] },
  { name: '`ebuild FILE package`', typed: [`ebuild ${FILE} package`], placed: [FLAGS] },
  {
    name: 'FEATURES=noauto, phase by phase',
    env: { FEATURES: 'noauto' },
    typed: [`ebuild ${FILE} clean setup unpack prepare configure compile install qmerge`],
    placed: [FLAGS],
  },
  {
    name: 'FEATURES=noauto, phase by phase, each called for itself',
    env: { FEATURES: 'noauto' },
    typed: ['setup', 'unpack', 'prepare', 'configure', 'compile', 'install', 'qmerge'].map((phase) => `ebuild ${FILE} ${phase}`),
    placed: [FLAGS],
  },
]

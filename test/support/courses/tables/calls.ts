/**
 * Ways to call emerge, each of which a person may type.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Course } from '../course.ts'

const KEYWORDS = { '/etc/portage/package.accept_keywords/course': 'dev-libs/small ~amd64\n' }
const FLAGS = 'test-misc/flags-1'
const NOTHING = 'test-misc/nothing-1'
const PROBE = 'test-misc/probe-1'

export const CALLS: readonly Course[] = [
  {
    name: '--jobs=4 with --load-average',
    typed: ['emerge --jobs=4 --load-average=99 test-misc/flags test-misc/nothing test-misc/probe'],
    placed: [FLAGS, NOTHING, PROBE],
    anyOrder: true,
  },
  { name: '--quiet', typed: ['emerge --quiet test-misc/flags'], placed: [FLAGS] },
  {
    name: '--buildpkgonly',
    typed: ['emerge --buildpkgonly test-misc/flags'],
    says: /Emerging \(1 of 1\)/,
    placed: [],
  },
  {
    name: '--usepkg',
    before: ['emerge --buildpkgonly test-misc/flags'],
    typed: ['emerge --usepkg test-misc/flags test-misc/nothing'],
    says: /Emerging binary \(. of 2\) test-misc\/flags/,
    placed: [NOTHING],
  },
  {
    name: '--usepkgonly',
    before: ['emerge --buildpkgonly test-misc/flags'],
    typed: ['emerge --usepkgonly test-misc/flags'],
    says: /Emerging binary/,
    placed: [],
  },
  { name: '--onlydeps', typed: ['emerge --onlydeps test-misc/libuser'], placed: ['dev-libs/small-1'], anyOrder: true },
  {
    name: 'a library and what needs it',
    typed: ['emerge test-misc/libuser'],
    placed: ['dev-libs/small-1', 'test-misc/libuser-1'],
    anyOrder: true,
  },
  { name: '--fetchonly', typed: ['emerge --fetchonly app-misc/hello'], says: /Fetching \(1 of 1\)/, placed: [] },
  { name: '--pretend', typed: ['emerge --pretend --verbose test-misc/flags'], says: /\[ebuild +N/, placed: [] },
  {
    name: '--ask, answered no',
    typed: ['emerge --ask test-misc/flags'],
    answer: 'n\n',
    exits: [130],
    says: /Quitting/,
    placed: [],
  },
  { name: '--root', before: ['mkdir -p /mnt/root'], typed: ['emerge --root=/mnt/root test-misc/nothing'], placed: [] },
  {
    name: 'two emerges at once',
    typed: [['emerge test-misc/flags test-misc/nothing', 'emerge test-misc/probe']],
    placed: [FLAGS, NOTHING, PROBE],
    anyOrder: true,
  },
  { name: 'the same package twice', typed: ['emerge test-misc/flags', 'emerge test-misc/flags'], placed: [FLAGS] },
  {
    name: 'the same package twice at once',
    typed: [['emerge test-misc/nothing', 'emerge test-misc/nothing']],
    placed: [NOTHING],
    anyOrder: true,
  },
  {
    name: 'an upgrade, beside a new package',
    files: KEYWORDS,
    before: ['emerge =dev-libs/small-1'],
    typed: ['emerge =dev-libs/small-2 test-misc/nothing'],
    says: /\(1 of 2\) dev-libs\/small-2/,
    placed: [NOTHING],
    anyOrder: true,
  },
  {
    name: 'a downgrade, beside a new package',
    files: KEYWORDS,
    before: ['emerge =dev-libs/small-2'],
    typed: ['emerge =dev-libs/small-1 test-misc/nothing'],
    placed: [NOTHING],
    anyOrder: true,
  },
  {
    name: 'a new slot',
    before: ['emerge =test-misc/slotted-1'],
    typed: ['emerge =test-misc/slotted-2'],
    placed: ['test-misc/slotted-2'],
  },
  {
    name: 'a rebuild with other USE, beside a new package',
    before: ['emerge test-misc/flags'],
    env: { USE: 'beta' },
    typed: ['emerge --newuse test-misc/flags test-misc/nothing'],
    placed: [NOTHING],
  },
  { name: 'another USE than that of the copy', env: { USE: 'beta -alpha' }, typed: ['emerge test-misc/flags'], placed: [FLAGS] },
]

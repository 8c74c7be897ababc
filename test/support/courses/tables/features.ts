/**
 * What Portage may be told to do otherwise, by FEATURES and by other settings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Course } from '../course.ts'

const FLAGS = 'test-misc/flags-1'
const NOTHING = 'test-misc/nothing-1'

const FEATURES = [
  'collision-protect',
  'buildpkg',
  'merge-use-vdb',
  '-userpriv',
  '-network-sandbox -pid-sandbox -ipc-sandbox',
  'noauto',
  'keepwork',
  'nostrip',
  'splitdebug',
  'test',
  'xattr',
]

/** The user's own, from the classic functions to hooks that Portage runs at an end. */
const OWN_HOOKS = `
own() { echo "\${FUNCNAME[1]} \${PF}" >> /var/own.log; }
pre_pkg_setup() { own; }
post_src_unpack() { own; }
pre_src_compile() { own; }
post_src_install() { own; }
post_pkg_preinst() { own; }
pre_pkg_postinst() { own; }
[[ \${EBUILD_PHASE-} != setup ]] || trap 'echo "trap of setup" >> /var/own.log' EXIT
for own_file in /etc/portage/bashrc.d/*.sh; do source "\${own_file}"; done
`

export const FEATURE_COURSES: readonly Course[] = [
  ...FEATURES.map((features) => ({
    name: `FEATURES=${features}`,
    env: { FEATURES: features },
    typed: ['emerge test-misc/flags'],
    placed: [FLAGS],
  })),
  {
    name: 'FEATURES=parallel-install',
    env: { FEATURES: 'parallel-install' },
    typed: ['emerge --jobs=4 test-misc/flags test-misc/nothing'],
    placed: [FLAGS, NOTHING],
    anyOrder: true,
  },
  {
    name: 'FEATURES=keepwork, and a rebuild in what was kept',
    env: { FEATURES: 'keepwork' },
    typed: ['emerge test-misc/flags', 'emerge test-misc/flags'],
    placed: [FLAGS],
  },
  {
    name: 'INSTALL_MASK',
    env: { INSTALL_MASK: '/usr/share/doc' },
    typed: ['emerge test-misc/nothing', 'test ! -e /usr/share/doc/nothing-1'],
    placed: [NOTHING],
  },
  {
    name: 'a user with own hooks',
    files: { '/var/own.log': '', '/etc/portage/bashrc.d/10-own.sh': 'post_src_prepare() { own; }\n' },
    before: ['chmod 666 /var/own.log'],
    bashrc: OWN_HOOKS,
    typed: ['emerge test-misc/flags'],
    placed: [FLAGS],
  },
]

/**
 * Ends that an emerge may come to other than a merge, and what a person types then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Course } from '../course.ts'

const FAILS = 'test-misc/fails-1'
const NOTHING = 'test-misc/nothing-1'
const MASK = '/etc/portage/package.mask/course'

/** Phases after the hook of setup: before it nothing can stand in. */
const PHASES = ['unpack', 'prepare', 'configure', 'compile', 'test', 'install', 'preinst'] as const

const inPhase = (phase: string): Pick<Course, 'name' | 'env' | 'typed'> => ({
  name: `a package that fails in ${phase}`,
  env: { FAILS_IN: phase, FEATURES: phase === 'test' ? 'test' : '' },
  typed: ['emerge test-misc/fails'],
})

const failing = (phase: string): RegExp => new RegExp(`failing in ${phase} as told`)

export const ENDS: readonly Course[] = [
  { ...inPhase('pretend'), exits: [1], says: failing('pretend'), placed: [] },
  { ...inPhase('setup'), exits: [1], says: failing('setup'), placed: [FAILS] },
  ...PHASES.map((phase) => ({ ...inPhase(phase), exits: [1], says: failing(phase), placed: [FAILS] })),
  { ...inPhase('postinst'), exits: [1], says: failing('postinst'), placed: [FAILS] },
  {
    name: '--keep-going',
    typed: ['emerge --keep-going test-misc/fails test-misc/nothing test-misc/flags'],
    exits: [1],
    placed: [FAILS, NOTHING, 'test-misc/flags-1'],
  },
  {
    name: '--resume',
    typed: ['emerge test-misc/fails test-misc/nothing', 'emerge --resume'],
    exits: [1, 1],
    says: /Resuming merge/,
    placed: [FAILS, FAILS],
  },
  {
    name: '--resume --skipfirst',
    typed: ['emerge test-misc/fails test-misc/nothing', 'emerge --resume --skipfirst'],
    exits: [1, 0],
    says: /Resuming merge/,
    placed: [FAILS, NOTHING],
  },
  {
    name: 'one of two at once fails',
    typed: [['emerge test-misc/fails', 'emerge test-misc/nothing']],
    exits: [1, 0],
    placed: [FAILS, NOTHING],
    anyOrder: true,
  },
  {
    name: 'a merge that is refused for a collision',
    before: ['emerge =dev-libs/small-1'],
    typed: ['emerge test-misc/collides'],
    exits: [1],
    says: /Detected file collision/,
    placed: ['test-misc/collides-1'],
  },
  {
    name: 'a package that is masked half way, with --keep-going',
    files: { [MASK]: '' },
    bashrc: `[[ \${PN-}:\${EBUILD_PHASE-} != fails:setup ]] || echo test-misc/nothing > ${MASK}\n`,
    typed: ['emerge --keep-going test-misc/fails test-misc/nothing'],
    exits: [1],
    placed: [FAILS, NOTHING],
  },
  {
    name: 'a package that is masked half way, with --resume',
    files: { [MASK]: '' },
    bashrc: `[[ \${PN-}:\${EBUILD_PHASE-} != fails:setup ]] || echo test-misc/nothing > ${MASK}\n`,
    typed: ['emerge test-misc/fails test-misc/nothing', 'emerge --resume --skipfirst'],
    exits: [1, 0],
    says: /dropped due to/,
    placed: [FAILS],
  },
]

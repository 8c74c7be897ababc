/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import fc from 'fast-check'
import { HostError } from '../../src/base/errors.ts'
import { whyOfBashrc } from '../../src/portage/bashrc.ts'
import { bashSteps } from '../../src/portage/bashsteps.ts'
import { withBlock } from '../../src/portage/hookblock.ts'
import { readRepos } from '../../src/portage/repos.ts'

const HOOK = '/usr/lib/standin/standin.bash'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'standin-bashrc-'))))
afterEach(() => rmSync(root, { recursive: true }))

function put(text: string, path: string = '/etc/portage/bashrc'): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

const why = (): string | undefined =>
  whyOfBashrc({
    root,
    repos: readRepos(root),
    publicRepos: ['gentoo'],
    recipeVariables: new Set(['CC', 'CFLAGS', 'CXXFLAGS', 'LDFLAGS', 'LANG', 'LC_ALL']),
  })

const hooked = (text: string): string => withBlock(text, 'bashrc')

test('no bashrc, or a folder of that name, which Portage does not source either', () => {
  assert.equal(why(), undefined)
  mkdirSync(join(root, '/etc/portage/bashrc'), { recursive: true })
  assert.equal(why(), undefined)
})

describe('harmless', () => {
  const texts = [
    '',
    hooked(''),
    hooked('# not at EBUILD_PHASE=depend; post_src_install() { :; }\n'),
    hooked('export CFLAGS="-O2 -pipe" CC=\'clang\' # EBUILD_PHASE\nLANG=C.UTF-8; unset LC_ALL\n'),
    hooked('if [[ ${CATEGORY}/${PN} == sys-libs/glibc ]]; then CFLAGS="-O2"; fi\n'),
    hooked(
      'if [ "$PN" = gcc -o "$PN" != "x y" ] ; then\n\tCFLAGS="-O2"\nelif [[ -n $USE && ! ( $PV == 1.* ) ]]\nthen :\nelse\n\tLDFLAGS=\nfi\n',
    ),
    hooked('case "${CATEGORY}/${PN}" in\n(app-misc/hello|*/@(a|b)?) CFLAGS="-Os" ;;\n*)\n;; esac\n'),
    hooked('[[ $PN == hello ]] && { CFLAGS=-Os; CXXFLAGS="${CFLAGS}"; } || true\n'),
    hooked('[[ ${EBUILD_PHASE} == depend ]] && return 0\n'),
    hooked('CFLAGS="-O2 \\\n -pipe"\nCFLAGS+=" -g"; CXXFLAGS="${CFLAGS}"\n'),
    hooked('FEATURES="${FEATURES} nostrip"\nMAKEOPTS+=" -j4"\n'),
    hooked('CFLAGS=\'-DX="a # b"\'\n'),
    `${hooked('')}\n# a word at its end\n[[ -r ${HOOK} ]] && source ${HOOK}\n`,
    `if [ -f "${HOOK}" ]; then\n  . "${HOOK}" || true\nfi\n`,
    `CFLAGS=-O2\nsource '${HOOK}'\nunset STANDIN_FEATURES\n`,
    hooked('[[ -r /etc/portage/mine ]] && . "${EPREFIX}/etc/portage/mine"\nsource /etc/portage/is-not-there\n'),
    'CFLAGS=-O2\nsource /etc/portage/hook\n',
  ]
  for (const text of texts)
    test(JSON.stringify(text.split('# >>>')[0]), () => {
      put('CFLAGS=-O1\n', '/etc/portage/mine')
      put(hooked(''), '/etc/portage/hook')
      put(text)
      assert.equal(why(), undefined)
    })
})

describe('in doubt there is no recipe', () => {
  const texts: [string, RegExp][] = [
    [
      '[[ $EBUILD_PHASE == install ]] && :\n',
      /^line 1 of \/etc\/portage\/bashrc may change what is built, unseen: it asks for EBUILD_PHASE/,
    ],
    ['\ncase ${EBUILD_PHASE_FUNC} in src_compile) CFLAGS="-Os" ;; esac\n', /^line 2 .*asks for EBUILD_PHASE_FUNC/],
    ['[[ ${EBUILD_PHASE} == depend || ${EBUILD_PHASE} == compile ]] && :\n', /asks for EBUILD_PHASE/],
    ['[[ ${EUID} == 0 ]] && CFLAGS=-Os\n', /asks for EUID/],
    ['[[ ${CFLAGS} == *g* ]] && CFLAGS=-Os\n', /asks for CFLAGS/],
    ['[[ -x ${WORKDIR}/flags ]] && printf \'#!/bin/sh\' > "${WORKDIR}/flags"\n', /^line 1 .* it asks for a file that may come or go$/],
    ['[[ -e /tmp/x ]] && CFLAGS=-Os\n', /a file that may come or go/],
    ['[[ -e /etc/portage/../../tmp/x ]] && CFLAGS=-Os\n', /a file that may come or go/],
    ['[[ ${HOSTNAME} == alpha ]] && CFLAGS=-Os\n', /asks for HOSTNAME/],
    ['[[ -n ${STANDIN_FEATURES} ]] && CFLAGS=-Os\n', /asks for STANDIN_FEATURES/],
    ['PATH=/etc/portage/wrap:${PATH}\n', /^line 1 .* it sets PATH, which no recipe holds$/],
    ['export LD_PRELOAD=x\n', /sets LD_PRELOAD/],
    ['unset S\n', /sets S/],
    ['CFLAGS+=" -Os"\n', /^line 1 .* it adds to CFLAGS anew in each phase/],
    ['CFLAGS="${CFLAGS} -Os"\n', /adds to CFLAGS/],
    ['[[ $PN == x ]] && CFLAGS=-O2\nCFLAGS+=" -Os"\n', /^line 2 .*adds to CFLAGS/],
    ['CFLAGS=${LDFLAGS}\nLDFLAGS=-s\n', /^line 2 .*adds to LDFLAGS/],
    ['CFLAGS="-DX=${RANDOM}"\n', /it takes RANDOM/],
    ['CFLAGS="${CFLAGS/-O2/-O3}"\n', /it does more than set variables/],
    ['CFLAGS="$(cat /x)"\n', /does more/],
    ['CFLAGS=`cat /x`\n', /does more/],
    ['CFLAGS=( -Os )\n', /does more.*array/],
    ['CFLAGS=-Os umask 022\n', /does more.*umask/],
    ['"CFLAGS=-Os"\n', /does more/],
    ['post_src_install() { :; }\n', /does more than set variables that a recipe holds \(post_src_install\)/],
    ['function emake { :; }\n', /\(function\)/],
    ['trap "echo x" EXIT\n', /\(trap\)/],
    ['true;eval "$(cat /x)"\n', /\(eval\)/],
    ['LANG="a # b"; umask 077\n', /\(umask\)/],
    ["LANG='x\n# ' ; umask 077\n", /^line 2 .*\(umask\)/],
    ['LANG=a#b; umask 077\n', /\(umask\)/],
    ['LANG=C & \n', /\(&\)/],
    ['LANG=C > "${WORKDIR}/x"\n', /\(>\)/],
    ['LANG="unended\n', /does more/],
    ['if true; then LANG=C\n', /above the lines of standin/],
    [': ${CFLAGS:=-Os}\n', /does more/],
    ['{ '.repeat(300), /goes too deep/],
    ['for f in /etc/portage/bashrc.d/*.sh; do . "$f"; done\n', /\(for\)/],
    ['source "$f"\n', /^line 1 .* it sources a file that only bash could name$/],
    ['source /etc/portage/bashrc.d/*\n', /only bash could name/],
    ['[[ -r /etc/portage/mine ]] && source /etc/portage/mine\n', /^line 2 of \/etc\/portage\/mine .*\(echo\)/],
    ['source /etc/portage/round\n', /^\/etc\/portage\/round is sourced too deep/],
    [`source ${HOOK}x\necho\n`, /\(echo\)/],
  ]
  for (const [text, expected] of texts)
    test(text.slice(0, 100), () => {
      put('\necho $EBUILD_PHASE\n', '/etc/portage/mine')
      put('source /etc/portage/round\n', '/etc/portage/round')
      put(hooked(text))
      assert.match(why() ?? '', expected)
    })

  const late = /^line \d of \/etc\/portage\/bashrc may change what is built, unseen: move it above the lines of standin$/
  for (const text of [`${hooked('')}CFLAGS="-Os"\n`, 'source /etc/portage/hook\nCFLAGS="-Os"\n', `source /etc/portage/hook\nf() { :; }\n`])
    test(`code that comes after the hook, which has told everything by then: ${text.slice(-20)}`, () => {
      put(hooked(''), '/etc/portage/hook')
      put(text)
      assert.match(why() ?? '', late)
    })

  test('a file that is too large', () => {
    put('#'.repeat(2 * 1024 * 1024))
    assert.throws(why, HostError)
  })
})

describe('the bashrc of a profile', () => {
  beforeEach(() => {
    put('[gentoo]\nlocation = /repos/gentoo\n[mine]\nlocation = /repos/mine\n', '/etc/portage/repos.conf')
    for (const name of ['gentoo', 'mine']) put(`${name}\n`, `/repos/${name}/profiles/repo_name`)
    put('umask 077\n', '/repos/gentoo/profiles/base/profile.bashrc')
    put('../../../gentoo/profiles/base\n', '/repos/mine/profiles/desk/parent')
    symlinkSync(join(root, 'repos/mine/profiles/desk'), join(root, 'etc/portage/make.profile'))
  })

  test('of a repository that everybody has is not looked at', () => assert.equal(why(), undefined))

  for (const path of ['/repos/mine/profiles/desk', '/etc/portage/profile'])
    test(`is read as the user's own: ${path}`, () => {
      put('CFLAGS=-O2\n', `${path}/profile.bashrc`)
      assert.equal(why(), undefined)
      put('[[ ${EBUILD_PHASE} == compile ]] && CFLAGS="-Os"\n', `${path}/profile.bashrc`)
      assert.match(
        why() ?? '',
        new RegExp(`^line 1 of ${path}/profile\\.bashrc may change what is built, unseen: it asks for EBUILD_PHASE`),
      )
      rmSync(join(root, path, 'profile.bashrc'))
      put('app-misc/hello x\n', `${path}/package.bashrc`)
      assert.equal(why(), `${path}/package.bashrc may change what is built`)
    })
})

test('whatever a file holds, reading it ends, and with what is not understood', () => {
  const words = fc.constantFrom(
    'if',
    'then',
    'fi',
    'case',
    'in',
    'esac',
    ';;',
    ')',
    '(',
    '{',
    '}',
    '[[',
    ']]',
    '&&',
    '\n',
    ';',
    'A=1',
    '$A',
    '"',
    "'",
    '!',
    '#',
    '\\',
    'x',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 5 })), { maxLength: 60 }), (all) => {
      const steps = bashSteps(all.join(' '))
      assert.ok(steps.slice(0, -1).filter((step) => step.does === 'more').length <= 1)
    }),
  )
})

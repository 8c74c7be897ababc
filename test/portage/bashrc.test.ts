/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { whyOfBashrc } from '../../src/portage/bashrc.ts'
import { HOOK_LINES, withBlock } from '../../src/portage/hookblock.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'standin-bashrc-'))))
afterEach(() => rmSync(root, { recursive: true }))

function put(text: string, path: string = '/etc/portage/bashrc'): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

const hooked = (text: string): string => withBlock(text, 'bashrc')

test('no bashrc, or a folder of that name, which Portage does not source either', () => {
  assert.equal(whyOfBashrc(root), undefined)
  mkdirSync(join(root, '/etc/portage/bashrc'), { recursive: true })
  assert.equal(whyOfBashrc(root), undefined)
})

describe('harmless', () => {
  const texts = [
    '',
    hooked(''),
    hooked('# not at EBUILD_PHASE=depend; post_src_install() { :; }\n'),
    hooked('export CFLAGS="-O2 -pipe" FOO=bar # EBUILD_PHASE\nlist=()\numask 022\n'),
    hooked('case ${CATEGORY}/${PN} in\napp-misc/hello) CFLAGS+=" -Os" ;;\nesac\n'),
    hooked('post_pkg_postinst_done=1\n'),
    `${hooked('')}\n# a word at its end\n${HOOK_LINES.join('\n')}\n`,
    hooked('source /etc/portage/mine\n. "/etc/portage/mine"\n'),
    hooked('source /etc/portage/is-not-there\n'),
  ]
  for (const text of texts)
    test(JSON.stringify(text.split('# >>>')[0]), () => {
      put('FOO=bar\n', '/etc/portage/mine')
      put(text)
      assert.equal(whyOfBashrc(root), undefined)
    })
})

describe('in doubt there is no recipe', () => {
  const texts: [string, RegExp][] = [
    [
      '[[ $EBUILD_PHASE == install ]] && :\n',
      /^line 1 of \/etc\/portage\/bashrc \(EBUILD_PHASE\) may change what is built in a later phase$/,
    ],
    ['\ncase ${EBUILD_PHASE_FUNC} in src_compile) CFLAGS+=" -Os" ;; esac\n', /^line 2 .*\(EBUILD_PHASE_FUNC\)/],
    ['[[ ${MISC_FUNCTIONS_ARGS} ]] || :\n', /MISC_FUNCTIONS_ARGS/],
    ['post_src_install() { :; }\n', /post_src_install/],
    ['for x in pre post; do declare -f ${x}_src_compile; done\n; pre_$x=1', /pre_\$x/],
    ['econf() { command econf --enable-x "$@"; }\n', /\(econf\(\)\)/],
    ['function emake { :; }\n', /function emake/],
    ['trap "echo x" EXIT\n', /\(trap\)/],
    ['true;eval "$(cat /x)"\n', /\(eval\)/],
    ['alias make=gmake\n', /\(alias\)/],
    ['for f in /etc/portage/bashrc.d/*.sh; do . "$f"; done\n', /^line 1 .* sources what can't be told from it \("\$f"\)$/],
    ['source /etc/portage/bashrc.d/*\n', /sources what can't be told/],
    ['[[ -r /etc/portage/mine ]] && source /etc/portage/mine\n', /^line 2 of \/etc\/portage\/mine \(EBUILD_PHASE\)/],
    ['source /etc/portage/round\n', /^\/etc\/portage\/round is sourced too deep/],
  ]
  for (const [text, why] of texts)
    test(text, () => {
      put('\necho $EBUILD_PHASE\n', '/etc/portage/mine')
      put('source /etc/portage/round\n', '/etc/portage/round')
      put(hooked(text))
      assert.match(whyOfBashrc(root) ?? '', why)
    })

  test('code that comes after the hook, which has told everything by then', () => {
    put(`${hooked('')}CFLAGS+=" -Os"\n`)
    assert.match(whyOfBashrc(root) ?? '', /^line 4 of \/etc\/portage\/bashrc may change what is built, unseen: move it above/)
  })

  test('a file that is too large', () => {
    put('#'.repeat(2 * 1024 * 1024))
    assert.throws(() => whyOfBashrc(root), HostError)
  })
})

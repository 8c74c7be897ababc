/**
 * Whatever ends a bashrc above the line of standin is found, and what only looks like it is not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HOOK_LINES, withBlock } from '../../src/portage/hookblock.ts'
import { hookReach, whyNotAsked } from '../../src/portage/hookreach.ts'
import { rootWith } from './tree.ts'

const RC = 'etc/portage/bashrc'
const hooked = (text: string): string => withBlock(text, 'bashrc')

describe('may end it', () => {
  const texts: readonly [string, number][] = [
    ['return\n', 1],
    ['A=1\n[[ -z ${EBUILD_PHASE} ]] && return 0\n', 2],
    ['case ${EBUILD_PHASE} in\n\tclean|setup) : ;;\n\t*) return ;;\nesac\n', 3],
    ['if true; then return; fi\n', 1],
    ['if true\nthen\n  :\nelse return\nfi\n', 4],
    ['for x in 1; do return; done\n', 1],
    ['{ return; }\n', 1],
    ['! true || exit 1\n', 1],
    ['builtin return\n', 1],
    ['\\return\n', 1],
    ['"return"\n', 1],
    ['A=1 B="x y" return 0\n', 1],
    ['2>/dev/null return\n', 1],
    ['eval "return 0"\n', 1],
    ['exec /bin/true\n', 1],
    ['true && \\\n  return\n', 2],
    ['[[ ${A} == "a # b" ]] && return # mine\n', 1],
    ['[[ ${A} == "a # b" ]] && return # mine, isn\'t it\n', 1],
    ['# one\n\nreturn;\n', 3],
    ['end() { return 1; }\n', 1],
  ]
  for (const [text, line] of texts)
    test(JSON.stringify(text), (t) => {
      const root = rootWith(t, { [RC]: hooked(text) })
      assert.deepEqual([hookReach(root).sourced, hookReach(root).end?.line], [true, line])
      assert.equal(whyNotAsked(root), `line ${line} of /etc/portage/bashrc may end it before the merge asks for the way`)
    })

  test('before the line of ours, on that line', (t) => {
    const root = rootWith(t, { [RC]: `[[ -z \${EBUILD_PHASE} ]] && return; ${HOOK_LINES[0]}\n` })
    assert.equal(hookReach(root).end?.line, 1)
  })

  test('in what is sourced: exit there, and return where our line is', (t) => {
    const own = `${HOOK_LINES.join('\n')}\n`
    const ends = rootWith(t, { [RC]: hooked('source /etc/mine\n'), 'etc/mine': ':\n[[ $A ]] && exit\n' })
    assert.deepEqual(hookReach(ends), { sourced: true, end: { path: '/etc/mine', line: 2, text: '[[ $A ]] && exit' } })
    const inside = rootWith(t, { [RC]: '. "/etc/mine"\n', 'etc/mine': `return 0\n${own}` })
    assert.deepEqual(hookReach(inside), { sourced: true, end: { path: '/etc/mine', line: 1, text: 'return 0' } })
  })
})

describe('does not', () => {
  const texts = [
    '',
    'export CFLAGS="-O2" returned=1 exit_code=0\n',
    '# return\n  # [[ x ]] && return "now"\n',
    'A=1 # && return\n',
    'echo return exit exec\n',
    'exec 3>/dev/null\nexec {fd}<>/tmp/x\n',
    'return_value=3; exit-status\n',
    'source /etc/mine\n',
    'source /etc/portage/bashrc\n',
    'source /etc/is-not-there\n',
    'for f in /etc/portage/bashrc.d/*.sh; do source "$f"; done\n',
  ]
  for (const text of texts)
    test(JSON.stringify(text), (t) => {
      const root = rootWith(t, { [RC]: `${hooked(text)}return\n`, 'etc/mine': '[[ ${EBUILD_PHASE} == setup ]] || return\nA=1\n' })
      assert.equal(whyNotAsked(root), undefined)
    })
})

test('no line of ours: no bashrc, another one, a comment, a folder', (t) => {
  for (const tree of [{}, { [RC]: 'A=1\n' }, { [RC]: '# source /usr/lib/standin/standin.bash\n' }, { [`${RC}/x`]: '' }])
    assert.equal(whyNotAsked(rootWith(t, tree)), 'the hook is off: /etc/portage/bashrc does not source standin')
})

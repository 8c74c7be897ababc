import assert from 'node:assert/strict'
import { test } from 'node:test'
import { doingOf, mergedOf, oursOf } from './phase.ts'

// Lines as emerge of Portage 3.0.83 writes them.
const LINES: readonly (readonly [string, string | undefined])[] = [
  ['>>> Emerging (1 of 1) app-misc/hello-2.10::gentoo', undefined],
  ['>>> Unpacking source...', 'unpacks'],
  ['>>> Source unpacked in /var/tmp/portage/app-misc/hello-2.10/work', undefined],
  ['>>> Configuring source in /var/tmp/portage/app-misc/hello-2.10/work/hello-2.10 ...', 'configures'],
  ['checking for gawk... gawk', undefined],
  ['>>> Compiling source in /var/tmp/portage/app-misc/hello-2.10/work/hello-2.10 ...', 'compiles'],
  ['>>> Install app-misc/hello-2.10 into /var/tmp/portage/app-misc/hello-2.10/image', 'makes the image'],
  ['>>> Installing (1 of 1) app-misc/hello-2.10::gentoo', 'merges'],
  ['>>> Completed (1 of 1) app-misc/hello-2.10::gentoo', 'has merged'],
]
for (const [line, doing] of LINES) {
  test(`${doing ?? 'nothing new'}: ${line.slice(0, 40)}`, () => assert.equal(doingOf(line), doing))
}

test('a line of ours is known with and without colour, and one of Portage is not taken for it', () => {
  assert.equal(oursOf(' * standin: a/b-1: can be used now'), 'standin: a/b-1: can be used now')
  assert.equal(oursOf(' \u001b[32;01m*\u001b[39;49;00m standin: a/b-1: purged\r'), 'standin: a/b-1: purged')
  assert.equal(oursOf(' \u001b[32m*\u001b[0m Final size of build directory: 4728 KiB'), undefined)
  assert.equal(oursOf('gcc -DNAME="standin: x"'), undefined)
})

test('all that was merged is found, in order', () => {
  const output = '>>> Completed (1 of 2) sys-libs/readline-8.2::gentoo\r\n...\r\n>>> Completed (2 of 2) dev-lang/lua-5.4.4::gentoo\r\n'
  assert.deepEqual(mergedOf(output), ['sys-libs/readline-8.2', 'dev-lang/lua-5.4.4'])
})

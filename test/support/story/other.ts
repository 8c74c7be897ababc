/**
 * Another package that brings a name of a stand-in: it is merged while the emerge that the stand-in is for is held at compile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import type { Ended, Started } from '../host/enter.ts'
import { type Consumer, USABLE } from './consumer.ts'
import { hold, letGo, reached, UNHELD } from './gate.ts'

export const PROBE = 'test-misc/probe'
const WORD = '/usr/share/probe/word'
const OTHER = 'test-misc/other'

const ebuildOf = (word: string): string => `# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Brings a file of test-misc/probe"
HOMEPAGE="https://example.org/"
S="\${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_install() {
	insinto /usr/share/probe
	echo "from other" | newins - ${word}
}
`

export interface Beside {
  /** The environment of the second emerge. */
  readonly env: Readonly<Record<string, string>>
  /** What the other package brings below /usr/share/probe. */
  readonly word?: string
  /** Before the first emerge goes on. */
  readonly between?: () => Promise<unknown>
}

/** The first emerge stands at compile beside its stand-in; the second one merges the other package. */
export async function mergeOther(consumer: Consumer, { env, word = 'word', between }: Beside): Promise<{ first: Started; second: Ended }> {
  const { host } = consumer
  host.write(`/var/db/repos/gentoo/${OTHER}/other-1.ebuild`, ebuildOf(word))
  hold(host, 'compile')
  const first = await consumer.emerge(PROBE)
  await first.waitFor(USABLE)
  await reached(host, 'compile')
  const second = await host.start(['emerge', '--color=n', OTHER], { pty: true, env: { NO_COLOR: '1', ...UNHELD, ...env } })
  const ended = { ...(await second.exited), stdout: second.output() }
  await between?.()
  return { first, second: ended }
}

/** The first emerge goes on to its merge, which Portage refuses; nothing of the other package is touched. */
export async function isRefused({ host }: Consumer, first: Started, stoodIn = true): Promise<void> {
  letGo(host, 'compile')
  assert.equal((await first.exited).exitCode, 1, first.output())
  assert.equal(/\/usr\/share\/probe\/word stays: test-misc\/other-1 owns it now/.test(first.output()), stoodIn, first.output())
  assert.match(first.output(), /Package 'test-misc\/probe-1' NOT merged due to file collisions/)
  assert.match(first.output(), /test-misc\/other-1:0::gentoo/)
  assert.equal(host.read(WORD), 'from other\n')
  assert.ok(!host.exists('/usr/bin/probe'))
  await host.emerge(['--unmerge', '--quiet', OTHER])
  assert.ok(!host.exists(WORD))
}

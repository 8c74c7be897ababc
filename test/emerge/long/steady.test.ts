/**
 * What a bashrc may ask for without a build being another one unseen is the same in each phase of a real emerge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { STEADY } from '../../../src/portage/bashrc.ts'
import type { Host } from '../../support/host/host.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'

const SEEN = '/var/tmp/portage/seen'

let network: Network
let host: Host
before(async () => {
  network = await createNetwork({ name: 'steady' })
  host = await network.createHost({ name: 'alpha' })
})
after(() => network.close())

test('each of them, from the first phase to the last', async () => {
  host.write(
    '/etc/portage/bashrc',
    `if [[ \${EBUILD_PHASE} != depend ]]; then
	for steady in ${[...STEADY].join(' ')} HOSTNAME; do
		( umask 0; printf '%s %s=%s\\n' "\${EBUILD_PHASE} \${MISC_FUNCTIONS_ARGS// /,}" "\${steady}" "\${!steady}" >> ${SEEN} ) 2>/dev/null
	done
	unset steady
fi
`,
  )
  host.write(SEEN, '', 0o666)
  await host.emerge(['--oneshot', 'test-misc/flags'])
  const lines = host.read(SEEN).trim().split('\n')
  const phases = new Set(lines.map((line) => line.split(' ')[0]))
  for (const phase of ['clean', 'setup', 'compile', 'install', 'preinst', 'postinst']) assert.ok(phases.has(phase), [...phases].join(' '))
  const values = Map.groupBy(lines, (line) => line.slice(line.indexOf(' ', line.indexOf(' ') + 1) + 1).split('=')[0] ?? '')
  const changing = [...values].filter(([, all]) => new Set(all.map((line) => line.slice(line.indexOf('=')))).size > 1)
  assert.deepEqual(
    changing.map(([name]) => name),
    ['HOSTNAME'],
    'what is known to change shows that a change is seen',
  )
  assert.deepEqual(new Set(values.keys()), new Set([...STEADY, 'HOSTNAME']))
})

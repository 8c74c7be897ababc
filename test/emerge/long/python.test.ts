/**
 * On a host whose `python3` has no Portage, as after `eselect python` has named one that Portage is not built for, everything is as it was; where no
 * Python has it, that is said instead of "switched off".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Host } from '../../support/host/host.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { startDaemon } from '../../support/standin/daemon.ts'
import { installStandin } from '../../support/standin/install.ts'

/** Portage's programs as python-exec has them: one script for each Python that they are built for, and a wrapper that chooses. `-S` stands for a Python that has no Portage. */
const PYTHON_EXEC = `set -e
real=$(readlink -f /usr/bin/python3)
own=/usr/lib/python-exec/\${real##*/}
mkdir -p $own
for name in emerge portageq ebuild; do
	sed "1s,.*,#!$real," /usr/bin/$name > $own/$name
	chmod 755 $own/$name
	rm /usr/bin/$name
	printf '#!/bin/sh\\nexec %s "$@"\\n' $own/$name > /usr/bin/$name
	chmod 755 /usr/bin/$name
done
for script in $(grep -rlI -m1 '^#!/usr/bin/env python' /usr/lib/portage /usr/sbin); do
	sed -i "1s,.*,#!$real," $script
done
rm /usr/bin/python3
printf '#!/bin/sh\\nexec %s -S "$@"\\n' $real > /usr/bin/python3
chmod 755 /usr/bin/python3
`

let network: Network
let host: Host
before(async () => {
  network = await createNetwork({ name: 'python' })
  host = await network.createHost({ name: 'alpha' })
  await installStandin(host, { features: 'publish' })
  await host.run(['sh', '-c', PYTHON_EXEC])
})
after(() => network.close())

const outcome = async (words: readonly string[]): Promise<string> => {
  const { stdout, stderr } = await host.run(['standin', '--color=no', ...words], { check: false })
  return stdout + stderr
}

test('python3 without Portage changes nothing, and without any that has it, that is said', async () => {
  const { exitCode, stderr } = await host.run(['python3', '-I', '-c', 'import portage'], { check: false })
  assert.ok(exitCode === 1 && stderr.includes('ModuleNotFoundError'), stderr)
  const daemon = await startDaemon(host)
  await host.emerge(['--oneshot', 'test-misc/probe'])
  await daemon.waitFor(/^test-misc\/probe-1: published /m)
  assert.match(await outcome(['status']), /^switched on +publish$/m)
  assert.match(await outcome(['doctor']), /^\[ ok \] Portage +3\./m)

  await host.run(['sh', '-c', 'rm -r /usr/lib/python-exec/*/portageq'])
  host.write('/etc/portage/make.conf', `${host.read('/etc/portage/make.conf')}# what was known of it is asked again\n`)
  await host.emerge(['--oneshot', 'test-misc/probe'])
  assert.match(await outcome(['status']), /^switched on +unknown$/m)
  assert.match(await outcome(['status']), /no Python here has the modules of Portage \(python3: ModuleNotFoundError: /)
  assert.match(await outcome(['doctor']), /Portage +no Python here has the modules of Portage .* -- let `eselect python` name /)
  assert.match(daemon.output(), /^no Python here has .*: everything counts as switched off$/m)
})

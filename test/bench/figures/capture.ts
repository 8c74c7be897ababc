/**
 * How long a merge of 1,000 files waits at the moment of purge, on a host that publishes: from bash's question to its answer.
 *
 * The anchor links the same image as GNU cp does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { startDaemon } from '../../support/standin/daemon.ts'
import { installStandin } from '../../support/standin/install.ts'
import { figureOf } from '../figure.ts'
import type { Measure } from '../measure.ts'

const MANY = 'test-misc/many'
const TOLD = '/tmp/asked'

const HOOK = '/usr/lib/standin/standin.bash'

/** The clock before the hook and after it; in between lies all that standin does at this moment. */
const BEFORE = 'bench_began=${EPOCHREALTIME}\n'
const AFTER = `
if [[ " \${MISC_FUNCTIONS_ARGS} " == *" preinst_mask "* ]]; then
	printf '%s %s ' "\${bench_began}" "\${EPOCHREALTIME}" > ${TOLD}
	bench_began=\${EPOCHREALTIME}
	cp -al "\${D%/}" "\${PORTAGE_BUILDDIR}/linked"
	printf '%s %s\\n' "\${bench_began}" "\${EPOCHREALTIME}" >> ${TOLD}
	rm -r "\${PORTAGE_BUILDDIR}/linked"
fi
unset bench_began
`

export const capture: Measure = async ({ network, runs: count, tell }) => {
  const host = await network.createHost({ name: 'alpha', makeConf: { MANY_FILES: '1000' } })
  await installStandin(host, { features: 'publish' })
  const daemon = await startDaemon(host)
  host.write(HOOK, `${BEFORE}${host.read(HOOK)}${AFTER}`)
  const ours: number[] = []
  const anchor: number[] = []
  for (let run = 0; run <= count(7); run += 1) {
    tell(`run ${run}`)
    await host.emerge(['--oneshot', MANY])
    const [asked = NaN, answered = NaN, began = NaN, ended = NaN] = host.read(TOLD).split(' ').map(Number)
    await daemon.waitFor(new RegExp(`(?:: published [^]*?){${run + 1}}`))
    if (run === 0) continue
    ours.push((answered - asked) * 1000)
    anchor.push((ended - began) * 1000)
  }
  return [figureOf('capture', 'ms', ours, anchor)]
}

/**
 * From the moment that Portage asks to the output of a 2 MB package's program, beside `emerge -K` of a binary package that somebody made before.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { cpSync } from 'node:fs'
import { HostError } from '../../../src/base/errors.ts'
import { wantToRun as wait } from '../../demo/want.ts'
import { keyIdOf, policyNaming } from '../../support/standin/ask.ts'
import { append } from '../../support/standin/built.ts'
import { restartDaemon, startDaemon } from '../../support/standin/daemon.ts'
import { installStandin } from '../../support/standin/install.ts'
import { PROFILE_BASHRC } from '../../support/story/gate.ts'
import { figureOf } from '../figure.ts'
import type { Measure } from '../measure.ts'
import { alternate } from '../runs.ts'

const BIG = 'test-misc/big'
const MEGABYTES = { makeConf: { BIG_MEGABYTES: '2' } }
const PKGDIR = '/var/cache/binpkgs'
const CLEAN = '/tmp/clean'

/** The bashrc of the profile reads the clock right before the hook does. */
const READ_THE_CLOCK = `[[ \${EBUILD_PHASE} == clean && ! -e ${CLEAN} ]] && printf %s "\${EPOCHREALTIME}" > ${CLEAN}\n`

export const wantToRun: Measure = async ({ network, runs: count, tell }) => {
  const alpha = await network.createHost({ name: 'alpha', ...MEGABYTES })
  const beta = await network.createHost({ name: 'beta', ...MEGABYTES })
  const gamma = await network.createHost({ name: 'gamma', ...MEGABYTES })
  await installStandin(alpha, { features: 'publish' })
  const giver = await startDaemon(alpha)
  await installStandin(beta, { features: 'install', policy: policyNaming(keyIdOf(alpha)) })
  let taker = await startDaemon(beta)
  append(beta, PROFILE_BASHRC, READ_THE_CLOCK)
  await alpha.emerge([BIG])
  await giver.waitFor(/test-misc\/big-\S+: published/)
  await alpha.run(['quickpkg', BIG])
  cpSync(alpha.path(PKGDIR), gamma.path(PKGDIR), { recursive: true })

  /** The same, from the command line on: what Portage does before it asks is in it, as it is in the anchor. */
  const typed: number[] = []
  const runs = await alternate(
    count(7),
    {
      async ours() {
        // Nothing of an earlier run is remembered: neither who has the package nor what it needs.
        taker = await restartDaemon(beta, taker)
        await beta.run(['rm', '-f', CLEAN])
        const ran = await wait(beta, 'nobody', ['big'], 120)
        const began = Date.now() / 1000
        const emerging = beta.emerge(['--oneshot', BIG])
        const { at, said } = await ran()
        if (Number(said) < 2_000_000) throw new HostError('BAD_STATE', `big said ${said}: not all of it was there`)
        const seconds = at - Number(beta.read(CLEAN))
        typed.push(at - began)
        await emerging
        await beta.emerge(['--unmerge', '--quiet', BIG])
        return seconds
      },
      async anchor() {
        const { seconds } = await gamma.emerge(['--oneshot', '--usepkgonly', BIG])
        await gamma.emerge(['--unmerge', '--quiet', BIG])
        return seconds
      },
    },
    (done) => tell(`run ${done}`),
  )
  return [
    figureOf('want-to-run', 's', runs.ours, runs.anchor),
    figureOf('want-to-run-typed', 's', typed.slice(-runs.ours.length), runs.anchor),
  ]
}

/**
 * What an emerge takes longer with the hook on, where nobody offers anything: the price that everybody pays for every package.
 *
 * Off is a host without the hook in its bashrc. The daemon runs all the time; the package has nothing to build, so that what is added shows most.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { startDaemon } from '../../support/standin/daemon.ts'
import { installStandin } from '../../support/standin/install.ts'
import { type Figure, figureOf } from '../figure.ts'
import type { Bench, Measure } from '../measure.ts'
import { alternate } from '../runs.ts'

const NOTHING = 'test-misc/nothing'
const BASHRC = '/etc/portage/bashrc'

export const hookOverhead: Measure = (bench) => overhead(bench, 'hook-overhead', 'install')

/** The same for somebody who publishes: the archive is made beside the end of the emerge. */
export const hookOverheadPublish: Measure = (bench) => overhead(bench, 'hook-overhead-publish', 'install publish')

async function overhead(bench: Bench, name: string, features: string): Promise<readonly Figure[]> {
  const host = await bench.network.createHost({ name: 'alpha' })
  await installStandin(host, { features })
  const daemon = await startDaemon(host)
  const hooked = host.read(BASHRC)
  let published = 0

  const emerge = async (bashrc: string): Promise<number> => {
    host.write(BASHRC, bashrc)
    const { seconds } = await host.emerge(['--oneshot', NOTHING])
    return seconds
  }
  /** What goes on after an emerge must not fall into the next one; and a package that is installed would not be looked for. */
  const settle = async (): Promise<void> => {
    await host.emerge(['--unmerge', '--quiet', NOTHING])
  }
  const runs = await alternate(
    bench.runs(15),
    {
      async ours() {
        const seconds = await emerge(hooked)
        if (features.includes('publish')) await daemon.waitFor(new RegExp(`(?:: published [^]*?){${(published += 1)}}`))
        await settle()
        return seconds
      },
      async anchor() {
        const seconds = await emerge('')
        await settle()
        return seconds
      },
    },
    (done) => bench.tell(`run ${done}`),
  )
  return [figureOf(name, 's', runs.ours, runs.anchor)]
}

/**
 * Records two terminals of one host while it emerges: that of the person who types `emerge`, and that of another who runs the program meanwhile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Started } from '../../support/host/enter.ts'
import type { Host } from '../../support/host/host.ts'
import type { Network } from '../../support/host/network.ts'
import { castOf, SECOND_PERSON, TALK } from '../cast.ts'

export interface Written {
  /** Seconds since `emerge` and Enter. */
  readonly at: number
  /** One line as it came, with all that steers a terminal. */
  readonly line: string
}

export interface Recording {
  readonly emerge: readonly Written[]
  readonly other: readonly Written[]
}

const LONGEST_BUILD_SECONDS = 300
const COLUMNS = 120

/** The prompts of a Gentoo shell. */
const ROOT = String.raw`\[\e[01;31m\]\h\[\e[01;34m\] \w #\[\e[00m\] `
const PERSON = String.raw`\[\e[01;32m\]\u@\h\[\e[01;34m\] \w \$\[\e[00m\] `
// oxlint-disable-next-line no-control-regex -- the end of a prompt is a colour
const PROMPT = /[#$]\u001b\[00m $/
// The word on the own build may come before the prompt or below it.
// oxlint-disable-next-line no-control-regex -- see above
const BACK = />>> Completed [^]*[#$]\u001b\[00m /

/** Plays it on hosts of `network`, which the caller closes. Errors: HostError of whatever did not happen. */
export async function record(network: Network, wanted: string, command: string, says: RegExp): Promise<Recording> {
  const { first, second } = await castOf(network, wanted)
  await first.host.emerge([wanted])
  await first.daemon.waitFor(/: published/)
  const { host } = second
  host.write(`${TALK}/go-on`, '') // nothing is held here: the times are those of a host in use
  const emerge = await shellOn(host, ROOT, { cwd: '/home/bert' })
  const other = await shellOn(host, PERSON, { cwd: `/home/${SECOND_PERSON}`, user: SECOND_PERSON })

  const began = performance.now()
  const recording = { emerge: following(emerge, began), other: following(other, began) }
  emerge.write(`emerge ${wanted}\n`)
  await emerge.waitFor(/can be used now[^\n]*\n/, LONGEST_BUILD_SECONDS)
  other.write(`${command}\n`)
  await other.waitFor(says)
  await emerge.waitFor(/your own build (?:agrees|differs)[^\n]*\n/i, LONGEST_BUILD_SECONDS)
  await emerge.waitFor(BACK)
  other.write(`${command}\n`)
  await other.waitFor(new RegExp(`${says.source}[^]*${says.source}`))
  for (const shell of [emerge, other]) {
    shell.write('exit\n')
    await shell.exited
  }
  return recording
}

/** A shell whose first prompt is there; nothing of how it was begun is seen on its terminal. */
async function shellOn(host: Host, prompt: string, options: { cwd: string; user?: string }): Promise<Started> {
  // The kernel's own console: its sequences are the simplest of those that have colours.
  const env = { TERM: 'linux', PS1: prompt, HOME: options.cwd }
  const shell = await host.start(['sh', '-c', `stty cols ${COLUMNS} rows 50; exec bash --noprofile --norc -i`], {
    ...options,
    pty: true,
    env,
  })
  await shell.waitFor(PROMPT)
  return shell
}

function following(shell: Started, began: number): Written[] {
  const written: Written[] = []
  const follow = async (): Promise<void> => {
    for await (const line of shell.lines()) written.push({ at: (performance.now() - began) / 1000, line })
  }
  void follow()
  return written
}

/**
 * Hands one line to the warden over its control socket and waits, within a bound, for the answer; it never throws and never prints.
 *
 * The way for lines that are too long for one atomic write to a FIFO, and for the moments that wait. Imports no package: Node's start is all it costs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { connect } from 'node:net'

/** Resolves with the warden's last word (`done`, `usable`, `nothing`, ...) or undefined when nobody answered in time. */
export function tell(socketPath: string, line: string, seconds: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  let answer = ''
  const socket = connect(socketPath, () => socket.write(`${JSON.stringify({ t: 'moment', line })}\n`))
  const timer = setTimeout(() => socket.destroy(), seconds * 1000)
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    answer += text
    if (answer.includes('\n') || answer.length > 1000) socket.destroy()
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    clearTimeout(timer)
    resolve(/^\{"t":"word","word":"([a-z]+)"\}\n/.exec(answer)?.[1])
  })
  return promise
}

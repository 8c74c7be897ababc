/**
 * Hands one line to the warden over its control socket and waits, within a bound, for the answer; it never throws and never prints.
 *
 * The way for lines that are too long for one atomic write to a FIFO, and for the moments that wait. Imports no package: Node's start is all it costs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'

/** Said at once, where the last word may take longer. */
const TAKEN = '{"t":"word","word":"taken"}\n'

/**
 * `run` is /run/standin. Resolves with the warden's last word (`done`, `usable`, `unknown`, ...) or undefined when nobody said it in time: within `seconds`,
 * or within `longer` once it has said that it heard.
 */
export function tell(run: string, line: string, seconds: number, longer = seconds): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  let answer = ''
  const socket = connect(join(run, 'control.sock'), () => socket.write(`${JSON.stringify({ t: 'moment', line })}\n`))
  let timer = setTimeout(() => {
    markSilent(run)
    socket.destroy()
  }, seconds * 1000)
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    answer += text
    if (answer.startsWith(TAKEN)) {
      answer = answer.slice(TAKEN.length)
      clearTimeout(timer)
      timer = setTimeout(() => socket.destroy(), longer * 1000)
    }
    if (answer.includes('\n') || answer.length > 1000) socket.destroy()
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    clearTimeout(timer)
    resolve(/^\{"t":"word","word":"([a-z]+)"\}\n/.exec(answer)?.[1])
  })
  return promise
}

/** Until the warden wakes up and removes it bash asks it for nothing more. */
function markSilent(run: string): void {
  try {
    writeFileSync(join(run, 'silent'), '')
  } catch {
    // The folder is gone, and bash goes by itself then.
  }
}

/**
 * Keeps what a program writes, in order, and tells whoever waits for a line as soon as it is there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError } from '../../../src/base/errors.ts'

export interface Transcript {
  push(chunk: Uint8Array): void
  /** No more will come; waiters for what never came are told so. */
  end(): void
  text(): string
  /** The first match of `pattern` in all that was written or will be. Errors: HostError TIMED_OUT, or PROGRAM_FAILED at the end. */
  waitFor(pattern: RegExp, timeoutSeconds?: number): Promise<RegExpMatchArray>
  /** Every line, those already written first, until the end. */
  lines(): AsyncGenerator<string, void>
}

const DEFAULT_TIMEOUT_SECONDS = 120

export function transcript(name: string): Transcript {
  const decoder = new TextDecoder()
  const listeners = new Set<() => void>()
  let text = ''
  let ended = false
  const wake = (): void => {
    for (const listener of listeners) listener()
  }
  const change = (): Promise<void> =>
    new Promise((resolve) => {
      const listener = (): void => {
        listeners.delete(listener)
        resolve()
      }
      listeners.add(listener)
    })
  return {
    push(chunk) {
      text += decoder.decode(chunk, { stream: true })
      wake()
    },
    end() {
      ended = true
      wake()
    },
    text: () => text,
    waitFor(pattern, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS) {
      return new Promise((resolve, reject) => {
        const settle = (): boolean => {
          const match = text.match(pattern)
          if (match !== null) resolve(match)
          else if (ended) reject(new HostError('PROGRAM_FAILED', `${name} ended without ${pattern}; it wrote: ${text.slice(-2000)}`))
          else return false
          return true
        }
        if (settle()) return
        const timer = setTimeout(() => {
          listeners.delete(listener)
          reject(new HostError('TIMED_OUT', `${name} did not write ${pattern} in ${timeoutSeconds} s; it wrote: ${text.slice(-2000)}`))
        }, timeoutSeconds * 1000)
        const listener = (): void => {
          if (!settle()) return
          clearTimeout(timer)
          listeners.delete(listener)
        }
        listeners.add(listener)
      })
    },
    async *lines() {
      for (let at = 0; ;) {
        for (let end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
          yield text.slice(at, end).replace(/\r$/, '')
          at = end + 1
        }
        if (ended) {
          if (at < text.length) yield text.slice(at)
          return
        }
        await change()
      }
    },
  }
}

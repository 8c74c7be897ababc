/**
 * The warden's only door for requests: a Unix socket of root's, 0600, where each client asks once, within bounds, and is answered or dropped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { StandinError } from '../base/errors.ts'
import { lineCutter } from '../base/lines.ts'
import { checkJson } from '../base/schema.ts'
import { type Answer, MAX_REQUEST_BYTES, type Request, request } from './controlWire.ts'

/** Clients that may be connected at once, and how long one may take to ask. */
const MAX_CLIENTS = 64
const SECONDS_TO_ASK = 5

/** What may wait for a client that does not read; an answer more than that is left out, for a watcher that goes on later the next one says the same. */
const MAX_UNREAD_BYTES = 1024 * 1024

/** Answers one request: any number of lines through `send`, until the promise settles or the client goes (`signal`). */
export type Responder = (asked: Request, send: (line: Answer) => void, signal: AbortSignal) => Promise<void>

/** Listens at `path`. The folder above it must be root's alone, since the socket is made before its mode can be set. */
export function openControl(path: string, respond: Responder, log: (line: string) => void): Promise<Server> {
  rmSync(path, { force: true })
  const server = createServer((socket) => serve(socket, respond, log))
  server.maxConnections = MAX_CLIENTS
  const { promise, resolve, reject } = Promise.withResolvers<Server>()
  server.once('error', reject)
  server.listen(path, () => {
    chmodSync(path, 0o600)
    server.off('error', reject)
    server.on('error', (error) => log(`control: ${error.message}`))
    resolve(server)
  })
  return promise
}

function serve(socket: Socket, respond: Responder, log: (line: string) => void): void {
  const gone = new AbortController()
  const cutter = lineCutter(MAX_REQUEST_BYTES)
  let asked = false
  socket.setTimeout(SECONDS_TO_ASK * 1000, () => {
    if (!asked) socket.destroy()
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => gone.abort())
  socket.on('data', (chunk: Buffer) => {
    if (asked) return
    try {
      const line = cutter.push(chunk)[0]
      if (line === undefined) return
      asked = true
      const send = (said: Answer): void => {
        if (socket.writableLength < MAX_UNREAD_BYTES) socket.write(`${JSON.stringify(said)}\n`)
      }
      void answerOne(line, respond, send, gone.signal, log).finally(() => socket.end())
    } catch (error) {
      log(`control: ${String(error)}`)
      socket.destroy()
    }
  })
}

async function answerOne(
  line: string,
  respond: Responder,
  send: (line: Answer) => void,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  try {
    await respond(checkJson(request, line, 'request', MAX_REQUEST_BYTES), send, signal)
  } catch (error) {
    const code = error instanceof StandinError ? error.code : 'IO'
    const message = error instanceof Error ? error.message : String(error)
    log(`control: ${code}: ${message}`)
    send({ t: 'error', code, message: message.replaceAll(/[^\u0020-\u007e]/g, '?').slice(0, 5000) })
  }
}

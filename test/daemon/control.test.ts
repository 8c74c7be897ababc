/**
 * The control socket holds little for a client that does not read, however much it is sent, and such a client is shown what is new when it reads on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openControl } from '../../src/daemon/control.ts'
import type { Answer } from '../../src/daemon/controlWire.ts'
import { atEnd } from '../support/atEnd.ts'

/** 4 KB, numbered. */
const update = (at: number): Answer => ({ t: 'purged', lines: ['y'.repeat(4000)], failed: at })

test('a watcher that does not read is held little for, and hears what is new when it reads on', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'standin-control-'))
  atEnd(t, () => rmSync(folder, { recursive: true }))
  const path = join(folder, 'control.sock')
  const sent = { many: 0 }
  const server = await openControl(
    path,
    async (_asked, send, signal) => {
      while (!signal.aborted) {
        for (let one = 0; one < 50; one++) send(update((sent.many += 1)))
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    () => undefined,
  )
  atEnd(t, () => void server.close())
  const connected = Promise.withResolvers<Socket>()
  server.once('connection', connected.resolve)
  const client = connect(path)
  atEnd(t, () => client.destroy())
  client.write('{"t":"watch"}\n')
  client.pause()
  const served = await connected.promise
  let most = 0
  while (sent.many < 10_000) {
    await new Promise((resolve) => setImmediate(resolve))
    most = Math.max(most, served.writableLength)
  }
  assert.ok(most < 1_100_000, `${most} bytes of 40 MB were held`)
  const before = sent.many
  let text = ''
  let newest = 0
  client.setEncoding('utf8').on('data', (chunk: string) => {
    text = `${text}${chunk}`.slice(-20_000)
    newest = Number(/"failed":(\d+)\}\n/.exec(text.slice(text.lastIndexOf('"failed"')))?.[1] ?? newest)
    if (newest > before) client.emit('new')
  })
  client.resume()
  await once(client, 'new')
  assert.ok(!served.destroyed)
})

/**
 * Who is accused of a wrong piece, and who is not: held against webtorrent's own events, with the pieces in the states that it leaves them in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { judgePieces } from '../../src/swarm/judge.ts'

type Step = readonly [who: string, index: number] | 'right' | 'wrong'

const cases: readonly { readonly what: string; readonly steps: readonly Step[]; readonly verdicts: readonly string[] }[] = [
  { what: 'one sender of a wrong piece', steps: [['a', 0], ['a', 0], 'wrong'], verdicts: ['a'] },
  { what: 'one sender of a right piece', steps: [['a', 0], 'right'], verdicts: [] },
  { what: 'two senders of a wrong piece', steps: [['a', 0], ['b', 0], 'wrong'], verdicts: ['mixed'] },
  { what: 'a sender of another piece', steps: [['a', 0], ['b', 1], 'wrong'], verdicts: ['a'] },
  { what: 'a wrong piece that is right the second time', steps: [['a', 0], 'wrong', ['b', 0], 'right'], verdicts: ['a'] },
  { what: 'a piece that is wrong twice', steps: [['a', 0], ['b', 0], 'wrong', ['b', 0], 'wrong'], verdicts: ['mixed', 'b'] },
  { what: 'a sender of a piece that does not exist', steps: [['a', 0], ['b', 7], ['b', -1], 'wrong'], verdicts: ['a'] },
]

for (const { what, steps, verdicts } of cases) {
  test(`${what}: ${verdicts.join(', ') || 'nobody'}`, () => {
    const pieces: ({ missing: number; length: number } | null)[] = [0, 1].map(() => ({ missing: 100, length: 100 }))
    const torrent = Object.assign(new EventEmitter(), { pieces })
    const judge = judgePieces(torrent)
    const heard: string[] = []
    judge.listen({ onLiar: (source) => heard.push(source), onMixed: () => heard.push('mixed') })
    const wires = new Map<string, EventEmitter>()
    for (const step of steps) {
      if (step === 'wrong') {
        pieces[0] = { missing: 100, length: 100 }
        torrent.emit('warning', new Error('a piece'))
      } else if (step === 'right') {
        pieces[0] = null
        torrent.emit('verified', 0)
      } else {
        const [who, index] = step
        const wire = wires.get(who) ?? new EventEmitter()
        if (!wires.has(who)) judge.watch(wire, who)
        wires.set(who, wire)
        const piece = pieces[index]
        if (piece !== null && piece !== undefined) piece.missing -= 10
        wire.emit('piece', index)
      }
    }
    assert.deepEqual(heard, verdicts)
  })
}

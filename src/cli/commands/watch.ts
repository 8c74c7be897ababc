/**
 * `standin status --watch`: live transfers with their progress, redrawn on a terminal, one line a change anywhere else, until Ctrl-C or for as long as somebody reads.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { UserError } from '../../base/errors.ts'
import { isOver } from '../../daemon/dispute.ts'
import type { Transfer } from '../../daemon/peerWire.ts'
import { follow } from '../ask.ts'
import { doorOf } from '../daemonOr.ts'
import type { StatusDocument } from '../documents.ts'
import { EXIT } from '../exit.ts'
import type { Output } from '../output.ts'
import { liveLine, transferLine } from '../standinLines.ts'
import { fitted, type Line, paint, type Span } from '../text.ts'
import { counted, size } from '../../base/units.ts'
import type { World } from '../world.ts'
import { fromAnswer } from './status.ts'

/** Ends by Ctrl-C, once its reader is gone, or with UserError NO_DAEMON when the daemon goes. */
export async function watch(world: World, out: Output): Promise<number> {
  const show = out.json ? out.document : world.stdout.isTerminal ? redrawer(world, out) : reporter(out)
  const gone = world.readerGone()
  const door = { ...doorOf(world), signal: AbortSignal.any([world.signal, gone]) }
  try {
    for await (const answer of follow(door, { t: 'watch' }, 'status')) show(fromAnswer(answer), world.now())
  } catch (error) {
    if (!gone.aborted) throw error
  }
  world.signal.throwIfAborted()
  if (gone.aborted) return EXIT.ok
  throw new UserError('NO_DAEMON', 'the daemon has ended')
}

/** One line for each update that says something else than the one before. */
function reporter(out: Output): (status: StatusDocument) => void {
  let last = ''
  return (status) => {
    const line = summaryLine(status)
    const text = paint(line, false)
    if (text !== last) out.lines([line])
    last = text
  }
}

export function summaryLine({ live, transfers }: StatusDocument): Line {
  const moving = transfers.map((one): Line => ['; ', ...transferLine(one)])
  return [`${counted(live.length, 'stand-in')} live`, ...(moving.length === 0 ? ['; no transfer'] : moving.flat())]
}

function redrawer(world: World, out: Output): (status: StatusDocument, now: number) => void {
  let drawn = 0
  return (status, now) => {
    const { columns, rows } = world.stdout.size()
    const lines = withinRows(renderWatch(status, now), rows - 1).map((line) => fitted(line, columns - 1))
    // Up to the first line drawn before, and all from there on gone (ECMA-48 CUU and ED).
    const back = drawn === 0 ? '' : `\u001b[${drawn}A`
    world.stdout.write(`${back}\r\u001b[J${lines.map((line) => `${paint(line, out.colour)}\n`).join('')}`)
    drawn = lines.length
  }
}

function withinRows(lines: readonly Line[], rows: number): readonly Line[] {
  if (lines.length <= rows) return lines
  const room = Math.max(0, rows - 1)
  return [...lines.slice(0, room), [`and ${lines.length - room} more`]]
}

export function renderWatch({ live, transfers, disputes: all }: StatusDocument, now: number): Line[] {
  const disputes = all.filter((one) => !isOver(one))
  const downs = transfers.filter(({ direction }) => direction === 'down')
  const ups = transfers.filter(({ direction }) => direction === 'up')
  return [
    [{ tone: 'label', text: 'transfers' }, `  ${downs.length} down, ${ups.length} up`],
    ...[...downs, ...ups].map(progressLine),
    [{ tone: 'label', text: 'stand-ins' }, `  ${live.length} live`],
    ...live.map((one): Line => ['  ', ...liveLine(one, now)]),
    ...(disputes.length === 0 ? [] : [[{ tone: 'bad', text: `${counted(disputes.length, 'dispute')}: standin status` } as const]]),
  ]
}

const BAR = 20

function progressLine(one: Transfer): Line {
  const rate = `${size(one.bytesPerSecond)}/s, ${counted(one.peers, 'peer')}`
  const name: Span = { tone: 'package', text: one.name }
  if (one.direction === 'up') return ['  ', { tone: 'label', text: 'up'.padEnd(BAR + 7) }, ' ', name, `  ${size(one.bytes)}, ${rate}`]
  const share = one.total === 0 ? 0 : Math.min(1, one.bytes / one.total)
  const done = Math.floor(share * BAR)
  const bar = `${'='.repeat(done)}${done < BAR ? '>' : ''}`.padEnd(BAR)
  const percent = `${Math.floor(share * 100)} %`.padStart(5)
  return ['  [', { tone: 'good', text: bar }, `]${percent} `, name, `  ${size(one.bytes)} of ${size(one.total)}, ${rate}`]
}

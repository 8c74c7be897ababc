/**
 * How a package, a live stand-in, a build and a transfer look on one line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { LiveStandin } from '../daemon/controlWire.ts'
import type { Transfer } from '../daemon/peerWire.ts'
import type { Named } from './atoms.ts'
import type { ListedBuild } from './documents.ts'
import type { Line, Span } from './text.ts'
import { ago, counted, size } from '../base/units.ts'

/** `cat/pkg-1.2:0::gentoo`, as emerge writes it. */
export function packageName({ cpv, slot, repository }: Named): string {
  return `${cpv}${slot === '' ? '' : `:${slot}`}${repository === '' ? '' : `::${repository}`}`
}

export function packageSpan(named: Named): Span {
  return { tone: 'package', text: packageName(named) }
}

export function liveLine(one: LiveStandin, now: number): Line {
  const since = ago(one.since, now)
  const state: Span = one.state === 'placed' ? { tone: 'good', text: 'placed' } : { tone: 'warn', text: one.state }
  const rest = [`level ${one.level}`, counted(one.files, 'file'), size(one.bytes), ...(since === '' ? [] : [`for ${since}`])]
  return [packageSpan(one), '  ', state, `, ${rest.join(', ')}`]
}

const AUDITS: Readonly<Record<string, Span>> = {
  none: 'nothing stood in for it',
  agree: { tone: 'good', text: 'agrees with the copy that stood in' },
  'agree-stable': { tone: 'good', text: 'agrees with the copy that stood in, but for dates and build ids in files' },
  differ: { tone: 'bad', text: 'DIFFERS from the copy that stood in' },
  'not-comparable': 'not comparable with the copy that stood in',
  irreproducible: 'never built the same twice, so a copy that differs is not accused',
}

export function buildLine(one: ListedBuild): Line {
  const given = one.shared === null ? '' : one.shared ? 'given to others, ' : 'not given to others, '
  return [packageSpan(one), `  ${given}${size(one.size)}, `, AUDITS[one.audit] ?? one.audit]
}

/** `cat/pkg  down  45 % of 2.7 MB, 1.1 MB/s, 3 peers`. */
export function transferLine(one: Transfer): Line {
  const share = one.total === 0 ? 0 : Math.floor((100 * Math.min(one.bytes, one.total)) / one.total)
  const amount = one.direction === 'down' ? `${share} % of ${size(one.total)}` : size(one.bytes)
  const name: Span = { tone: 'package', text: one.name }
  return [name, `  ${one.direction}  ${amount}, ${size(one.bytesPerSecond)}/s, ${counted(one.peers, 'peer')}`]
}

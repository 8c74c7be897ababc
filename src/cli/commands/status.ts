/**
 * `standin status`: what the daemon does now, or what its journal says when it does not answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StandinError } from '../../base/errors.ts'
import { hostFeatures } from '../../portage/hostfeatures.ts'
import type { AnswerTo } from '../ask.ts'
import { daemonOr } from '../daemonOr.ts'
import type { StatusDocument } from '../documents.ts'
import { journalPath, readJournal, readKnown } from '../lastKnown.ts'
import type { Output } from '../output.ts'
import { liveLine, transferLine } from '../standinLines.ts'
import type { Line, Span } from '../text.ts'
import { counted } from '../../base/units.ts'
import type { World } from '../world.ts'

export async function status(world: World, out: Output): Promise<number> {
  const { value, exit } = await daemonOr(world, out, 'status', () => withoutDaemon(world))
  if ('t' in value && value.whyUnknown !== undefined) out.warn(value.whyUnknown)
  const document = 't' in value ? fromAnswer(value) : { ...value, features: await ownFeatures(world, out) }
  if (out.json) out.document(document)
  else out.lines(out.quiet ? document.live.map(({ cpv }): Line => [cpv]) : renderStatus(document, world.now()))
  return exit
}

export function fromAnswer(answer: AnswerTo<'status'>): StatusDocument {
  const { version, warden, peer, features, live, kept, transfers, disputes } = answer
  return { standin: 'status-1', daemon: { version, warden, peer }, features, live, kept, transfers, disputes }
}

function withoutDaemon(world: World): Omit<StatusDocument, 'features'> {
  const { live, kept } = readJournal(journalPath(world.folders))
  const { disputes } = readKnown(world.folders)
  return { standin: 'status-1', daemon: null, live: [...live], kept: [...kept], transfers: [], disputes: [...disputes] }
}

/** What is switched on, or null with a warning why that cannot be told. */
async function ownFeatures(world: World, out: Output): Promise<string[] | null> {
  try {
    const { features, warnings } = await hostFeatures({ ...world, cache: new Map(), now: 0 })
    for (const warning of warnings) out.warn(warning)
    return [...features]
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    out.warn(error.message)
    return null
  }
}

const TONES = { open: 'bad', accuses: 'bad', resolved: 'good', irreproducible: 'warn' } as const

export function renderStatus(document: StatusDocument, now: number): Line[] {
  const { daemon, features, live, kept, transfers, disputes } = document
  return [
    labelled('daemon', daemon === null ? { tone: 'bad', text: 'does not answer' } : processes(daemon)),
    labelled('switched on', switchedOn(features)),
    ...section('stand-ins', live, (one) => liveLine(one, now)),
    ...section('kept files', kept, ({ path, keptAs }) => [`/${path.replace(/^\//, '')} is now ${keptAs}`]),
    ...section('transfers', transfers, transferLine),
    ...section('disputes', disputes, ({ cpv, differing, state, text }) => [
      { tone: TONES[state], text: cpv },
      `  ${counted(differing, 'file')} of two builds differ, ${text}`,
    ]),
  ]
}

function processes({ version, warden, peer }: NonNullable<StatusDocument['daemon']>): Span {
  const other = peer === null ? 'no peer' : `peer ${peer.pid} (${peer.megabytes} MB${peer.answers ? '' : ', does not answer just now'})`
  return `${version}, warden ${warden.pid} (${warden.megabytes} MB), ${other}`
}

function switchedOn(features: readonly string[] | null): Span {
  if (features === null) return { tone: 'warn', text: 'unknown' }
  return features.length === 0 ? { tone: 'warn', text: 'nothing: STANDIN_FEATURES is not set' } : features.join(' ')
}

function labelled(label: string, text: Span): Line {
  return [{ tone: 'label', text: label.padEnd(13) }, text]
}

function section<T>(label: string, all: readonly T[], line: (one: T) => Line): Line[] {
  return [labelled(label, all.length === 0 ? 'none' : String(all.length)), ...all.map((one): Line => ['  ', ...line(one)])]
}

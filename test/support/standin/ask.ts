/**
 * Asks a host's warden over its control socket, as the command line does, and reads the archives of a host with GNU tar and zstd.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { sha256Hex } from '../../../src/base/canonical.ts'
import { type Answer, type OwnBuild, type Request } from '../../../src/daemon/controlWire.ts'
import { loadKey } from '../../../src/trust/key.ts'
import type { Host } from '../host/host.ts'

/** The last line that the warden answers with. */
export async function ask<T extends Answer['t']>(host: Host, asked: Request, kind: T): Promise<Extract<Answer, { t: T }>> {
  const socket = connect(host.path('/run/standin/control.sock'))
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  socket.write(`${JSON.stringify(asked)}\n`)
  await once(socket, 'close')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a test: what is wrong here fails the assertion that follows
  const answer = JSON.parse(text.trim().split('\n').at(-1) ?? '{}') as Answer
  if (answer.t !== kind) throw new Error(`the warden of ${host.name} answered ${text}`)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked one line above
  return answer as Extract<Answer, { t: T }>
}

/** Builds of a host, newest last. */
export async function buildsOf(host: Host): Promise<readonly OwnBuild[]> {
  return (await ask(host, { t: 'list' }, 'list')).builds
}

/** The one build of `cpv` on a host. */
export async function buildOf(host: Host, cpv: string): Promise<OwnBuild> {
  const found = (await buildsOf(host)).filter((build) => build.cpv.startsWith(cpv))
  const last = found.at(-1)
  if (last === undefined) throw new Error(`${host.name} has published nothing of ${cpv}`)
  return last
}

/** SHA-256 of the archive files on a host, by the name that each has. */
export function archivesOn(host: Host): Record<string, string> {
  const folder = host.path('/var/cache/standin/archives')
  return Object.fromEntries(readdirSync(folder).map((name) => [name, sha256Hex(readFileSync(join(folder, name)))]))
}

/** Key id of a host, which `standin key` shows its owner. The daemon must have been started once. */
export function keyIdOf(host: Host): string {
  const key = loadKey(host.path('/var/lib/standin/key.pem'))
  if (key === undefined) throw new Error(`${host.name} has no key yet`)
  return key.keyid
}

/** A policy that names keys as build servers. */
export function policyNaming(...keys: readonly string[]): string {
  return keys.map((key, at) => `[${key}]\nname = neighbour ${at + 1}\nbuilder = yes\n`).join('\n')
}

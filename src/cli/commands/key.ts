/**
 * `standin key`: by what others know the word of this host, and what they write down to let it count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { UserError } from '../../base/errors.ts'
import { SETTINGS } from '../../portage/settings.ts'
import { loadKey } from '../../trust/key.ts'
import type { KeyDocument } from '../documents.ts'
import { EXIT } from '../exit.ts'
import type { Output } from '../output.ts'
import type { Line } from '../text.ts'
import type { World } from '../world.ts'

export function key(world: World, out: Output): number {
  const path = join(world.folders.state, 'key.pem')
  const found = loadKey(path)
  if (found === undefined) throw new UserError('NOT_FOUND', `this host has no key yet (${path}): the daemon makes it when it first starts`)
  const { keyid, publicKey } = found
  const document: KeyDocument = {
    standin: 'key-1',
    keyid,
    publicKey: Buffer.from(publicKey).toString('base64'),
    policy: policySection(keyid, world.hostname),
  }
  if (out.json) out.document(document)
  else out.lines(renderKey(document, out))
  return EXIT.ok
}

/** As `parsePolicy` takes it. */
export function policySection(keyid: string, hostname: string): string {
  const name = hostname.replace(/[^A-Za-z0-9.-]/g, '').slice(0, 64)
  return `[${keyid}]\nname = ${name === '' ? 'a host' : name}\nbuilder = no\n`
}

export function renderKey({ keyid, publicKey, policy }: KeyDocument, how: { readonly quiet: boolean; readonly verbose: boolean }): Line[] {
  if (how.quiet) return [[keyid]]
  return [
    [{ tone: 'label', text: 'key id      ' }, keyid],
    ...(how.verbose ? [[{ tone: 'label', text: 'public key  ' }, publicKey] as const] : []),
    [],
    [`# To let the word of this host count on another one, add there to ${SETTINGS.policy.standard}`],
    [
      '# With "builder = yes" its word alone makes level 3; without, it is one of the so many that [quorum] asks for (level1 = 100 by default):',
    ],
    ...policy
      .trimEnd()
      .split('\n')
      .map((line): Line => [line]),
  ]
}

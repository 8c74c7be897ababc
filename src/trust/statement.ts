/**
 * Builds the one sentence that a host signs: this recipe with this linkage gave me this content.
 *
 * Source: in-toto attestation framework, Statement v1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { check } from '../base/schema.ts'
import { PREDICATE_TYPE, type Statement, STATEMENT_TYPE, statement } from './wire.ts'

export interface Said {
  readonly cpv: string
  /** Recipe id, linkage id, environment class: SHA-256, hex. */
  readonly recipe: string
  readonly linkage: string
  readonly environment: string
  /** Exact and stable content id. */
  readonly content: string
  readonly stable: string
  /** Id of the metadata that the builder answers for. */
  readonly metadata: string
  readonly archive: { readonly sha256: string; readonly size: number }
  /** Whether stand-ins or an installed version of itself may have changed it: see the predicate in wire.ts. */
  readonly standinsLive: boolean
  /** How wide the window was that it was built in; absent where that is unknown. */
  readonly columns?: number
}

/** Errors: StrangerError SCHEMA when a part has not the form that others will accept. */
export function statementOf(said: Said): Statement {
  const { cpv, content, recipe, linkage, environment, stable, metadata, archive, standinsLive, columns } = said
  const built = {
    _type: STATEMENT_TYPE,
    subject: [{ name: cpv, digest: { sha256: content } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      recipe,
      linkage,
      environment,
      stable,
      metadata,
      archive: { sha256: archive.sha256, size: archive.size },
      standinsLive,
      ...(columns === undefined ? {} : { columns }),
    },
  }
  return check(statement, built, 'statement')
}

/**
 * Keeps what is known of each placed copy (its offer and its manifest) until the user's own build has been held against it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { forgetUnfinished, writeDurable } from '../base/durable.ts'
import { systemCode } from '../base/errors.ts'
import { checkJson } from '../base/schema.ts'
import { manifest, MAX_MANIFEST_BYTES } from '../package/manifest.ts'
import { offer } from '../swarm/wire.ts'
import type { StoodIn } from './audit.ts'

const stoodIn = v.strictObject({ offer, manifest })

export interface StoodInStore {
  save(id: number, copy: StoodIn): void
  /** Undefined where nothing is kept under this id. */
  load(id: number): StoodIn | undefined
  drop(id: number): void
  ids(): number[]
}

/** One file for each id of the journal, below `folder`; `dropped` hears of each that is needed no more. */
export function stoodInStore(folder: string, dropped: (id: number) => void): StoodInStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  forgetUnfinished(folder)
  const pathOf = (id: number): string => join(folder, `${id}.json`)
  return {
    save: (id, copy) => writeDurable(pathOf(id), JSON.stringify(copy)),
    load(id) {
      try {
        return checkJson(stoodIn, readFileSync(pathOf(id)), pathOf(id), MAX_MANIFEST_BYTES)
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return undefined
        throw error
      }
    },
    drop(id) {
      rmSync(pathOf(id), { force: true })
      dropped(id)
    },
    ids: () => readdirSync(folder).flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : [])),
  }
}

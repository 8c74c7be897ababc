/**
 * Keeps what was captured of each build until it is published, also over the end of this warden, and knows of every folder of links that is on disk.
 *
 * The record is root's alone, in the state folder: the links lie below PORTAGE_TMPDIR, where every build script may rename what it finds. It is
 * written before the first link and again after the last (the commit point): an unfinished one only says what is to be removed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { hostError, StandinError, systemCode } from '../base/errors.ts'
import { checkJson, plainText } from '../base/schema.ts'
import { type Metadata, metadata } from '../package/manifest.ts'
import {
  capabilities,
  capabilitiesOf,
  type Capture,
  capture,
  type CapturedCapabilities,
  capturedFile,
  captureRoot,
  dropCapture,
  inRoot,
} from './capture.ts'

const MAX_RECORD_BYTES = 256 * 1024 * 1024

const record = v.strictObject({
  folder: plainText(4095),
  image: plainText(4095),
  files: v.nullable(v.array(capturedFile)),
  /** Absent where they were not read in time. */
  capabilities: v.exactOptional(capabilities),
  metadata,
})

export interface Captured {
  readonly capture: Capture
  readonly capabilities: CapturedCapabilities | undefined
  readonly metadata: Metadata
}

export interface Captures {
  /** Captures `image` for the build `key`, in place of what was captured of it before. Errors: as `capture`; nothing is left then. */
  take(key: string, image: string, portageTmpdir: string, of: Metadata): void
  /** Notes the capabilities of what was captured, before pkg_postinst can have given any. Errors: as `readCapabilities`. */
  examine(key: string): Promise<void>
  /** Errors: HostError BAD_STATE when somebody has put another folder in the place of ours. */
  load(key: string): Captured | undefined
  /** Idempotent. */
  drop(key: string): void
  keys(): string[]
}

export function capturesIn(records: string, log: (line: string) => void): Captures {
  attempt(records, () => mkdirSync(records, { recursive: true, mode: 0o700 }))
  const read = (key: string): v.InferOutput<typeof record> | undefined => {
    const path = join(records, key)
    try {
      return checkJson(record, readFileSync(path), path, MAX_RECORD_BYTES)
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined
      if (!(error instanceof StandinError)) throw hostError(`could not read ${path}`, error)
      log(`${error.message}: the capture is not used`)
      return undefined
    }
  }
  const write = (key: string, value: v.InferOutput<typeof record>): void => {
    const path = join(records, key)
    attempt(path, () => {
      writeFileSync(`${path}.new`, JSON.stringify(value), { mode: 0o600 })
      renameSync(`${path}.new`, path)
    })
  }
  const dropLinks = (folder: string): void => attempt(folder, () => dropCapture(folder))
  const drop = (key: string): void => {
    const path = join(records, key)
    attempt(path, () => {
      // Cut off from here on, it is no capture any more; to write that down would want room, which this gives back.
      if (existsSync(path)) renameSync(path, `${path}.new`)
    })
    const known = read(`${key}.new`)
    if (known !== undefined) dropLinks(known.folder)
    attempt(path, () => rmSync(`${path}.new`, { force: true }))
  }
  return {
    take(key, image, portageTmpdir, of) {
      drop(key)
      const folder = join(captureRoot(portageTmpdir), key.slice(-200))
      write(key, { folder, image: join(folder, 'image'), files: null, metadata: {} })
      dropLinks(folder)
      const taken = capture(image, folder)
      write(key, { folder, image: taken.image, files: [...taken.files], metadata: of })
    },
    async examine(key) {
      const known = read(key)
      if (known === undefined || known.files === null) return
      const found = await capabilitiesOf({ image: known.image, files: known.files })
      if (existsSync(join(records, key))) write(key, { ...known, capabilities: found })
    },
    load(key) {
      const known = read(key)
      if (known === undefined || known.files === null) return undefined
      attempt(known.folder, () => inRoot(dirname(known.folder), () => undefined))
      const { folder, image, files, metadata: of } = known
      return { capture: { folder, image, files }, capabilities: known.capabilities, metadata: of }
    },
    drop,
    keys: () => readdirSync(records).map((name) => name.replace(/\.new$/, '')),
  }
}

function attempt(path: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    throw hostError(`capture ${path}`, error)
  }
}

/**
 * Builds images in temporary folders that go away with the test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Metadata } from '../../src/package/manifest.ts'
import type { OwnerNames } from '../../src/package/owners.ts'
import { atEnd } from '../support/atEnd.ts'

/** Whoever runs the tests counts as root, so that ids do not depend on who that is. */
export const OWNERS: OwnerNames = {
  users: new Map([[process.getuid?.() ?? 0, 'root']]),
  groups: new Map([[process.getgid?.() ?? 0, 'root']]),
}

export const METADATA: Metadata = { CATEGORY: 'app-misc', PF: 'hello-2.12', EAPI: '8', SLOT: '0', USE: 'nls amd64', CFLAGS: '-O2 -pipe' }

export function temporary(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'standin-package-'))
  atEnd(t, () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A file, a link, or a folder. */
export type Thing = { readonly bytes: string | Buffer; readonly mode?: number } | { readonly link: string } | { readonly folder: true }

/** What an image holds by path; text alone is a file with mode 0644. */
export type Tree = Readonly<Record<string, string | Thing>>

export interface Made {
  /** Seconds since 1970 for each file. */
  readonly time?: number
  /** Order of creation. */
  readonly reversed?: boolean
}

export function makeImage(root: string, tree: Tree, { time, reversed }: Made = {}): string {
  mkdirSync(root, { recursive: true, mode: 0o755 })
  const entries = Object.entries(tree)
  for (const [name, what] of reversed === true ? entries.toReversed() : entries)
    put(join(root, name), typeof what === 'string' ? { bytes: what } : what, time)
  return root
}

function put(path: string, what: Thing, time: number | undefined): void {
  mkdirSync('folder' in what ? path : dirname(path), { recursive: true })
  if ('link' in what) symlinkSync(what.link, path)
  if (!('bytes' in what)) return
  writeFileSync(path, what.bytes)
  chmodSync(path, what.mode ?? 0o644)
  if (time !== undefined) utimesSync(path, time, time)
}

export const HELLO: Tree = {
  'usr/bin/hello': { bytes: '#!/bin/sh\necho hello\n', mode: 0o755 },
  'usr/bin/hi': { link: 'hello' },
  'usr/share/doc/hello-2.12/README': 'read me\n',
  'usr/share/hello/empty': '',
  'usr/share/hello/folder': { folder: true },
  'usr/share/hello/größe/日本': 'utf-8\n',
}

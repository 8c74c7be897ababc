/**
 * A host in a temporary folder that a command runs on, in this process, with everything that it writes kept apart.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import * as v from 'valibot'
import { main } from '../../../src/cli/main.ts'
import type { Stream, World } from '../../../src/cli/world.ts'
import { foldersBelow } from '../../../src/daemon/folders.ts'
import type { Ran, Run } from '../../../src/portage/run.ts'
import { HostError } from '../../../src/base/errors.ts'
import { atEnd } from '../../support/atEnd.ts'

/** What a scripted program says; a program that is not named is missing. */
export type Programs = Readonly<Record<string, string | Partial<Ran>>>

export interface Said {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A host with a /run and a /etc/portage. Nothing of it is the machine's own but /proc. */
export function worldIn(t: TestContext, more: Partial<World> = {}): World {
  const root = mkdtempSync(join(tmpdir(), 'standin-cli-'))
  atEnd(t, () => rmSync(root, { recursive: true, force: true }))
  const folders = foldersBelow(root)
  for (const folder of ['etc/portage', 'run/standin', 'var/lib/standin', 'usr/bin']) mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(root, 'usr/bin/standin'), '')
  return {
    root,
    folders,
    control: join(folders.run, 'control.sock'),
    conf: join(root, 'etc/portage/standin.conf'),
    env: { PATH: join(root, 'usr/bin') },
    run: programs({}),
    stdout: streamTo([]),
    stderr: streamTo([]),
    noColour: false,
    uid: process.getuid?.() ?? 0,
    hostname: 'host-a',
    nodeVersion: '24.0.0',
    program: join(root, 'usr/bin/standin'),
    launcher: join(root, 'usr/bin/standin-daemon'),
    procRoot: '/proc',
    now: () => Date.parse('2026-03-04T05:06:07.000Z'),
    signal: new AbortController().signal,
    readerGone: () => new AbortController().signal,
    patienceMs: 5000,
    purgePatienceMs: 5000,
    execute: () => Promise.reject(new Error('nothing was to be executed')),
    ...more,
  }
}

/** Runs one command line. */
export async function standin(world: World, ...words: readonly string[]): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []]
  const stdout = streamTo(out, world.stdout)
  const code = await main(words, { ...world, stdout, stderr: streamTo(err, world.stderr) })
  return { code, stdout: out.join(''), stderr: err.join('') }
}

/** As `standin`, with --json; standard output must be one line that has the shape of `schema`. */
export async function standinJson<const S extends v.GenericSchema>(
  world: World,
  schema: S,
  ...words: readonly string[]
): Promise<{ code: number; document: v.InferOutput<S>; stderr: string }> {
  const { code, stdout, stderr } = await standin(world, ...words, '--json')
  if (!/^[\u0020-\u007e]+\n$/.test(stdout)) throw new Error(`not one line of ASCII: ${JSON.stringify(stdout)}`)
  return { code, document: v.parse(schema, JSON.parse(stdout)), stderr }
}

export function streamTo(
  chunks: string[],
  like: Pick<Stream, 'isTerminal' | 'size'> = { isTerminal: false, size: () => ({ columns: 80, rows: 24 }) },
): Stream {
  return { write: (text) => void chunks.push(text), isTerminal: like.isTerminal, size: like.size }
}

export const terminal: Stream = { write: () => undefined, isTerminal: true, size: () => ({ columns: 80, rows: 24 }) }

/** Answers by program, or by program and first argument (`portageq envvar`). */
export function programs(scripted: Programs): Run {
  return (program, args) => {
    const found = scripted[`${program} ${args[0] ?? ''}`] ?? scripted[program]
    if (found === undefined) return Promise.reject(new HostError('MISSING_PROGRAM', `${program} is not on PATH`))
    const said = typeof found === 'string' ? { stdout: found } : found
    return Promise.resolve({ exitCode: 0, stdout: '', stderr: '', ...said })
  }
}

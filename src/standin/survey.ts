/**
 * Says what files are by their own first bytes, reading a bounded part of each.
 *
 * The peer that staged them may change a file after this look. So the plan carries what was seen, and placing looks again at its own
 * copy, which nobody else can write: when the two differ, nothing is placed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { closeSync, readSync } from 'node:fs'
import type { Manifest } from '../package/manifest.ts'
import { elfFacts, type FileFacts } from './elf.ts'
import type { Bytes } from './elf-cursor.ts'
import { openFile, type Staging } from './staging.ts'

const ELF_MAGIC = Buffer.from('\u007fELF', 'latin1')

/** Kernel's BINPRM_BUF_SIZE: what it reads of a `#!` line. */
const SCRIPT_BYTES = 256

/** By SHA-256, for every file that somebody could run or load. Errors: StrangerError for what is staged wrongly. */
export function surveyStaged(staging: Staging, manifest: Manifest): Map<string, FileFacts> {
  const facts = new Map<string, FileFacts>()
  for (const record of manifest.records) {
    if (record.type !== 'file' || facts.has(record.sha256)) continue
    if ((record.mode & 0o111) === 0 && !/\.so(\.|$)/.test(record.path)) continue
    const fd = openFile(staging, record.sha256, record.size)
    try {
      facts.set(record.sha256, factsOfFile(fd, record.size))
    } finally {
      closeSync(fd)
    }
  }
  return facts
}

/** Facts of an open regular file of `size` bytes. */
export function factsOfFile(fd: number, size: number): FileFacts {
  return factsOfBytes({
    size,
    read: (offset, length) => {
      const piece = Buffer.alloc(length)
      if (readSync(fd, piece, 0, length, offset) !== length) throw new RangeError('the file became shorter')
      return piece
    },
  })
}

export function factsOfBytes(bytes: Bytes): FileFacts {
  const start = bytes.read(0, Math.min(bytes.size, SCRIPT_BYTES))
  if (start.subarray(0, 4).equals(ELF_MAGIC)) return elfFacts(bytes)
  if (start.subarray(0, 2).toString('latin1') === '#!') return scriptFacts(start)
  return { kind: 'data' }
}

/** As the kernel splits the line: the interpreter, and all the rest as one argument. */
function scriptFacts(start: Buffer): FileFacts {
  const line = start.toString('latin1', 2).split('\n', 1)[0] ?? ''
  const [, interpreter, argument] = /^[ \t]*(\/[^ \t]*)[ \t]*(.*?)[ \t\r]*$/.exec(line) ?? []
  if (interpreter === undefined) return { kind: 'odd', why: 'a script without an absolute interpreter' }
  return { kind: 'script', interpreter, argument: argument === '' ? undefined : argument }
}

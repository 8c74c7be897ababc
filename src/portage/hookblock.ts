/**
 * Adds standin's lines to the user's bashrc and takes them away again, so that every other byte of it is as before.
 *
 * Portage sources `/etc/portage/bashrc` and nothing else for everybody (portage(5)); a bashrc.d is a habit of that file, and is left alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { HostError } from '../base/errors.ts'

/**
 * What Portage sources in every phase; it tests before it sources, so that emerge goes on working once standin is unmerged. What make.conf says of
 * standin would then be saved with every build, and be in every binary package.
 */
export const HOOK_LINES: readonly string[] = [
  'if [[ -r /usr/lib/standin/standin.bash ]]; then source /usr/lib/standin/standin.bash; else unset STANDIN_FEATURES; fi',
]

// The mark says what stood there before, for taking away must give exactly that: nothing at all, or a last line without its newline, and which line
// that was: somebody may have written others between it and the block.
const BEGIN = '# >>> standin >>> put here by `standin hook --enable`, taken away by `standin hook --disable`'
const END = '# <<< standin <<<'
const MADE_FILE = ' (made this file)'
const ENDED_LINE = / \(ended the line above, ([0-9a-f]{16})\)/
const MARK = /^# >>> standin >>>[^\n]*\n/gm
const END_MARK = /^# <<< standin <<<\n?/gm

export interface Block {
  readonly start: number
  readonly end: number
  readonly madeFile: boolean
  /** What `nameOf` gives of the line above that had no newline; undefined where every line had one. */
  readonly endedLine: string | undefined
  /** Whether the lines in it are `HOOK_LINES`, not those of an older standin or somebody's own. */
  readonly current: boolean
}

/** The block in `text`, or undefined. Errors: HostError BAD_STATE for half a block, or more than one. */
export function findBlock(text: string, path: string): Block | undefined {
  const [begins, ends] = [[...text.matchAll(MARK)], [...text.matchAll(END_MARK)]]
  const [begin, end] = [begins[0], ends[0]]
  if (begin === undefined && end === undefined) return undefined
  if (begin === undefined || end === undefined || begins.length > 1 || ends.length > 1 || end.index < begin.index)
    throw new HostError(
      'BAD_STATE',
      `${path}: the lines between "# >>> standin >>>" and "${END}" are damaged: remove what is left of them by hand`,
    )
  const inside = text.slice(begin.index + begin[0].length, end.index)
  return {
    start: begin.index,
    end: end.index + end[0].length,
    madeFile: begin[0].includes(MADE_FILE),
    endedLine: ENDED_LINE.exec(begin[0])?.[1],
    current: inside === HOOK_LINES.map((line) => `${line}\n`).join(''),
  }
}

/** `text` of a bashrc (undefined: there is none) with the block at its end; a block that is there is brought up to date in its place. */
export function withBlock(text: string | undefined, path: string): string {
  const before = text ?? ''
  const old = findBlock(before, path)
  if (old !== undefined) return before.slice(0, old.start) + block(old) + before.slice(old.end)
  const endedLine = before === '' || before.endsWith('\n') ? undefined : nameOf(lastLine(before))
  return `${before}${endedLine === undefined ? '' : '\n'}${block({ madeFile: text === undefined, endedLine })}`
}

/** `text` without the block; undefined when there was no file before, and nobody wrote anything else into it since. */
export function withoutBlock(text: string, path: string): string | undefined {
  const old = findBlock(text, path)
  if (old === undefined) return text
  const [before, after] = [text.slice(0, old.start), text.slice(old.end)]
  if (old.madeFile && before === '' && after === '') return undefined
  // Where lines were added below the block, the line above needs its end.
  if (after !== '' || !before.endsWith('\n')) return before + after
  const above = before.slice(0, -1)
  return old.endedLine === nameOf(lastLine(above)) ? above : before
}

const lastLine = (text: string): string => text.slice(text.lastIndexOf('\n') + 1)

const nameOf = (line: string): string => createHash('sha256').update(line).digest('hex').slice(0, 16)

function block(of: Pick<Block, 'madeFile' | 'endedLine'>): string {
  const notes = `${of.madeFile ? MADE_FILE : ''}${of.endedLine === undefined ? '' : ` (ended the line above, ${of.endedLine})`}`
  return [`${BEGIN}${notes}`, ...HOOK_LINES, END, ''].join('\n')
}

/**
 * Finds the Python that Portage is installed for, which need not be `python3`: Portage's own scripts name it, and only what nobody but root can
 * change is believed. The environment of a build has no say in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { HostError, StandinError, systemCode } from '../base/errors.ts'
import { readText } from './bounded.ts'
import type { Ran, Run, RunOptions } from './run.ts'

export interface PortageProgram {
  /** Of the host, or of its prefix: where its /usr is. */
  readonly root: string
  /** Python code that may use `sys` and `portage`. */
  readonly program: string
  readonly args?: readonly string[]
  readonly run: Run
}

/** What helps where no Python has the modules. */
export const PYTHON_REMEDY =
  'let `eselect python` name a Python of the PYTHON_TARGETS of sys-apps/portage, or add the new one there and emerge --oneshot sys-apps/portage'

const NO_PORTAGE = 86

// -I: nothing from the folder it is started in, or from the user. A module that is there and needs another Python is a SyntaxError.
const PREAMBLE = `
import sys
try:
    import portage
except (ImportError, SyntaxError) as error:
    print(type(error).__name__ + ":", error, file=sys.stderr)
    sys.exit(${NO_PORTAGE})
`

/**
 * Runs the program in the first Python that has Portage.
 * Errors: HostError MISSING_PROGRAM where none has, naming each; else as `Run`.
 */
export async function runWithPortage({ root, program, args = [], run }: PortageProgram, options: RunOptions): Promise<Ran> {
  const failed: string[] = []
  for (const python of pythonsOf(root)) {
    try {
      const ran = await run(python, ['-I', '-c', PREAMBLE + program, ...args], options)
      if (ran.exitCode !== NO_PORTAGE) return ran
      failed.push(`${python}: ${ran.stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? ''}`)
    } catch (error) {
      if (!(error instanceof HostError) || error.code !== 'MISSING_PROGRAM') throw error
      failed.push(error.message)
    }
  }
  throw new HostError('MISSING_PROGRAM', `no Python here has the modules of Portage (${failed.join('; ')})`)
}

/** What `portageq` itself runs in, then the same of each Python that Gentoo's python-exec has a `portageq` for, newest first, then the one on PATH. */
export function pythonsOf(root: string): string[] {
  const wrappers = join(root, 'usr/lib/python-exec')
  const wrapped = namesIn(wrappers)
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => join(wrappers, name, 'portageq'))
  const named = [join(root, 'usr/bin/portageq'), ...wrapped].flatMap((script) => interpreterOf(script, root) ?? [])
  return [...new Set([...named, 'python3'])]
}

const MAX_SCRIPT_BYTES = 1024 * 1024

/** The Python that the first line of `script` names by its whole path. */
function interpreterOf(script: string, root: string): string | undefined {
  if (!isRootsAlone(script, root)) return undefined
  const [, python] = /^#! *(\/\S*\/(?:python|pypy)[\d.]*)(?= |$)/m.exec(firstLineOf(script)) ?? []
  return python !== undefined && isRootsAlone(python, root) ? python : undefined
}

function firstLineOf(script: string): string {
  try {
    return readText(script, MAX_SCRIPT_BYTES)?.split('\n', 1)[0] ?? ''
  } catch (error) {
    // Who can't read it takes the next one.
    if (error instanceof StandinError) return ''
    throw error
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return []
  }
}

const MOST_LINKS = 40

/** Whether it is there, and neither it nor anything on the way to it, links too, can be changed by anybody but root. Whoever could change `root` itself could change all. */
function isRootsAlone(path: string, root: string): boolean {
  const isBelow = !relative(root, path).startsWith('..')
  let at = isBelow ? root : '/'
  let links = 0
  const parts = relative(at, path).split('/')
  try {
    if (!isRoots(at)) return false
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const next = part === '..' ? dirname(at) : join(at, part)
      const stat = lstatSync(next)
      if (stat.isSymbolicLink()) {
        if (++links > MOST_LINKS) return false
        const target = readlinkSync(next)
        if (target.startsWith('/')) at = '/'
        parts.unshift(...target.split('/').filter((one) => one !== '' && one !== '.'))
      } else if (isRoots(next)) at = next
      else return false
    }
    return true
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return false
  }
}

function isRoots(path: string): boolean {
  const { uid, mode } = lstatSync(path)
  return uid === 0 && (mode & 0o022) === 0
}

/**
 * Switches the hook in `/etc/portage/bashrc` on and off, and changes nothing when it cannot do the whole of it.
 *
 * A bashrc that is a link stays one: the file it leads to is changed. Mode, owner and attributes stay, and the new file takes its place by rename.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { chownSync, existsSync, lstatSync, readlinkSync, realpathSync, rmSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { syncFolder, writeDurable } from '../base/durable.ts'
import { HostError, hostError, StandinError, systemCode, UserError } from '../base/errors.ts'
import { copyAttributes } from './attributes.ts'
import { readBounded } from './bounded.ts'
import { findBlock, HOOK_LINES, withBlock, withoutBlock } from './hookblock.ts'

export interface HookQuestion {
  /** PORTAGE_CONFIGROOT: `/`. */
  readonly root: string
  /** Only say what would change. */
  readonly pretend?: boolean
}

export interface HookChange {
  /** The file that was, or would be, changed: where a link leads to. */
  readonly path: string
  readonly changed: boolean
}

export interface HookStatus {
  readonly path: string
  /** `outdated`: switched on with lines that are not this version's. */
  readonly state: 'on' | 'off' | 'outdated'
}

const MAX_BASHRC_BYTES = 4 * 1024 * 1024

/** Errors: UserError NOT_ROOT; HostError BAD_STATE (half a block), UNSUPPORTED (read-only, a folder, several names, no folder for it), DISK_FULL, IO. */
export function enableHook(question: HookQuestion): HookChange {
  return change(question, withBlock)
}

/** Errors as for `enableHook`. */
export function disableHook(question: HookQuestion): HookChange {
  return change(question, (text, path) => (text === undefined ? undefined : withoutBlock(text, path)))
}

export function hookStatus(question: Pick<HookQuestion, 'root'>): HookStatus {
  const { path, text } = look(question.root)
  const block = findBlock(text ?? '', path)
  return { path, state: block === undefined ? 'off' : block.current ? 'on' : 'outdated' }
}

function change(question: HookQuestion, edit: (text: string | undefined, path: string) => string | undefined): HookChange {
  const { path, text, stat } = look(question.root)
  const wanted = edit(text, path)
  if (wanted === text) return { path, changed: false }
  if (question.pretend !== true) replace(path, wanted, stat)
  return { path, changed: true }
}

interface Bashrc {
  readonly path: string
  /** One character for each byte, so that whatever the user wrote goes back as it was. */
  readonly text: string | undefined
  readonly stat: Stats | undefined
}

function look(root: string): Bashrc {
  const path = leadsTo(join(root, 'etc/portage/bashrc'))
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat !== undefined && !stat.isFile())
    throw new HostError(
      'UNSUPPORTED',
      `${path} is no regular file, so Portage does not source it: move it away, or source it from a bashrc that is a file`,
    )
  return { path, stat, text: readBounded(path, MAX_BASHRC_BYTES)?.toString('latin1') }
}

/** Where the links from `path` end, whether something is there or not. */
function leadsTo(path: string, hops: number = 0): string {
  if (hops > 40) throw new HostError('UNSUPPORTED', `${path} is a link that leads back to itself`)
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat?.isSymbolicLink() !== true) return path
  return leadsTo(resolve(realFolder(path), readlinkSync(path)), hops + 1)
}

function realFolder(path: string): string {
  try {
    return realpathSync(dirname(path))
  } catch (error) {
    throw hostError(`could not follow ${path}`, error)
  }
}

function replace(path: string, text: string | undefined, stat: Stats | undefined): void {
  if (stat !== undefined && stat.nlink > 1)
    throw new HostError('UNSUPPORTED', `${path} has ${stat.nlink} names (hard links), and one of them would lose the change: ${BY_HAND}`)
  if (!existsSync(dirname(path)))
    throw new HostError('UNSUPPORTED', `${dirname(path)} is missing, so ${path} can't be made: mkdir -p ${dirname(path)}`)
  try {
    if (text === undefined) removeFile(path)
    else writeDurable(path, Buffer.from(text, 'latin1'), (stat?.mode ?? 0o644) & 0o7777, (made) => dress(made, path, stat))
  } catch (error) {
    throw asRefusal(path, error)
  }
}

function dress(made: string, path: string, stat: Stats | undefined): void {
  if (stat === undefined) return
  chownSync(made, stat.uid, stat.gid)
  copyAttributes(path, made)
}

function removeFile(path: string): void {
  rmSync(path)
  syncFolder(dirname(path))
}

const BY_HAND = `change it by hand; the line is: ${HOOK_LINES.join('\n')}`

function asRefusal(path: string, error: unknown): StandinError {
  const code = systemCode(error instanceof StandinError ? error.cause : error)
  const where = `${basename(path)} in ${dirname(path)}`
  if (error instanceof HostError && error.code === 'UNSUPPORTED')
    return new HostError('UNSUPPORTED', `${error.message}: ${BY_HAND}`, { cause: error })
  if (code === 'EBUSY')
    return new HostError('UNSUPPORTED', `${where} is mounted there, so no new file can take its place: ${BY_HAND}`, { cause: error })
  if (code === 'EROFS')
    return new HostError('UNSUPPORTED', `${where} lies on a read-only filesystem: mount it writable, or ${BY_HAND}`, { cause: error })
  if ((code === 'EACCES' || code === 'EPERM') && process.geteuid?.() === 0)
    return new HostError('UNSUPPORTED', `${where} may not be changed even by root (${code}): see lsattr, or ${BY_HAND}`, { cause: error })
  if (code === 'EACCES' || code === 'EPERM') return new UserError('NOT_ROOT', `only root may change ${where} (${code})`, { cause: error })
  return hostError(`could not change ${path}`, error)
}

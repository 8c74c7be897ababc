/**
 * The functions of Node that are points: whatever names, fills, dresses or removes a file, whatever a database is told, whatever is sent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import childProcess from 'node:child_process'
import fs from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { tapped } from './tap.ts'

/** Of `node:fs`. Closing is left out: what it says of a file that was synced or is read matters to nobody here. */
export const SYNC = [
  'appendFileSync',
  'chmodSync',
  'chownSync',
  'copyFileSync',
  'fchmodSync',
  'fchownSync',
  'fsyncSync',
  'futimesSync',
  'lchownSync',
  'linkSync',
  'lutimesSync',
  'mkdirSync',
  'openSync',
  'renameSync',
  'rmSync',
  'rmdirSync',
  'symlinkSync',
  'unlinkSync',
  'utimesSync',
  'writeFileSync',
  'writeSync',
] as const

/** Of `node:fs/promises`. */
export const ASYNC = [
  'appendFile',
  'chmod',
  'copyFile',
  'link',
  'mkdir',
  'open',
  'rename',
  'rm',
  'symlink',
  'unlink',
  'utimes',
  'writeFile',
] as const

type Call = (this: unknown, ...args: unknown[]) => unknown

const systemError = (name: string) => (): Error =>
  Object.assign(new Error(`EIO: i/o error, ${name} (a fault of this test)`), { code: 'EIO', errno: -5, syscall: name.replace(/Sync$/, '') })

/** https://www.sqlite.org/rescode.html#ioerr */
const databaseError = (): Error =>
  Object.assign(new Error('disk I/O error (a fault of this test)'), { code: 'ERR_SQLITE_ERROR', errcode: 10, errstr: 'disk I/O error' })

function wrap(target: object, name: string, error: () => Error): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the names are those of functions
  const holder = target as Record<string, Call>
  const original = holder[name]
  if (original === undefined) throw new Error(`this Node has no ${name}`)
  holder[name] = function (this: unknown, ...args: unknown[]) {
    return tapped(name, () => Reflect.apply(original, this, args), { error, lose: name === 'openSync' ? closeAgain : undefined })
  }
}

/** Nobody has got it. */
const closeAgain = (fd: unknown): void => fs.closeSync(Number(fd))

/** To be called before any module of ours is loaded. */
export function wrapAll(): void {
  for (const name of SYNC) wrap(fs, name, systemError(name))
  for (const name of ASYNC) wrap(promises, name, systemError(name))
  wrap(DatabaseSync.prototype, 'exec', databaseError)
  wrap(StatementSync.prototype, 'run', databaseError)
  wrapMessages()
  wrapFsync()
  wrapExecFile()
  syncBuiltinESMExports()
}

/** Whoever sends a message that does not come through, or of which nobody knows whether it did, has lost the channel with it. */
function wrapMessages(): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/unbound-method -- called with the socket that it is asked of
  const original = net.Socket.prototype.write as unknown as Call
  const wrapped = function (this: net.Socket, ...args: unknown[]): unknown {
    const lose = (): void => void this.destroy(Object.assign(new Error('EPIPE: broken pipe (a fault of this test)'), { code: 'EPIPE' }))
    return tapped('write', (): unknown => Reflect.apply(original, this, args), {
      error: undefined,
      instead: false,
      lose,
    })
  }
  Object.assign(net.Socket.prototype, { write: wrapped })
}

/** The archive is flushed in the background. */
function wrapFsync(): void {
  const { fsync } = fs
  const flush = promisify(fsync)
  const wrapped = (fd: number, done: (error: Error | null) => void): void =>
    void tapped('fsync', () => flush(fd), { error: systemError('fsync') }).then(() => done(null), done)
  Object.assign(fs, { fsync: wrapped })
}

/** Only what is awaited: nobody of ours takes a callback. */
function wrapExecFile(): void {
  const { execFile } = childProcess
  const original = promisify(execFile)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as Node's own one has it
  const run = original as unknown as (...args: unknown[]) => Promise<unknown>
  const wrapped = (...args: Parameters<typeof execFile>): unknown => Reflect.apply(execFile, undefined, args)
  Object.defineProperty(wrapped, promisify.custom, {
    value: (...args: unknown[]) => tappedRun(() => run(...args)),
  })
  Object.assign(childProcess, { execFile: wrapped })
}

function tappedRun(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return tapped('execFile', run, { error: systemError('execFile') })
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)))
  }
}

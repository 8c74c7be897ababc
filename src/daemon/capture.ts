/**
 * Keeps an image that the merge is about to move away: hard links of its files in a folder of root's beside it, made in microseconds a file.
 *
 * Links share the inode with what the merge puts on the live filesystem, and pkg_postinst may change that. So what each file was is noted: whoever reads
 * the capture takes mode and owner from there, and refuses it when size or mtime are others by then. Capabilities would take longer to read than a merge
 * shall wait: they are read right after, and the ctime tells whether that was in time. A set-id file is copied, because a left-over link to one makes the
 * next merge fail ("suspicious hardlinks").
 *
 * The folder above lies where every build script may write (user portage), so it is not asked for by name twice: it is opened once, without following
 * a link, must be root's alone, and all the rest goes through that open folder.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import * as v from 'valibot'
import { HostError, hostError, systemCode } from '../base/errors.ts'
import { count } from '../base/schema.ts'
import { readCapabilities } from '../package/capability.ts'

/** Most entries that are captured; a larger image is not published. */
export const MAX_CAPTURED = 100_000

export const capturedFile = v.strictObject({
  path: v.string(),
  size: count(),
  mode: count(),
  uid: count(),
  gid: count(),
  mtimeMs: v.number(),
  /** After it was captured: whoever gives it a capability later changes that. */
  ctimeMs: v.number(),
})

export type CapturedFile = v.InferOutput<typeof capturedFile>

/** Capabilities of files by path, as hex; null where nobody knows whether the build gave it or somebody later. */
export const capabilities = v.record(v.string(), v.nullable(v.string()))

export type CapturedCapabilities = v.InferOutput<typeof capabilities>

export interface Capture {
  /** Folder that holds `image/`; the whole of it goes with `dropCapture`. */
  readonly folder: string
  readonly image: string
  readonly files: readonly CapturedFile[]
}

/** Where the captures of one PORTAGE_TMPDIR lie: on the images' own filesystem, which is often a tmpfs. */
export function captureRoot(portageTmpdir: string): string {
  return join(portageTmpdir, 'portage', '.standin')
}

/**
 * Captures `image` into `folder`, which must not exist. Errors: HostError BAD_STATE when the folder of captures is not root's alone, UNSUPPORTED,
 * DISK_FULL or IO; nothing is left then.
 */
export function capture(image: string, folder: string): Capture {
  const files: CapturedFile[] = []
  try {
    makeRoot(dirname(folder))
    inRoot(dirname(folder), (root) => {
      const inside = join(root, basename(folder))
      mkdirSync(inside, { mode: 0o700 })
      captureFolder(image, join(inside, 'image'), '', files)
    })
  } catch (error) {
    dropCapture(folder)
    throw hostError(`could not capture ${image}`, error)
  }
  return { folder, image: join(folder, 'image'), files }
}

/** Idempotent; takes the folder of captures along once it is empty, and leaves one alone that is not root's. */
export function dropCapture(folder: string): void {
  const root = openRoot(dirname(folder))
  if (typeof root !== 'number') return
  try {
    rmSync(join(through(root), basename(folder)), { recursive: true, force: true })
  } finally {
    closeSync(root)
  }
  try {
    rmdirSync(dirname(folder))
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw error
  }
}

/** Does `work` below a path that leads into the folder of captures `path`, whatever becomes of its name. Errors: HostError BAD_STATE. */
export function inRoot<T>(path: string, work: (root: string) => T): T {
  const root = openRoot(path)
  if (root === GONE) throw new HostError('BAD_STATE', `${path} ${root}: somebody has removed it, and with it what was kept`)
  if (typeof root !== 'number') throw new HostError('BAD_STATE', `${path} ${root}: remove it, somebody else has put it there`)
  try {
    return work(through(root))
  } finally {
    closeSync(root)
  }
}

/** Errors: those of mkdir, but for a name that is taken. */
function makeRoot(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
}

const GONE = 'is gone'

/** The open folder, or what is wrong with what lies there. */
function openRoot(path: string): number | string {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  } catch (error) {
    const why: Readonly<Record<string, string>> = { ENOENT: GONE, ENOTDIR: 'is not a folder', ELOOP: 'is not a folder' }
    const known = why[systemCode(error) ?? '']
    if (known === undefined) throw error
    return known
  }
  const { uid, mode } = fstatSync(fd)
  // The warden is root; a test need not be.
  if (uid === process.geteuid?.() && (mode & 0o7777) === 0o700) return fd
  closeSync(fd)
  return `belongs to user ${uid} and has mode ${(mode & 0o7777).toString(8)}`
}

const through = (fd: number): string => `/proc/${process.pid}/fd/${fd}`

function captureFolder(from: string, to: string, path: string, files: CapturedFile[]): void {
  const stat = lstatSync(from)
  mkdirSync(to, { mode: 0o700 })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target, inner] = [`${from}/${entry.name}`, `${to}/${entry.name}`, path === '' ? entry.name : `${path}/${entry.name}`]
    if (entry.isDirectory()) captureFolder(source, target, inner, files)
    else if (entry.isSymbolicLink()) captureLink(source, target)
    else if (entry.isFile()) files.push(captureFile(source, target, inner))
    else throw new HostError('UNSUPPORTED', `${source} is a device, a FIFO or a socket, and no archive is made with such`)
    if (files.length > MAX_CAPTURED)
      throw new HostError('UNSUPPORTED', `${from} has more than ${MAX_CAPTURED} files, and no archive is made of so many`)
  }
  chownSync(to, stat.uid, stat.gid)
  chmodSync(to, stat.mode & 0o7777)
  lutimesSync(to, stat.atime, stat.mtime)
}

function captureLink(source: string, target: string): void {
  const stat = lstatSync(source)
  symlinkSync(readlinkSync(source), target)
  lchownSync(target, stat.uid, stat.gid)
}

function captureFile(source: string, target: string, path: string): CapturedFile {
  // Linking changes the ctime, and is to be over when that is noted; one look at each file is enough then, as few are set-id.
  linkSync(source, target)
  const stat = lstatSync(source)
  if ((stat.mode & 0o6000) !== 0) {
    rmSync(target)
    copyFileSync(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    chownSync(target, stat.uid, stat.gid)
    chmodSync(target, stat.mode & 0o7777)
    lutimesSync(target, stat.atime, stat.mtime)
  }
  const { size, mode, uid, gid, mtimeMs, ctimeMs } = stat
  return { path, size, mode, uid, gid, mtimeMs, ctimeMs }
}

/** To be asked as soon as the merge may go on. Errors: as `readCapabilities`. */
export async function capabilitiesOf({ image, files }: Pick<Capture, 'image' | 'files'>): Promise<CapturedCapabilities> {
  const found = await readCapabilities(image)
  const known = new Map(files.map(({ path, ctimeMs }) => [path, ctimeMs]))
  return Object.fromEntries([...found].map(([path, hex]) => [path, lstatSync(join(image, path)).ctimeMs === known.get(path) ? hex : null]))
}

/** Paths whose file is no longer what was captured: somebody wrote through the shared inode after the merge. */
export function changedSince(captured: Capture): string[] {
  return captured.files
    .filter((file) => {
      const now = lstatSync(join(captured.image, file.path))
      return now.size !== file.size || Math.abs(now.mtimeMs - file.mtimeMs) > 2
    })
    .map((file) => file.path)
}

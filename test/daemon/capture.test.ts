/** SPDX-License-Identifier: GPL-2.0-or-later */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { capabilitiesOf, capture, captureRoot, changedSince, dropCapture, inRoot } from '../../src/daemon/capture.ts'
import { capturesIn } from '../../src/daemon/captures.ts'
import { atEnd } from '../support/atEnd.ts'

function imageIn(t: TestContext): { tmp: string; image: string; folder: string } {
  const tmp = mkdtempSync(join(tmpdir(), 'standin-capture-'))
  atEnd(t, () => rmSync(tmp, { recursive: true, force: true }))
  const image = join(tmp, 'portage/app-misc/hello-1/image')
  mkdirSync(join(image, 'usr/bin'), { recursive: true })
  writeFileSync(join(image, 'usr/bin/hello'), 'hello\n', { mode: 0o755 })
  symlinkSync('hello', join(image, 'usr/bin/hi'))
  return { tmp, image, folder: join(captureRoot(tmp), 'one') }
}

test('files are linked, folders and links are made, and the image may be moved away', (t) => {
  const { image, folder } = imageIn(t)
  chmodSync(join(image, 'usr'), 0o711)
  const inode = lstatSync(join(image, 'usr/bin/hello')).ino
  const taken = capture(image, folder)
  rmSync(image, { recursive: true })
  assert.equal(readFileSync(join(taken.image, 'usr/bin/hello'), 'utf8'), 'hello\n')
  assert.equal(lstatSync(join(taken.image, 'usr/bin/hello')).ino, inode)
  assert.equal(readlinkSync(join(taken.image, 'usr/bin/hi')), 'hello')
  assert.equal(lstatSync(join(taken.image, 'usr')).mode & 0o7777, 0o711)
  assert.deepEqual(changedSince(taken), [])
  assert.deepEqual(
    taken.files.map(({ path }) => path),
    ['usr/bin/hello'],
  )
})

test('the folder of captures is closed to others, and gone once the last capture is', (t) => {
  const { tmp, image, folder } = imageIn(t)
  const taken = capture(image, folder)
  assert.equal(lstatSync(captureRoot(tmp)).mode & 0o777, 0o700)
  assert.equal(lstatSync(taken.folder).mode & 0o777, 0o700)
  dropCapture(taken.folder)
  assert.equal(existsSync(captureRoot(tmp)), false)
  assert.equal(lstatSync(join(image, 'usr/bin/hello')).nlink, 1)
  dropCapture(taken.folder)
})

test('a set-id file is copied: a link that is left over would fail the next merge', (t) => {
  const { image, folder } = imageIn(t)
  chmodSync(join(image, 'usr/bin/hello'), 0o4755)
  const taken = capture(image, folder)
  const copy = lstatSync(join(taken.image, 'usr/bin/hello'))
  assert.equal(lstatSync(join(image, 'usr/bin/hello')).nlink, 1)
  assert.equal(copy.mode & 0o7777, 0o4755)
  assert.deepEqual(changedSince(taken), [])
})

test('somebody who writes through the shared inode is noticed', (t) => {
  const { image, folder } = imageIn(t)
  const taken = capture(image, folder)
  appendFileSync(join(image, 'usr/bin/hello'), 'x')
  assert.deepEqual(changedSince(taken), ['usr/bin/hello'])
})

const GIVE = 'import os, sys; os.setxattr(sys.argv[1], "security.capability", bytes.fromhex("0100000200200000000000000000000000000000"))'
const ONLY_ROOT = { skip: process.getuid?.() === 0 ? false : 'only root can set a capability' }

test('a mode, an owner and a capability that pkg_postinst gives are none of the build', ONLY_ROOT, async (t) => {
  const { tmp, image } = imageIn(t)
  writeFileSync(join(image, 'usr/bin/able'), '')
  const able = (name: string): unknown => execFileSync('python3', ['-c', GIVE, join(image, name)])
  able('usr/bin/able')
  const captures = capturesIn(join(tmp, 'records'), assert.fail)
  captures.take('one', image, tmp, {})
  await captures.examine('one')
  chownSync(join(image, 'usr/bin/hello'), 0, 250)
  chmodSync(join(image, 'usr/bin/hello'), 0o711)
  able('usr/bin/hello')
  const { capture: taken, capabilities } = captures.load('one') ?? assert.fail()
  assert.deepEqual(Object.keys(capabilities ?? {}), ['usr/bin/able'])
  assert.deepEqual([changedSince(taken), taken.files.find(({ path }) => path === 'usr/bin/hello')?.mode], [[], 0o100755])
  // Too late it is not known whose they are.
  const late = Object.values(await capabilitiesOf(taken)).map(String)
  assert.deepEqual(late.toSorted(), ['null', String(capabilities?.['usr/bin/able'])].toSorted())
  captures.drop('one')
  await captures.examine('one')
  assert.deepEqual(captures.keys(), [])
})

/** What somebody else may have put where captures go, each with the words that say so. */
const PLANTED: Readonly<Record<string, { put: (root: string, aside: string) => void; why: RegExp; needsRoot?: boolean }>> = {
  'a link': { put: (root, aside) => symlinkSync(aside, root), why: /is not a folder/ },
  'a file': { put: (root) => writeFileSync(root, ''), why: /is not a folder/ },
  'a folder that others may read': { put: (root) => mkdirSync(root, { mode: 0o755 }), why: /has mode 755/ },
  'a folder of user portage': {
    put(root) {
      mkdirSync(root, { mode: 0o700 })
      chownSync(root, 250, 250)
    },
    why: /belongs to user 250/,
    needsRoot: true,
  },
}
for (const [name, { put, why, needsRoot }] of Object.entries(PLANTED)) {
  test(
    `nothing is put into, or taken out of, ${name} in the place of the folder of captures`,
    { skip: needsRoot === true && process.getuid?.() !== 0 },
    (t) => {
      const { tmp, image, folder } = imageIn(t)
      const aside = join(tmp, 'aside')
      mkdirSync(join(aside, 'one'), { recursive: true, mode: 0o700 })
      writeFileSync(join(aside, 'one/theirs'), '')
      put(captureRoot(tmp), aside)
      const planted = lstatSync(captureRoot(tmp)).ino
      assert.throws(
        () => capture(image, folder),
        (error) =>
          error instanceof HostError && error.code === 'BAD_STATE' && why.test(error.message) && error.message.includes(captureRoot(tmp)),
      )
      dropCapture(folder)
      assert.throws(() => inRoot(captureRoot(tmp), () => undefined), { code: 'BAD_STATE' })
      assert.equal(lstatSync(captureRoot(tmp)).ino, planted)
      assert.deepEqual(readdirSync(join(aside, 'one')), ['theirs'])
      assert.equal(lstatSync(join(image, 'usr/bin/hello')).nlink, 1)
    },
  )
}

test('a capture that somebody has taken the place of is not read', (t) => {
  const { tmp, image } = imageIn(t)
  const key = '%2Fone'
  const captures = capturesIn(join(tmp, 'records'), () => undefined)
  captures.take(key, image, tmp, {})
  assert.equal(captures.load(key)?.capture.files.length, 1)
  renameSync(captureRoot(tmp), join(tmp, 'away'))
  symlinkSync(join(tmp, 'away'), captureRoot(tmp))
  assert.throws(() => captures.load(key), { code: 'BAD_STATE' })
  captures.drop(key)
  assert.deepEqual(readdirSync(join(tmp, 'away')), [key])
  assert.deepEqual(captures.keys(), [])
})

test('a folder of captures that is gone is said to be gone, and asks nobody to remove it', (t) => {
  const { tmp, image } = imageIn(t)
  const captures = capturesIn(join(tmp, 'records'), () => undefined)
  captures.take('%2Fone', image, tmp, {})
  rmSync(captureRoot(tmp), { recursive: true })
  assert.throws(
    () => captures.load('%2Fone'),
    (error) => error instanceof HostError && /\.standin is gone: somebody has removed it/.test(error.message),
  )
})

test('an image with a FIFO is not captured, the message names it, and nothing is left', (t) => {
  const { tmp, image, folder } = imageIn(t)
  execFileSync('mkfifo', [join(image, 'usr/pipe')])
  assert.throws(
    () => capture(image, folder),
    (error) => error instanceof HostError && error.code === 'UNSUPPORTED' && error.message.includes('usr/pipe'),
  )
  assert.equal(existsSync(captureRoot(tmp)), false)
})

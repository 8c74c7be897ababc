/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { constants, zstdCompressSync } from 'node:zlib'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { FRAME_BYTES, frameAt } from '../../../src/package/archive/frame.ts'
import { decodeFrames, encodeFrames } from '../../../src/package/archive/frames.ts'

async function encode(pieces: Iterable<Buffer>, signal?: AbortSignal): Promise<Buffer> {
  const out: Buffer[] = []
  await encodeFrames(pieces, (bytes) => void out.push(bytes), signal)
  return Buffer.concat(out)
}

async function decode(packed: Buffer, chunk: number): Promise<Buffer> {
  const out: Buffer[] = []
  await decodeFrames(cut(packed, chunk), (bytes) => void out.push(Buffer.from(bytes)))
  return Buffer.concat(out)
}

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < bytes.length; at += size) yield Promise.resolve(bytes.subarray(at, at + size))
}

/** One buffer for all pieces, as a reader of files has. */
function* reused(bytes: Buffer, size: number): Generator<Buffer, void> {
  const room = Buffer.alloc(size)
  for (let at = 0; at < bytes.length; at += size) {
    const length = bytes.copy(room, 0, at)
    yield room.subarray(0, length)
  }
}

const text = Buffer.from(Array.from({ length: 1_500_000 }, (_, at) => `line ${at}\n`).join(''))
const mixed = Buffer.concat([text, randomBytes(FRAME_BYTES + 1), Buffer.alloc(3 * FRAME_BYTES)])

test('equal content gives equal bytes, however it is cut, and comes back', async () => {
  const packed = await encode([mixed])
  for (const size of [4096, 1_000_003]) assert.ok((await encode(reused(mixed, size))).equals(packed))
  for (const size of [997, 1 << 20]) assert.ok((await decode(packed, size)).equals(mixed))
})

test('the zstd program reads it, and its own frames of the same cut are read here', async () => {
  const packed = await encode([mixed])
  const options = { maxBuffer: 2 ** 28 }
  assert.ok(execFileSync('zstd', ['-q', '-d', '-c'], { input: packed, ...options }).equals(mixed))
  const one = execFileSync('zstd', ['-q', '-c', '-19', `--stream-size=${FRAME_BYTES}`], {
    input: mixed.subarray(0, FRAME_BYTES),
    ...options,
  })
  assert.ok((await decode(one, 4096)).equals(mixed.subarray(0, FRAME_BYTES)))
})

test('any bytes come back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 3000 }), fc.integer({ min: 1, max: 100 }), async (bytes, size) => {
      assert.deepEqual(await decode(await encode(reused(Buffer.from(bytes), size)), size), Buffer.from(bytes))
    }),
  )
})

describe('refused', () => {
  const whole = zstdCompressSync(text.subarray(0, FRAME_BYTES), { pledgedSrcSize: FRAME_BYTES })
  const large = zstdCompressSync(Buffer.alloc(FRAME_BYTES + 1), { pledgedSrcSize: FRAME_BYTES + 1 })
  const window = zstdCompressSync(text.subarray(0, 1e6), { params: { [constants.ZSTD_c_windowLog]: 27 }, pledgedSrcSize: 1e6 })
  const lying = Buffer.from(zstdCompressSync(Buffer.alloc(1e6), { pledgedSrcSize: 1e6 }))
  lying.writeUInt32LE(1000, lying.readUInt8(4) & 0x20 ? 5 : 6)
  const cases: [string, Buffer, RegExp][] = [
    ['a frame that claims too much', large, /TOO_LARGE/],
    ['a frame that holds more than it claims', lying, /BAD_ARCHIVE|BUFFER_TOO_LARGE|ZSTD/],
    ['a skippable frame', Buffer.concat([Buffer.from('502a4d1804000000aaaaaaaa', 'hex'), whole]), /BAD_ARCHIVE/],
    ['a frame after one that is not full', Buffer.concat([window, whole]), /BAD_ARCHIVE/],
    [
      'an empty frame after a full one, and more',
      Buffer.concat([whole, zstdCompressSync(Buffer.alloc(0), { pledgedSrcSize: 0 }), whole]),
      /BAD_ARCHIVE/,
    ],
    ['a cut frame', whole.subarray(0, -1), /BAD_ARCHIVE/],
    ['blocks without end', Buffer.concat([whole.subarray(0, 9), Buffer.alloc(2 * FRAME_BYTES)]), /BAD_ARCHIVE/],
  ]
  for (const [name, bytes, code] of cases)
    test(name, () => assert.rejects(decode(bytes, 1 << 20), (error: Error & { code?: string }) => code.test(error.code ?? '')))
})

test('a frame is found only when it is all there', () => {
  const frame = zstdCompressSync(text.subarray(0, 5000), { pledgedSrcSize: 5000 })
  const followed = Buffer.concat([frame, frame])
  for (let size = 0; size < frame.length; size++) assert.equal(frameAt(followed.subarray(0, size)), undefined)
  assert.deepEqual(frameAt(followed), { bytes: frame, contentSize: 5000 })
})

test('what a failing consumer or an abort throws comes through', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  await assert.rejects(
    encodeFrames([mixed], () => controller.abort(reason), controller.signal),
    reason,
  )
  const packed = await encode([mixed])
  const full = new Error('disk full')
  await assert.rejects(
    decodeFrames(cut(packed, 1 << 20), () => {
      throw full
    }),
    full,
  )
})

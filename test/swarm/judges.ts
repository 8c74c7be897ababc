/**
 * Second implementations that ours are held against.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import create from 'create-torrent'

/** What create-torrent makes of `bytes`, without the keys of its file that are outside of what is hashed. */
export async function createTorrent(bytes: Buffer, options: { readonly name: string; readonly pieceLength: number }): Promise<Buffer> {
  const made = await new Promise<Uint8Array>((resolve, reject) => {
    create(bytes, options, (error, torrent) => {
      if (torrent === undefined) reject(error ?? new Error('no torrent'))
      else resolve(torrent)
    })
  })
  const text = Buffer.from(made)
  return Buffer.concat([Buffer.from('d'), text.subarray(text.indexOf('4:infod'))])
}

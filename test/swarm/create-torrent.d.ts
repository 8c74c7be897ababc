/**
 * Declares what the tests of src/swarm use of create-torrent 6.1.3, which ships no types.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
declare module 'create-torrent' {
  export default function createTorrent(
    input: Uint8Array,
    options: { readonly name: string; readonly pieceLength: number },
    done: (error: Error | null, torrent?: Uint8Array) => void,
  ): void
}

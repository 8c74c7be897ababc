/**
 * A BEP 14 announcement, read and written; whatever is not one is undefined, never an exception.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
export interface LocalMessage {
  readonly port: number
  readonly infohashes: readonly string[]
  /** Names the sender, so that it knows its own datagrams. */
  readonly cookie: string | undefined
}

/** Most bytes and torrents of one datagram: it is to fit an Ethernet frame. */
const MAX_BYTES = 1400
const MAX_INFOHASHES = 20

/** As many datagrams as it takes. */
export function writeLocal({ port, infohashes, cookie }: LocalMessage & { readonly cookie: string }): string[] {
  const texts: string[] = []
  for (let at = 0; at < infohashes.length; at += MAX_INFOHASHES) {
    const lines = infohashes.slice(at, at + MAX_INFOHASHES).map((infohash) => `Infohash: ${infohash}`)
    // bittorrent-lsd reads Host and Port by their place in the message.
    texts.push(
      ['BT-SEARCH * HTTP/1.1', 'Host: 239.192.152.143:6771', `Port: ${port}`, ...lines, `cookie: ${cookie}`, '', '', ''].join('\r\n'),
    )
  }
  return texts
}

export function parseLocal(bytes: Uint8Array): LocalMessage | undefined {
  if (bytes.byteLength > MAX_BYTES) return undefined
  const [first, ...lines] = Buffer.from(bytes).toString('latin1').split('\r\n')
  if (first !== 'BT-SEARCH * HTTP/1.1') return undefined
  const fields = lines.map((line) => /^([A-Za-z-]{1,20}): *(.*)$/.exec(line)).filter((field) => field !== null)
  const all = (name: string): string[] => fields.filter((field) => field[1]?.toLowerCase() === name).map((field) => field[2] ?? '')
  const port = Number(/^\d{1,5}$/.exec(all('port')[0] ?? '')?.[0] ?? 0)
  const infohashes = all('infohash').filter((text) => /^[0-9a-fA-F]{40}$/.test(text))
  if (port === 0 || port > 65_535 || infohashes.length === 0) return undefined
  return { port, infohashes: infohashes.slice(0, MAX_INFOHASHES).map((text) => text.toLowerCase()), cookie: all('cookie')[0] }
}

/**
 * Reads what tcpdump wrote, down to the payload of each TCP segment and UDP datagram; a packet that it can't read is an error, for it was not searched.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
export interface Packet {
  readonly protocol: 'tcp' | 'udp' | 'other'
  readonly from: string
  readonly to: string
  /** 0 where there are no ports. */
  readonly fromPort: number
  readonly toPort: number
  /** Of TCP: sequence number, and that it begins a connection. */
  readonly sequence: number
  readonly begins: boolean
  readonly payload: Buffer
}

const HEADER = 24
const RECORD = 16
const ETHERNET = 14

/** All packets in the order in which they passed; a last one that is not written whole yet is left. Those that are no IP belong to the link. */
export function readPcap(bytes: Buffer): Packet[] {
  if (bytes.length < HEADER) return []
  if (bytes.readUInt32LE(0) !== 0xa1b2c3d4 || bytes.readUInt32LE(20) !== 1) throw new Error('no capture of Ethernet in microseconds')
  const packets: Packet[] = []
  for (let at = HEADER; at + RECORD <= bytes.length;) {
    const [kept, was] = [bytes.readUInt32LE(at + 8), bytes.readUInt32LE(at + 12)]
    if (kept !== was) throw new Error(`a packet of ${was} bytes was cut to ${kept}`)
    if (at + RECORD + kept > bytes.length) break
    const packet = readFrame(bytes.subarray(at + RECORD, at + RECORD + kept))
    if (packet !== undefined) packets.push(packet)
    at += RECORD + kept
  }
  return packets
}

function readFrame(frame: Buffer): Packet | undefined {
  const type = frame.readUInt16BE(12)
  const rest = frame.subarray(ETHERNET)
  if (type === 0x0800) return readIpv4(rest)
  if (type === 0x86dd) return readIpv6(rest)
  if (type === 0x0806) return undefined
  throw new Error(`a frame of type ${type.toString(16)}`)
}

function readIpv4(ip: Buffer): Packet {
  const [flags, length] = [ip.readUInt16BE(6), ip.readUInt16BE(2)]
  if ((flags & 0x3fff) !== 0) throw new Error('a fragment')
  const dotted = (at: number): string => [...ip.subarray(at, at + 4)].join('.')
  return readTransport(ip[9] ?? 0, dotted(12), dotted(16), ip.subarray(((ip[0] ?? 0) & 15) * 4, length))
}

/** Extension headers come before multicast reports only, which the kernel sends. */
function readIpv6(ip: Buffer): Packet {
  const words = (at: number): string => ip.toString('hex', at, at + 16)
  return readTransport(ip[6] ?? 0, words(8), words(24), ip.subarray(40, 40 + ip.readUInt16BE(4)))
}

function readTransport(protocol: number, from: string, to: string, rest: Buffer): Packet {
  const common = { from, to, fromPort: 0, toPort: 0, sequence: 0, begins: false }
  if (protocol !== 6 && protocol !== 17) return { ...common, protocol: 'other', payload: rest }
  const ports = { fromPort: rest.readUInt16BE(0), toPort: rest.readUInt16BE(2) }
  if (protocol === 17) return { ...common, ...ports, protocol: 'udp', payload: rest.subarray(8) }
  const begins = ((rest[13] ?? 0) & 2) !== 0
  return {
    ...common,
    ...ports,
    protocol: 'tcp',
    sequence: rest.readUInt32BE(4),
    begins,
    payload: rest.subarray(((rest[12] ?? 0) >> 4) * 4),
  }
}

export interface Stream {
  /** `ADDRESS:PORT to ADDRESS:PORT`. */
  readonly name: string
  readonly bytes: Buffer
}

/** Each direction of each connection, put together; a gap is an error, for what it held was not searched. */
export function streamsOf(packets: readonly Packet[]): Stream[] {
  const open = new Map<string, { name: string; first: number; parts: Packet[] }>()
  const all: { name: string; first: number; parts: Packet[] }[] = []
  for (const packet of packets) {
    if (packet.protocol !== 'tcp') continue
    const name = `${packet.from}:${packet.fromPort} to ${packet.to}:${packet.toPort}`
    let stream = open.get(name)
    const first = packet.sequence + 1
    if (packet.begins && stream?.first !== first) all.push((stream = { name, first, parts: [] }))
    if (stream !== undefined) open.set(name, stream)
    // The kernel's refusal of a call that nobody takes belongs to no connection.
    if (packet.payload.length === 0) continue
    if (stream === undefined) throw new Error(`${name} began before the capture`)
    stream.parts.push(packet)
  }
  return all.map(({ name, first, parts }) => ({ name, bytes: joined(name, first, parts) }))
}

/** Sequence numbers go round at four gigabytes. */
function joined(name: string, first: number, parts: readonly Packet[]): Buffer {
  const placed = parts.map(({ sequence, payload }) => ({ at: (sequence - first) >>> 0, payload })).toSorted((a, b) => a.at - b.at)
  const pieces: Buffer[] = []
  let end = 0
  for (const { at, payload } of placed) {
    if (at > end) throw new Error(`${name} lacks ${at - end} bytes at ${end}`)
    if (at + payload.length <= end) continue
    pieces.push(payload.subarray(end - at))
    end = at + payload.length
  }
  return Buffer.concat(pieces)
}

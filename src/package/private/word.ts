/**
 * Gives the ways in which a name may be written, and says where it stands for itself and is not a part of a longer word.
 *
 * In compiled and structured files nothing has to stand beside a name: there it counts by its length, in front of it or its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { PrivateText } from './search.ts'
import type { Fit, Needle } from './spelling.ts'

export function wordNeedles(of: PrivateText): Needle[] {
  return casesOf(of.text).flatMap((text) => [plainNeedle(of, text), wideNeedle(of, text)])
}

/** As it is called, in small letters, in capitals, and with one capital. */
function casesOf(text: string): string[] {
  const small = text.toLowerCase()
  return [...new Set([text, small, text.toUpperCase(), small.slice(0, 1).toUpperCase() + small.slice(1)])].filter(
    (written) => written !== '',
  )
}

/** Compiled code and packed bytes hold any three or four letters somewhere: so many it takes to count beside a length, beside other edges, anywhere. */
const [WITH_LENGTH, WITH_EDGES, ANYWHERE] = [4, 5, 6]

/** What is looked at on both sides: an escape of a terminal or a text, a longer word. */
const AROUND = 16

function plainNeedle(of: PrivateText, text: string): Needle {
  const bytes = Buffer.from(text)
  const size = text.replaceAll(/[^\p{L}\p{N}]/gu, '').length
  const isAsCalled = text === of.text || text === of.text.toLowerCase()
  const fits = (room: Buffer, at: number): Fit => {
    const end = at + bytes.length
    const [before, behind] = [sideBefore(room, at), sideBehind(room, end)]
    const worst = Math.max(before, behind)
    if (worst === SIDES.plain) return true
    // Lengths as Java, Python and others write them.
    const isCounted = room[at - 1] === bytes.length && (size >= WITH_EDGES || (size >= WITH_LENGTH && behind <= SIDES.edge))
    if (isCounted || (worst === SIDES.edge && size >= WITH_EDGES)) return true
    if (worst === SIDES.edge) return 'in text'
    if (worst === SIDES.unclear && size >= WITH_EDGES) return 'in programs'
    return size >= ANYWHERE && isAsCalled && !isInWord(room, at, end) && 'in programs'
  }
  return { of, bytes, before: AROUND, after: AROUND, isWide: false, fits }
}

function wideNeedle(of: PrivateText, text: string): Needle {
  const bytes = widened(text)
  const fits = (room: Buffer, at: number): boolean => !isWideLetter(room, at - 2) && !isWideLetter(room, at + bytes.length + 1)
  return { of, bytes, before: 3, after: 3, isWide: true, fits }
}

/** UTF-16 without the zero in front of or behind it, so that it is the same in both orders of bytes. */
export function widened(text: string): Buffer {
  return Buffer.from(text, 'utf16le').subarray(0, -1)
}

/** A mark of the order of bytes, or a length, stands in front of a word as well as a blank does. */
function isWideLetter(room: Buffer, at: number): boolean {
  return (room[at - 1] === 0 || room[at + 1] === 0) && isLetter(room[at])
}

/** A byte that would make a name a longer one. */
export function isLetter(byte: number | undefined): boolean {
  if (byte === undefined) return false
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || (byte >= 0x61 && byte <= 0x7a)
}

/** What stands beside a name; each says less than the one before. A byte may be a letter of Latin-1, or of a program. */
const SIDES = { plain: 0, edge: 1, unclear: 2, letter: 3 } as const

/** Nothing, the end of a string, of a word or of a line, or punctuation; or any other byte of ASCII. */
function asciiSide(byte: number | undefined): number {
  if (byte === undefined || byte === 0 || byte === 9 || byte === 10 || byte === 13) return SIDES.plain
  if (isLetter(byte)) return SIDES.letter
  return byte >= 0x20 && byte < 0x7f ? SIDES.plain : SIDES.edge
}

/** What ends in a letter or a digit and is none: colours of a terminal, escapes of C, JSON and addresses. */
const ESCAPE =
  /(?:(?:\p{Cc}|\\e|\\033|\\x1b)\[[\d;]*[A-Za-z]|(?<!\\)\\(?:[abefnrtv]|x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4}|[0-3]?[0-7]{1,2})|%[2-7][\dA-Fa-f])$/u

function sideBefore(room: Buffer, at: number): number {
  const byte = room[at - 1]
  if (byte === undefined || byte < 0x80) {
    const side = asciiSide(byte)
    return side === SIDES.letter && ESCAPE.test(room.toString('latin1', Math.max(0, at - AROUND), at)) ? SIDES.plain : side
  }
  const chars = [2, 3, 4].flatMap((length) => charOf(room, at - length, length) ?? [])
  return otherSide(byte, chars[0])
}

function sideBehind(room: Buffer, at: number): number {
  const byte = room[at]
  if (byte === undefined || byte < 0x80) return asciiSide(byte)
  return otherSide(byte, charOf(room, at, byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2))
}

/** Other scripts than a name's stand beside it as a blank does: Chinese has none. */
const LETTER = /[\p{Script=Latin}\p{M}]/u

function otherSide(byte: number, char: string | undefined): number {
  if (char !== undefined) return LETTER.test(char) ? SIDES.letter : SIDES.edge
  return byte >= 0xc0 && byte !== 0xd7 && byte !== 0xf7 ? SIDES.unclear : SIDES.edge
}

/** The one character of UTF-8 that these bytes are. */
function charOf(room: Buffer, from: number, length: number): string | undefined {
  if (from < 0 || from + length > room.length) return undefined
  const text = room.toString('utf8', from, from + length)
  return /^[^\ufffd]$/u.test(text) ? text : undefined
}

/** Whether it is the most of a word as people write it, as Andrea is of Andreas; where strings stand side by side the letters go on. */
const LONGER = 2

function isInWord(room: Buffer, at: number, end: number): boolean {
  const before = /[A-Za-z]*$/.exec(room.toString('latin1', Math.max(0, at - AROUND), at))?.[0] ?? ''
  const behind = /^[A-Za-z]*/.exec(room.toString('latin1', end, end + AROUND))?.[0] ?? ''
  const more = before.length + behind.length
  return more > 0 && more <= LONGER
}

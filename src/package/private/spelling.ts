/**
 * Gives the ways in which a private text may be written, each as bytes that are quickly looked for and a closer look at where they stand.
 *
 * A path is known by its longest name, which is the same however the slashes are written. Sources: RFC 3986 (%2F), RFC 8259 (\/), RFC 4648 (base64).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { PrivateText } from './search.ts'
import { isLetter, widened, wordNeedles } from './word.ts'

export interface Needle {
  readonly of: PrivateText
  readonly bytes: Buffer
  /** How many bytes in front of and behind a place `fits` has to see, where there are so many. */
  readonly before: number
  readonly after: number
  /** Whether it holds a byte 0, which most files don't. */
  readonly isWide: boolean
  fits(bytes: Buffer, at: number): Fit
}

/** Whether it is one: no, yes, or only in a file that has no byte 0, or only in one that has. */
export type Fit = boolean | 'in text' | 'in programs'

export function needlesOf(of: PrivateText): Needle[] {
  return of.form === 'path' ? pathNeedles(of) : wordNeedles(of)
}

/** One slash as JSON, addresses, C and XML write it; `//` and `/./` lead to the same place. */
const SLASH = String.raw`(?:\\{0,4}\/(?:\.(?=\\{0,4}\/))?|%(?:25)?2[fF]|\\u002[fF]|\\x2[fF]|&#(?:47|x2[fF]);)`
const SLASHES = `${SLASH}{1,4}`
const SLASHES_BYTES = 4 * 6

/** In addresses any other byte may be written as a number. */
function inAddress(name: string): string {
  return name.replaceAll(/[^\w]/g, (byte) => {
    const hex = byte.charCodeAt(0).toString(16).padStart(2, '0')
    return `(?:\\x${hex}|%${hex}|%${hex.toUpperCase()})`
  })
}

function pathNeedles(of: PrivateText): Needle[] {
  const names = Buffer.from(of.text).toString('latin1').split('/').filter((name) => name !== '') // prettier-ignore
  const plain = names.filter((name) => /^[\w.~-]+$/.test(name))
  const anchor = (plain.length > 0 ? plain : names).reduce((longest, name) => (name.length >= longest.length ? name : longest), '')
  if (anchor === '') return []
  const place = names.lastIndexOf(anchor)
  const [front, behind] = [names.slice(0, place), names.slice(place + 1)]
  const way = [...front.map((name) => SLASHES + inAddress(name)), SLASHES].join('')
  const rest = behind.map((name) => SLASHES + inAddress(name)).join('')
  const whole = new RegExp(`(?<=${way})${anchor.replaceAll(/[^\w]/g, String.raw`\$&`)}${rest}(?![0-9A-Za-z_])`, 'y')
  const [before, after] = [reach(front) + SLASHES_BYTES, reach(behind) + 1]
  const isThere = (text: string, from: number): boolean => {
    whole.lastIndex = from
    return whole.test(text)
  }
  const fits = (room: Buffer, at: number): boolean => {
    const from = Math.max(0, at - before)
    return isThere(room.toString('latin1', from, Math.min(room.length, at + anchor.length + after)), at - from)
  }
  const fitsWide = (room: Buffer, at: number): boolean => {
    const from = Math.max(at % 2, at - 2 * before)
    return isThere(narrowed(room.subarray(Math.max(0, from - 1), at + 2 * (anchor.length + after)), from === 0 ? 0 : 1), (at - from) / 2)
  }
  const bytes = Buffer.from(anchor, 'latin1')
  return [
    { of, bytes, before, after, isWide: false, fits },
    { of, bytes: widened(anchor), before: 2 * before + 1, after: 2 * after + 1, isWide: true, fits: fitsWide },
    ...base64Needles(of),
  ]
}

function reach(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + SLASHES_BYTES + 3 * name.length, 0)
}

/** Each second byte from `first`, or 255 for one that is no character of UTF-16. */
function narrowed(room: Buffer, first: number): string {
  let text = ''
  for (let at = first; at < room.length; at += 2) {
    const isWide = room[at - 1] === 0 || room[at + 1] === 0
    text += String.fromCharCode(isWide ? (room[at] ?? 255) : 255)
  }
  return text
}

/** Whole groups of four characters; with fewer anything would be found. */
const [FEWEST_GROUPS, MOST_GROUPS] = [2, 4]

/** The last whole groups of its base64, for each of the three ways in which it may lie in them; what stands around is decoded with them. */
function base64Needles(of: PrivateText): Needle[] {
  const path = Buffer.from(of.text)
  const [before, after] = [2 * path.length + 8, 2 * path.length + 8]
  return [0, 1, 2].flatMap((skipped) => {
    const groups = Math.floor((path.length - skipped) / 3)
    if (groups < FEWEST_GROUPS) return []
    const from = skipped + 3 * Math.max(0, groups - MOST_GROUPS)
    const bytes = Buffer.from(path.toString('base64', from, skipped + 3 * groups))
    const fits = (room: Buffer, at: number): boolean => {
      const front = room.toString('latin1', Math.max(0, at - before), at).replaceAll(/\r?\n|\\n/g, '')
      const run = /[\w+/-]*$/.exec(front)?.[0] ?? ''
      const behind = room.toString('latin1', at, at + bytes.length + after).replaceAll(/\r?\n|\\n/g, '')
      const all = Buffer.from(run.slice(run.length % 4) + behind, 'base64')
      const hit = all.indexOf(path)
      return hit >= 0 && !isLetter(all[hit + path.length])
    }
    return [{ of, bytes, before, after, isWide: false, fits }]
  })
}

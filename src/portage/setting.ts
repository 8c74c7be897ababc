/**
 * The kinds of setting that standin.conf may hold; each takes the text a person wrote whole, or refuses it and says what it takes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { isAbsolute, normalize } from 'node:path'
import * as v from 'valibot'

export interface Setting<T> {
  /** What a person reads above it in standin.conf. */
  readonly about: string
  /** Form, unit and bounds. */
  readonly allowed: string
  /** The default, as it would be written in standin.conf. */
  readonly standard: string
  /** The value, or undefined when `text` is not allowed. */
  readonly parse: (text: string) => T | undefined
}

interface Words {
  readonly about: string
  readonly standard: string
}

interface Bounds extends Words {
  readonly min: number
  readonly max: number
}

export function wholeNumber(of: Bounds & { readonly unit?: string }): Setting<number> {
  const unit = of.unit === undefined ? '' : ` ${of.unit}`
  return {
    about: of.about,
    standard: of.standard,
    allowed: `${of.min} to ${of.max}${unit}`,
    parse: (text) => (/^\d{1,10}$/.test(text) ? within(of, Number(text)) : undefined),
  }
}

/** Bytes, as a number with K, M, G or T (powers of 1024). */
export function bytes(of: Words & { readonly min?: number }): Setting<number> {
  const bounds = { min: of.min ?? 0, max: 2 ** 50 }
  return {
    about: of.about,
    standard: of.standard,
    allowed: `bytes, with K, M, G or T for powers of 1024${bounds.min === 0 ? '' : `, at least ${bounds.min}`}`,
    parse: (text) => {
      const size = parseSize(text)
      return size === undefined ? undefined : within(bounds, size)
    },
  }
}

/** Bytes a second; the word `none` lifts the limit, and no number does, so that nobody lifts it by typing 0. */
export function rate(of: Words): Setting<number | 'none'> {
  return {
    about: of.about,
    standard: of.standard,
    allowed: 'bytes a second, with K, M or G for powers of 1024, at least 1K; or none',
    parse: (text) => {
      if (text === 'none') return 'none'
      const size = parseSize(text)
      return size === undefined ? undefined : within({ min: 1024, max: 2 ** 40 }, size)
    },
  }
}

export function choice<const C extends readonly string[]>(of: Words & { readonly from: C }): Setting<C[number]> {
  return { about: of.about, standard: of.standard, allowed: of.from.join(', '), parse: (text) => of.from.find((one) => one === text) }
}

export function yesNo(of: Words): Setting<boolean> {
  const values = new Map([
    ['yes', true],
    ['true', true],
    ['no', false],
    ['false', false],
  ])
  return { about: of.about, standard: of.standard, allowed: 'yes, no', parse: (text) => values.get(text.toLowerCase()) }
}

/** An absolute path without `..`; what lies there is looked at by whoever opens it. */
export function absolutePath(of: Words): Setting<string> {
  return {
    about: of.about,
    standard: of.standard,
    allowed: 'an absolute path',
    parse: (text) => (isAbsolute(text) && !text.includes('\0') && normalize(text) === text && text.length < 4096 ? text : undefined),
  }
}

const ipAddress = v.pipe(v.string(), v.ip())

export function address(of: Words): Setting<string> {
  return {
    about: of.about,
    standard: of.standard,
    allowed: 'an IPv4 or IPv6 address of this host',
    parse: (text) => (v.safeParse(ipAddress, text).success ? text : undefined),
  }
}

/** Words with blanks between them, each as `pattern` wants it; empty for none. */
export function words(
  of: Words & { readonly allowed: string; readonly pattern: RegExp; readonly most: number },
): Setting<readonly string[]> {
  return {
    about: of.about,
    standard: of.standard,
    allowed: `${of.allowed}, at most ${of.most}, with blanks between them; empty for none`,
    parse: (text) => {
      const list = text.split(/\s+/).filter((word) => word !== '')
      return list.length <= of.most && list.every((word) => of.pattern.test(word)) ? [...new Set(list)] : undefined
    },
  }
}

function parseSize(text: string): number | undefined {
  const match = /^(\d{1,9})([KMGT]?)$/.exec(text)
  return match === null ? undefined : Number(match[1]) * 1024 ** ' KMGT'.indexOf(match[2] === '' ? ' ' : (match[2] ?? ' '))
}

function within(bounds: { readonly min: number; readonly max: number }, value: number): number | undefined {
  return value >= bounds.min && value <= bounds.max ? value : undefined
}

/**
 * Everything that comes from outside is checked here once, against a strict shape, before any other code sees it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import * as v from 'valibot'
import { StrangerError } from './errors.ts'

export const hex64: v.GenericSchema<string> = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits'))
export const hex40: v.GenericSchema<string> = v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/, 'expected 40 lower-case hex digits'))

/** A string of at most `length` UTF-16 units without control characters, so that it may reach a terminal or a log. */
export function plainText(length: number): v.GenericSchema<string> {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what must not pass
  return v.pipe(v.string(), v.maxLength(length), v.regex(/^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/, 'control character'))
}

/** A non-negative safe integer of at most `max`. */
export function count(max: number = Number.MAX_SAFE_INTEGER): v.GenericSchema<number> {
  return v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(max))
}

/** Checks `value` against `schema`; `context` names what was read. Errors: StrangerError SCHEMA, naming the first wrong place. */
export function check<const S extends v.GenericSchema>(schema: S, value: unknown, context: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const issue = result.issues[0]
  const where = v.getDotPath(issue) ?? '(whole)'
  throw new StrangerError('SCHEMA', `${context}: ${where}: ${issue.message.slice(0, 200)}`)
}

/** Parses at most `maxBytes` of JSON text and checks it. Errors: StrangerError TOO_LARGE or SCHEMA. */
export function checkJson<const S extends v.GenericSchema>(
  schema: S,
  text: string | Uint8Array,
  context: string,
  maxBytes: number,
): v.InferOutput<S> {
  const size = typeof text === 'string' ? Buffer.byteLength(text) : text.byteLength
  if (size > maxBytes) throw new StrangerError('TOO_LARGE', `${context}: ${size} bytes, at most ${maxBytes} are read`)
  let value: unknown
  try {
    value = JSON.parse(typeof text === 'string' ? text : new TextDecoder('utf-8', { fatal: true }).decode(text))
  } catch (error) {
    throw new StrangerError('SCHEMA', `${context}: not JSON in UTF-8`, { cause: error })
  }
  return check(schema, value, context)
}

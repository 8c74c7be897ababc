/**
 * Reads the part of bash in which variables are set: words, operators and line ends, with quotes and comments as bash takes them, or nothing at all.
 *
 * Source: bash(1), QUOTING, COMMENTS and DEFINITIONS. What bash would run to make a word of it (`$(...)`, arithmetic, replacements) has no word here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

export type Part = { readonly text: string; readonly quoted: boolean } | { readonly name: string }

export type Token =
  | { readonly kind: 'word'; readonly line: number; readonly parts: readonly Part[] }
  | { readonly kind: 'operator'; readonly line: number; readonly text: string }

/** Where the reading ends before the text does. */
export interface Unread {
  readonly kind: 'unread'
  readonly line: number
  readonly what: string
}

const OPERATOR = /\n|;;&|;;|;&|;|&&|\|\||\||&|\(|\)|<|>/y
const BLANK = /(?:[ \t]|\\\n)+/y
const COMMENT = /#[^\n]*/y
const PLAIN = /(?:[^\s\\'"$`;&|()<>@?*+!]|[@?*+!](?!\())+/y
const EXTENDED = /[@?*+!]\([^\s\\'"$`;&()<>]*\)/y
const REFERENCE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/y
const SINGLE = /'([^']*)'/y
const ESCAPED = /\\([^\n])/y
const DOUBLE_TEXT = /(?:[^"\\$`]|\\\n|\\[^\n])+/y

/** Everything up to the end of `text`, or up to what is not read. */
export function bashTokens(text: string): readonly (Token | Unread)[] {
  const tokens: (Token | Unread)[] = []
  let at = 0
  let line = 1
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found === null) return undefined
    at += found[0].length
    line += found[0].split('\n').length - 1
    return found
  }

  const doubleQuoted = (): readonly Part[] | undefined => {
    at += 1
    const parts: Part[] = [{ text: '', quoted: true }]
    while (text[at] !== '"') {
      const inside = take(DOUBLE_TEXT)?.[0].replaceAll(/\\([\\$`"\n])/g, (_, one: string) => (one === '\n' ? '' : one))
      const name = inside === undefined ? reference() : undefined
      if (inside !== undefined) parts.push({ text: inside, quoted: true })
      else if (name !== undefined) parts.push({ name })
      else return undefined
    }
    at += 1
    return parts
  }
  const reference = (): string | undefined => {
    const found = take(REFERENCE)
    return found?.[1] ?? found?.[2]
  }
  const part = (): readonly Part[] | undefined => {
    if (text[at] === '"') return doubleQuoted()
    const literal = take(EXTENDED)?.[0] ?? take(PLAIN)?.[0]
    if (literal !== undefined) return [{ text: literal, quoted: false }]
    const quoted = take(SINGLE)?.[1] ?? take(ESCAPED)?.[1]
    if (quoted !== undefined) return [{ text: quoted, quoted: true }]
    const name = reference()
    return name === undefined ? undefined : [{ name }]
  }
  const word = (): readonly Part[] | undefined => {
    const parts: Part[] = []
    for (;;) {
      const more = part()
      if (more === undefined) return undefined
      parts.push(...more)
      while (take(/\\\n/y) !== undefined);
      if (at >= text.length || /[\s;&|()<>]/.test(text[at] ?? '')) return parts
    }
  }

  while (at < text.length) {
    if (take(BLANK) !== undefined || take(COMMENT) !== undefined) continue
    const began = line
    const operator = take(OPERATOR)?.[0]
    if (operator !== undefined) {
      tokens.push({ kind: 'operator', line: began, text: operator })
      continue
    }
    const parts = word()
    if (parts === undefined) {
      tokens.push({ kind: 'unread', line, what: text.slice(at, at + 40).split('\n')[0] ?? '' })
      return tokens
    }
    tokens.push({ kind: 'word', line: began, parts })
  }
  return tokens
}

/** The word where it is written out without quotes, as bash knows its own words; undefined for all others. */
export function bareText(token: Token | Unread | undefined): string | undefined {
  if (token?.kind !== 'word') return undefined
  return token.parts.every((one) => 'text' in one && !one.quoted) ? textOf(token.parts) : undefined
}

/** What the word is, where nothing of it is a variable. */
export function textOf(parts: readonly Part[]): string | undefined {
  return parts.every((one) => 'text' in one) ? parts.map((one) => ('text' in one ? one.text : '')).join('') : undefined
}

export function namesOf(parts: readonly Part[]): readonly string[] {
  return parts.flatMap((one) => ('name' in one ? [one.name] : []))
}

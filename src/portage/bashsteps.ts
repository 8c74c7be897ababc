/**
 * Says in their order what the commands of a bash file do, as far as they only set variables, ask conditions and source files; the first other one ends it.
 *
 * Source: bash(1), SHELL GRAMMAR. A condition is not decided: what each branch does is said, between `open` and `close`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { bareText, bashTokens, namesOf, type Part, textOf, type Token, type Unread } from './bashtokens.ts'

export type Step = { readonly line: number } & (
  | { readonly does: 'set'; readonly name: string; readonly adds: boolean; readonly uses: readonly string[] }
  | { readonly does: 'ask'; readonly names: readonly string[] }
  /** Asks whether a file is there; undefined where its name is not written out. */
  | { readonly does: 'look'; readonly path: string | undefined }
  | { readonly does: 'source'; readonly word: readonly Part[] }
  | { readonly does: 'open' }
  | { readonly does: 'close' }
  | { readonly does: 'more'; readonly what: string }
)

const ASSIGNMENT = /^([A-Za-z_]\w*)(\+?)=/
const NAME = /^[A-Za-z_]\w*$/
// More than bash code that people read holds; each level is one of ours.
const DEEPEST = 200
const OF_A_FILE = /^-[defhLrsx]$/

export function bashSteps(code: string): readonly Step[] {
  const tokens = bashTokens(code)
  const steps: Step[] = []
  let at = 0
  const lineHere = (): number => tokens[Math.min(at, tokens.length - 1)]?.line ?? 1
  const operatorAt = (index: number): string | undefined => {
    const token = tokens[index]
    return token?.kind === 'operator' ? token.text : undefined
  }
  const word = (): Extract<Token, { kind: 'word' }> | undefined => {
    const token = tokens[at]
    return token?.kind === 'word' ? token : undefined
  }
  const skip = (...operators: readonly string[]): void => {
    while (operators.includes(operatorAt(at) ?? '')) at += 1
  }
  /** Nothing behind it is said: false goes up through everything. */
  const giveUp = (what = saidOf(tokens[at])): false => {
    steps.push({ does: 'more', line: lineHere(), what })
    return false
  }
  const expect = (text: string): boolean => {
    if (bareText(tokens[at]) !== text) return giveUp()
    at += 1
    return true
  }
  let depth = 0
  const branch = (inside: () => boolean): boolean => {
    depth += 1
    if (depth > DEEPEST) return giveUp('goes too deep')
    steps.push({ does: 'open', line: lineHere() })
    const read = inside()
    depth -= 1
    steps.push({ does: 'close', line: lineHere() })
    return read
  }

  /** Up to one of `ends`, which it leaves where it is. */
  const list = (...ends: readonly string[]): boolean => {
    for (;;) {
      skip('\n', ';')
      const here = operatorAt(at) ?? bareText(tokens[at]) ?? ''
      if (ends.includes(here)) return true
      if (at >= tokens.length) return ends.length === 0 || giveUp('ends too early')
      if (!chain(ends)) return false
    }
  }
  /** Commands between `&&` and `||`: all but the first run on a condition. */
  const chain = (ends: readonly string[]): boolean => {
    if (!command()) return false
    const next = operatorAt(at)
    if (at >= tokens.length || next === '\n' || next === ';' || ends.includes(next ?? '')) return true
    if (next !== '&&' && next !== '||') return giveUp()
    at += 1
    skip('\n')
    return branch(() => chain(ends))
  }

  const command = (): boolean => {
    while (bareText(tokens[at]) === '!') at += 1
    const text = bareText(tokens[at])
    if (text === undefined) return assignments()
    if (ASSIGNMENT.test(text)) return assignments()
    at += 1
    switch (text) {
      case ':':
      case 'true':
        return true
      case 'return':
        if (/^\d+$/.test(bareText(tokens[at]) ?? '')) at += 1
        return true
      case '{':
        return branch(() => list('}')) && expect('}')
      case '[[':
        return condition(']]')
      case '[':
        return condition(']')
      case 'if':
        return choice()
      case 'case':
        return cases()
      case '.':
      case 'source':
        return sourced()
      case 'export':
        return assignments()
      case 'unset':
        return unsets()
      default:
        at -= 1
        return giveUp()
    }
  }

  /** `NAME=word`, and behind `export` the bare name. */
  const assignments = (): boolean => {
    const exported = at > 0 && bareText(tokens[at - 1]) === 'export'
    for (let token = word(); token !== undefined; token = word()) {
      const [first, ...rest] = token.parts
      const start = first !== undefined && 'text' in first && !first.quoted ? first.text : ''
      const [, name, plus] = ASSIGNMENT.exec(start) ?? []
      if (name !== undefined) steps.push({ does: 'set', line: token.line, name, adds: plus === '+', uses: namesOf(rest) })
      else if (!exported || !NAME.test(bareText(token) ?? '')) return giveUp()
      else steps.push({ does: 'set', line: token.line, name: bareText(token) ?? '', adds: true, uses: [] })
      at += 1
    }
    return operatorAt(at) === '(' ? giveUp('array') : true
  }

  const unsets = (): boolean => {
    if (bareText(tokens[at]) === '-v') at += 1
    for (let token = word(); token !== undefined; token = word()) {
      const name = bareText(token) ?? ''
      if (!NAME.test(name)) return giveUp()
      steps.push({ does: 'set', line: token.line, name, adds: false, uses: [] })
      at += 1
    }
    return true
  }

  const sourced = (): boolean => {
    const token = word()
    if (token === undefined) return giveUp()
    steps.push({ does: 'source', line: token.line, word: token.parts })
    at += 1
    return word() === undefined || giveUp()
  }

  const choice = (): boolean => {
    if (!list('then') || !expect('then')) return false
    if (!branch(() => list('elif', 'else', 'fi'))) return false
    const next = bareText(tokens[at])
    at += 1
    if (next === 'elif') return branch(choice)
    return next === 'fi' || (branch(() => list('fi')) && expect('fi'))
  }

  const cases = (): boolean => {
    const of = word()
    if (of === undefined) return giveUp()
    steps.push({ does: 'ask', line: of.line, names: namesOf(of.parts) })
    at += 1
    skip('\n')
    if (!expect('in')) return false
    for (;;) {
      skip('\n', ';;', ';&', ';;&')
      if (bareText(tokens[at]) === 'esac') return expect('esac')
      skip('(')
      for (let pattern = word(); pattern !== undefined; pattern = word()) {
        steps.push({ does: 'ask', line: pattern.line, names: namesOf(pattern.parts) })
        at += 1
        skip('|')
      }
      if (operatorAt(at) !== ')') return giveUp()
      at += 1
      if (!branch(() => list(';;', ';&', ';;&', 'esac'))) return false
    }
  }

  const condition = (closer: string): boolean => {
    while (bareText(tokens[at]) !== closer) {
      const operator = operatorAt(at)
      const inner = closer === ']]' ? ['&&', '||', '(', ')', '\n'] : []
      if (operator !== undefined && !inner.includes(operator)) return giveUp()
      const here = word()
      if (operator === undefined && here === undefined) return giveUp('ends too early')
      at += 1
      if (here !== undefined && !['!', '-a', '-o'].includes(bareText(here) ?? '') && !asked(here)) return false
    }
    at += 1
    return true
  }

  /** One question, whose first word has been read. */
  const asked = (first: Extract<Token, { kind: 'word' }>): boolean => {
    const sign = bareText(first) ?? ''
    const next = word()
    if (OF_A_FILE.test(sign) && next !== undefined) {
      steps.push({ does: 'look', line: next.line, path: textOf(next.parts) })
      at += 1
      return true
    }
    if (sign === '-n' || sign === '-z') {
      steps.push({ does: 'ask', line: first.line, names: next === undefined ? [] : namesOf(next.parts) })
      at += 1
      return next !== undefined || giveUp('ends too early')
    }
    if (sign.startsWith('-')) return giveUp(sign)
    if (!['=', '==', '!='].includes(bareText(next) ?? '')) {
      steps.push({ does: 'ask', line: first.line, names: namesOf(first.parts) })
      return true
    }
    at += 1
    const second = word()
    if (second === undefined) return giveUp('ends too early')
    at += 1
    // At that moment nothing is built, and at all others the answer is the same.
    const names = namesOf([...first.parts, ...second.parts]).filter((name) => name !== 'EBUILD_PHASE' || textOf(second.parts) !== 'depend')
    steps.push({ does: 'ask', line: first.line, names })
    return true
  }

  if (list() && at < tokens.length) giveUp()
  return steps
}

function saidOf(token: Token | Unread | undefined): string {
  if (token === undefined) return 'ends too early'
  if (token.kind !== 'word') return token.kind === 'unread' ? token.what : token.text
  return token.parts.map((part) => ('name' in part ? `\${${part.name}}` : part.text)).join('')
}

/**
 * What this host has switched on: the tokens of STANDIN_FEATURES, read as Portage reads FEATURES. Unset is off.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
export const FEATURES = ['install', 'publish', 'seed', 'audit', 'mirror'] as const
export type Feature = (typeof FEATURES)[number]

export interface ParsedFeatures {
  readonly features: ReadonlySet<Feature>
  /** One line for each unknown token. */
  readonly warnings: readonly string[]
}

/** Tokens from left to right: `token` adds, `-token` removes, `-*` removes all. */
export function parseFeatures(text: string): ParsedFeatures {
  const features = new Set<Feature>()
  const unknown = new Set<string>()
  for (const token of text.slice(0, 4096).split(/\s+/)) {
    const known = FEATURES.find((feature) => feature === token || `-${feature}` === token)
    if (token === '-*') features.clear()
    else if (known !== undefined && token.startsWith('-')) features.delete(known)
    else if (known !== undefined) features.add(known)
    else if (token !== '') unknown.add(token)
  }
  return { features, warnings: [...unknown].slice(0, 10).map(unknownToken) }
}

/** Whether there is nothing but `-token`s in `text`: such a setting takes away from the one below it, and any other replaces that. */
export function onlyTakesAway(text: string): boolean {
  const tokens = text.split(/\s+/).filter(Boolean)
  return tokens.length > 0 && tokens.every((token) => token.startsWith('-'))
}

function unknownToken(token: string): string {
  return `STANDIN_FEATURES: ${JSON.stringify(token.slice(0, 40))} is unknown and passed over; there are ${FEATURES.join(' ')}`
}

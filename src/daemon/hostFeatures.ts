/**
 * Which tokens of STANDIN_FEATURES count for one build: those that the hook saw and that this host says by itself, in its settings or on emerge's
 * command line. What a saved environment of somebody else's says counts nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync } from 'node:fs'
import { StandinError, systemCode } from '../base/errors.ts'
import { type Feature, onlyTakesAway, parseFeatures, type ParsedFeatures } from '../portage/features.ts'
import { type HostCache, hostFeatures, hostFeaturesOf, type HostPackage } from '../portage/hostfeatures.ts'
import type { Owner } from '../portage/lock.ts'
import type { Run } from '../portage/run.ts'
import { cpvOfMoment, type Moment } from './moment.ts'

/** Warnings that are remembered, so as not to be said again. */
const MOST_WARNED = 1000

/** Asked every minute of all packages that are given to others; only what make.conf may `source` is noticed no sooner. */
const PACKAGES_KEPT_MS = 15 * 60_000

export interface FeaturesInput {
  readonly root: string
  readonly env: Readonly<Record<string, string>>
  readonly run: Run
  readonly procRoot: string
  readonly log: (line: string) => void
}

export interface Features {
  /** Asking Portage takes half a second, so it is done before anybody waits for it. */
  warm(): void
  /** Each warning comes once for one emerge; that Portage can't be asked, once. */
  of(moment: Moment, owner: Owner): Promise<BuildFeatures>
  /** What make.conf alone says. */
  general(): Promise<Asked>
  /** What make.conf and package.env say of each; undefined when Portage cannot be asked. */
  ofPackages(packages: readonly HostPackage[]): Promise<readonly ReadonlySet<Feature>[] | undefined>
}

export interface Asked {
  readonly features: ReadonlySet<Feature>
  /** Why Portage could not be asked; everything counts as switched off then. */
  readonly unknown?: string
}

export interface BuildFeatures extends ParsedFeatures {
  /** Those of them that stand on emerge's command line and nowhere in the settings of this host. */
  readonly typed: ReadonlySet<Feature>
  /** Why Portage could not be asked of what the hook saw. */
  readonly unknown?: string
}

export function openFeatures(input: FeaturesInput): Features {
  const { root, env, run, log } = input
  const cache: HostCache = new Map()
  const warned = new Set<string>()
  const ask = async (extra: Parameters<typeof hostFeatures>[0]['package']): Promise<Asked> => {
    try {
      const question = { root, env, run, cache, now: performance.now() }
      return { features: warn(await hostFeatures(extra === undefined ? question : { ...question, package: extra })) }
    } catch (error) {
      if (!(error instanceof StandinError)) throw error
      log(offBecause(error.message))
      return { features: new Set(), unknown: error.message }
    }
  }
  const firstTime = (warnings: readonly string[], whose: string): string[] => {
    const fresh = warnings.filter((warning) => !warned.has(whose + warning))
    if (warned.size > MOST_WARNED) warned.clear()
    for (const warning of fresh) warned.add(whose + warning)
    return fresh
  }
  /** Whoever has switched something on would wait for it in vain: the first one is told. */
  const untold = ({ unknown }: Asked): string[] => (unknown === undefined ? [] : firstTime([offBecause(unknown)], 'unknown '))
  const warn = ({ features, warnings }: ParsedFeatures): ReadonlySet<Feature> => {
    for (const warning of firstTime(warnings, '')) log(warning)
    return features
  }
  return {
    warm: () => void ask(undefined),
    general: () => ask(undefined),
    async of(moment, owner) {
      const { values } = moment
      const seen = parseFeatures(values.STANDIN_FEATURES)
      const warnings = firstTime(seen.warnings, `${owner.pid} ${owner.startTime} `)
      const typedText = typedSetting(input.procRoot, owner)
      const askOwn = (): ReturnType<typeof ask> =>
        ask({ cpv: cpvOfMoment(values), slot: values.SLOT || '0', repository: values.PORTAGE_REPO_NAME })
      if (onlyTakesAway(values.STANDIN_FEATURES)) {
        const own = await askOwn()
        const left = parseFeatures([...own.features, typedText].join(' '))
        return { ...asIsSaid(own), features: left.features, warnings: [...warnings, ...untold(own)], typed: new Set() }
      }
      const typed = parseFeatures(typedText).features
      const general = await ask(undefined)
      if ([...seen.features].every((token) => general.features.has(token) || typed.has(token)))
        return { features: seen.features, warnings, typed: without(seen.features, general.features) }
      const own = general.unknown === undefined ? await askOwn() : general
      const features = new Set([...seen.features].filter((token) => own.features.has(token) || typed.has(token)))
      return { ...asIsSaid(own), features, warnings: [...warnings, ...untold(own)], typed: without(features, own.features) }
    },
    async ofPackages(packages) {
      try {
        const found = await hostFeaturesOf({ root, env, run, cache, now: performance.now(), keptMs: PACKAGES_KEPT_MS }, packages)
        return found.map(warn)
      } catch (error) {
        if (!(error instanceof StandinError)) throw error
        log(`${error.message}: nothing is given to others`)
        return undefined
      }
    },
  }
}

function offBecause(why: string): string {
  return `${why}: everything counts as switched off`
}

function asIsSaid({ unknown }: Asked): Pick<Asked, 'unknown'> {
  return unknown === undefined ? {} : { unknown: offBecause(unknown) }
}

function without(tokens: ReadonlySet<Feature>, others: ReadonlySet<Feature>): ReadonlySet<Feature> {
  return new Set([...tokens].filter((token) => !others.has(token)))
}

/** What the environment that emerge itself was started with says: the command line wins over make.conf. */
function typedSetting(procRoot: string, owner: Owner): string {
  try {
    const environment = readFileSync(`${procRoot}/${owner.pid}/environ`, 'utf8').split('\0')
    const name = 'STANDIN_FEATURES='
    return environment.find((line) => line.startsWith(name))?.slice(name.length) ?? ''
  } catch (error) {
    // emerge may have ended between two looks at it.
    if (systemCode(error) === undefined) throw error
    return ''
  }
}

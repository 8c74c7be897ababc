/**
 * Which tokens of STANDIN_FEATURES count for one build: those that the hook saw, each unknown one warned of once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Run } from '../portage/run.ts'
import { type Feature, parseFeatures } from '../portage/features.ts'
import type { Moment } from './moment.ts'

export interface FeaturesInput {
  readonly root: string
  readonly env: Readonly<Record<string, string>>
  readonly run: Run
  readonly log: (line: string) => void
}

export function featuresOf({ log }: FeaturesInput): (moment: Moment) => Promise<ReadonlySet<Feature>> {
  const warned = new Set<string>()
  return async (moment) => {
    const { features, warnings } = parseFeatures(moment.values.STANDIN_FEATURES)
    for (const warning of warnings.filter((one) => !warned.has(one))) {
      warned.add(warning)
      log(warning)
    }
    return features
  }
}

/**
 * All checks of `standin doctor`, in the order in which a person would go through them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { daemonChecks } from './daemon.ts'
import { fileChecks } from './files.ts'
import type { Check } from './finding.ts'
import { programChecks } from './programs.ts'
import { settingChecks } from './settings.ts'

export const CHECKS: readonly Check[] = [...fileChecks, ...programChecks, ...settingChecks, ...daemonChecks]

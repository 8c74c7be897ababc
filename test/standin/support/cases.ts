/**
 * Every case of every rule.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Case } from './case.ts'
import { CONTENT_CASES } from './cases/content.ts'
import { PACKAGE_CASES } from './cases/package.ts'
import { PLACE_CASES } from './cases/places.ts'
import { RUN_CASES } from './cases/run.ts'

export const CASES: readonly Case[] = [...PACKAGE_CASES, ...CONTENT_CASES, ...PLACE_CASES, ...RUN_CASES]

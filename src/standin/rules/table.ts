/**
 * Every rule there is, in the order in which `standin why` shows them; nothing else decides what may stand in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { CONTENT_RULES } from './content.ts'
import { CPU_RULES } from './cpu.ts'
import { DEVELOPMENT_RULES } from './development.ts'
import { HOST_RULES } from './host-rules.ts'
import { PACKAGE_RULES } from './package-rules.ts'
import { PLACE_RULES } from './places.ts'
import { REQUEST_RULES } from './request.ts'
import type { Rule } from './rule.ts'
import { RUN_RULES } from './run.ts'
import { SPACE_RULES } from './space.ts'

export const RULES: readonly Rule[] = [
  ...REQUEST_RULES,
  ...PACKAGE_RULES,
  ...CONTENT_RULES,
  ...DEVELOPMENT_RULES,
  ...PLACE_RULES,
  ...HOST_RULES,
  ...RUN_RULES,
  ...CPU_RULES,
  ...SPACE_RULES,
]

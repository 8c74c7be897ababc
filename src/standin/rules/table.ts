/**
 * Every rule there is, in the order in which `standin why` shows them; nothing else decides what may stand in.
 *
 *   request, package, copy  which package, on this host, with this queue, for this emerge
 *   content               what no entry of an image may be, wherever it lies
 *   development           what a build could pick up, wherever it lies
 *   places                an allow-list by place and kind; the last row refuses what no other row lets in, leaves out or refuses with a better reason
 *   host, links           what exists, and what links lead to
 *   whole                 what was left out for its place or its name is not missed, and something is left to use
 *   run, cpu, space       it runs here, on this CPU, and there is room
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { CONTENT_RULES } from './content.ts'
import { CPU_RULES } from './cpu.ts'
import { DEVELOPMENT_RULES } from './development.ts'
import { HOST_RULES } from './host-rules.ts'
import { LINK_RULES, WHOLE_RULES } from './links.ts'
import { COPY_RULES, PACKAGE_RULES } from './package-rules.ts'
import { PLACE_RULES } from './places.ts'
import { REQUEST_RULES } from './request.ts'
import type { Rule } from './rule.ts'
import { RUN_RULES } from './run.ts'
import { SPACE_RULES } from './space.ts'
import { VERSION_RULES } from './versions.ts'

export const RULES: readonly Rule[] = [
  ...REQUEST_RULES,
  ...PACKAGE_RULES,
  ...COPY_RULES,
  ...CONTENT_RULES,
  ...DEVELOPMENT_RULES,
  ...PLACE_RULES,
  ...HOST_RULES,
  ...LINK_RULES,
  ...WHOLE_RULES,
  ...RUN_RULES,
  ...VERSION_RULES,
  ...CPU_RULES,
  ...SPACE_RULES,
]

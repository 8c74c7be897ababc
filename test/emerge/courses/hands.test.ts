/**
 * \`ebuild\` by hand leaves, says and ends with the same beside stand-ins as without the hooks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HANDS } from '../../support/courses/tables/hands.ts'
import { takeCourses } from '../../support/courses/take.ts'

takeCourses('hands', HANDS)

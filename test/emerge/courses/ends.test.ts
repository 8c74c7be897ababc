/**
 * An emerge that fails, is refused, masked or resumed leaves, says and ends with the same beside stand-ins as without the hooks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { ENDS } from '../../support/courses/tables/ends.ts'
import { takeCourses } from '../../support/courses/take.ts'

takeCourses('ends', ENDS)

/**
 * However somebody calls emerge, it leaves, says and ends with the same beside stand-ins as without the hooks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { CALLS } from '../../support/courses/tables/calls.ts'
import { takeCourses } from '../../support/courses/take.ts'

takeCourses('calls', CALLS)

/**
 * Whatever FEATURES and settings say, an emerge leaves, says and ends with the same beside stand-ins as without the hooks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { FEATURE_COURSES } from '../../support/courses/tables/features.ts'
import { takeCourses } from '../../support/courses/take.ts'

takeCourses('features', FEATURE_COURSES)

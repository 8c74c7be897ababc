/**
 * Wherever and in whichever EAPI a package is built, it leaves, says and ends with the same beside stand-ins as without the hooks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { PLACES } from '../../support/courses/tables/places.ts'
import { takeCourses } from '../../support/courses/take.ts'

takeCourses('places', PLACES)

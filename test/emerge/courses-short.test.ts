/**
 * A few of the courses that an emerge can take: the same with stand-ins as without the hooks. `npm test -- emerge/courses` takes all of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { takeCourses } from '../support/courses/take.ts'
import { CALLS } from '../support/courses/tables/calls.ts'
import { ENDS } from '../support/courses/tables/ends.ts'
import { HANDS } from '../support/courses/tables/hands.ts'
import { PLACES } from '../support/courses/tables/places.ts'

const SHORT = ['a package that fails in compile', '`ebuild FILE install`, then `ebuild FILE qmerge`']

const all = [...CALLS, ...ENDS, ...HANDS, ...PLACES]
const named = all.filter(({ name }) => SHORT.includes(name))
assert.equal(named.length, SHORT.length)
takeCourses('short', named)

/**
 * What is said of a build, on the terminal of whoever typed emerge and in the log, and what is written down of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StandinError } from '../base/errors.ts'
import type { Tone } from '../portage/terminal.ts'
import { type Course, type Note, saveNote } from './course.ts'
import type { Realm } from './realm.ts'
import { said } from './say.ts'
import { openTeller } from './teller.ts'

export interface Talk {
  readonly tellAt: (at: Pick<Note, 'terminal'>, text: string, tone: Tone) => void
  readonly tell: (course: Course, text: string, tone: Tone) => void
  /** Errors: as `saveNote`; it is known from then on all the same, but to the next warden. */
  readonly change: (course: Course, changes: Partial<Note>) => void
  /** The same where nothing false comes of a next warden that does not know it: what can't be noted is a line of the log. */
  readonly remember: (course: Course, changes: Partial<Note>) => void
}

export function talkOf(realm: Pick<Realm, 'folders' | 'settings' | 'log'>): Talk {
  const teller = openTeller()
  const tellAt: Talk['tellAt'] = ({ terminal }, text, tone) => {
    realm.log(text)
    if (realm.settings.tell && terminal !== null) teller.tell(terminal.ttys, said(terminal, text, tone, realm.settings.color))
  }
  const change: Talk['change'] = (course, changes) => {
    course.note = { ...course.note, ...changes }
    saveNote(realm.folders.notes, course.key, course.note)
  }
  return {
    tellAt,
    tell: (course, text, tone) => tellAt(course.note, `${course.cpv}: ${text}`, tone),
    change,
    remember(course, changes) {
      try {
        change(course, changes)
      } catch (error) {
        if (!(error instanceof StandinError)) throw error
        realm.log(`${course.cpv}: ${error.message}`)
      }
    },
  }
}

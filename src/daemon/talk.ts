/**
 * What is said of a build, on the terminal of whoever typed emerge and in the log, and what is written down of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Tone } from '../portage/terminal.ts'
import { type Course, type Note, saveNote } from './course.ts'
import type { Realm } from './realm.ts'
import { said } from './say.ts'
import { openTeller } from './teller.ts'

export interface Talk {
  readonly tellAt: (at: Pick<Note, 'terminal'>, text: string, tone: Tone) => void
  readonly tell: (course: Course, text: string, tone: Tone) => void
  readonly change: (course: Course, changes: Partial<Note>) => void
}

export function talkOf(realm: Pick<Realm, 'folders' | 'settings' | 'log'>): Talk {
  const teller = openTeller()
  const tellAt: Talk['tellAt'] = ({ terminal }, text, tone) => {
    realm.log(text)
    if (realm.settings.tell && terminal !== null) teller.tell(terminal.ttys, said(terminal, text, tone, realm.settings.color))
  }
  return {
    tellAt,
    tell: (course, text, tone) => tellAt(course.note, `${course.cpv}: ${text}`, tone),
    change(course, changes) {
      course.note = { ...course.note, ...changes }
      saveNote(realm.folders.notes, course.key, course.note)
    },
  }
}

/**
 * Where a stand-in may lie: the rows that allow something, by place and kind, and the last rows, which allow nothing anywhere else.
 *
 * The rows of `guarded.ts` and `dispensable.ts` come first: what acts by lying there stays away even where a package carries the name of such a
 * place. They give each its own reason; were one of them missing, its place would fall to the last row here, which refuses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { DISPENSABLE_PLACES } from './dispensable.ts'
import { GUARDED_PLACES } from './guarded.ts'
import { ANY_KIND, type EntryKind } from './kinds.ts'
import { isCommand } from './names.ts'
import { isOwn, type OwnNames } from './own.ts'
import type { PlaceRule } from './rule.ts'

type At = PlaceRule['at']

const row = (id: string, why: string, at: At, more: Pick<PlaceRule, 'takes' | 'otherwise' | 'needed'>): PlaceRule => {
  return { scope: 'place', id, why, at, ...more }
}

/** Something of it is missing, and it acts differently: other kinds refuse the package. */
const needed = (...takes: EntryKind[]): Pick<PlaceRule, 'takes' | 'otherwise' | 'needed'> => ({ takes, otherwise: 'refuse', needed: true })

/** For people to read and look at: other kinds are left out. */
const spare = (...takes: EntryKind[]): Pick<PlaceRule, 'takes' | 'otherwise' | 'needed'> => ({ takes, otherwise: 'leave', needed: false })

const at =
  (pattern: RegExp): At =>
  (path) =>
    pattern.test(path)

/** A folder of the package's own below `above`, with something in it. */
const own = (above: RegExp): At => {
  return (path, names: OwnNames) => {
    const folder = above.exec(path)?.[1]
    return folder !== undefined && isOwn(folder, names)
  }
}

const LIB = 'usr/lib(?:32|64|x32)?'

const ALLOWED_PLACES: readonly PlaceRule[] = [
  row('commands', 'a folder of commands takes programs and scripts', isCommand, needed('program', 'script')),
  row('libraries', 'a library folder takes libraries that have a version', at(new RegExp(`^${LIB}/[^/]+$`)), needed('library')),
  row('documents', 'documents take data and examples', at(/^usr\/share\/doc\/./), spare('data', 'script')),
  row('licences', 'licences take data', at(/^usr\/share\/licenses\/./), spare('data')),
  row('manuals', 'manuals take data', at(/^usr\/share\/(man\/([^/]+\/)?man[0-9a-z]+|info)\/[^/]+$/), spare('data')),
  row('translations', 'translations take catalogues', at(/^usr\/share\/locale\/[^/]+\/LC_[A-Z]+\/[^/]+\.mo$/), spare('data')),
  row(
    'icons',
    'icons take pictures',
    at(/^usr\/share\/(icons\/[^/]+\/.+|pixmaps\/.+)\.(png|svgz?|xpm|gif|jpe?g|webp|ico|bmp)$/i),
    spare('data'),
  ),
  row('terminals', 'descriptions of terminals take data', at(/^usr\/share\/terminfo\/[^/]+\/[^/]+$/), spare('data')),
  row(
    'other-documents',
    'translations and pictures of an unknown form are not placed',
    at(/^usr\/share\/(doc|licenses|locale|icons|pixmaps|man|info|terminfo)\//),
    spare(),
  ),
  // After the folders that all packages share, should one be called like such a folder.
  row('own-library-folder', 'its own folder of libraries takes anything', own(new RegExp(`^${LIB}/([^/]+)/.`)), needed(...ANY_KIND)),
  row('own-helpers', 'its own helpers in /usr/libexec take anything', own(/^usr\/libexec\/([^/]+)(?:\/.|$)/), needed(...ANY_KIND)),
  row('own-data', 'its own folder of data takes anything', own(/^usr\/share\/(?:games\/)?([^/]+)\/./), needed(...ANY_KIND)),
  row('own-opt', 'its own folder in /opt takes anything', own(/^opt\/([^/]+)\/./), needed(...ANY_KIND)),
]

const LAST_PLACES: readonly PlaceRule[] = [
  row('settings', 'settings below /etc are not placed; a program then goes by its defaults', at(/^etc\//), spare()),
  row('root-folders', 'what lies in /bin, /sbin and /lib starts the system', at(/^(bin|sbin|lib[^/]*)\//), needed()),
  row('state', 'what begins with a state below /var needs a merge', at(/^var\//), needed()),
  row('elsewhere', 'no place that a stand-in may lie in', () => true, needed()),
]

const keepFiles = row('keep-files', 'what Portage puts into an empty folder is not placed', at(/(^|\/)\.keep[^/]*$/), spare())

export const PLACE_RULES: readonly PlaceRule[] = [keepFiles, ...GUARDED_PLACES, ...DISPENSABLE_PLACES, ...ALLOWED_PLACES, ...LAST_PLACES]

/** The row that decides about `path`: the first that it falls into. */
export function placeOf(path: string, names: OwnNames, rows: readonly PlaceRule[] = PLACE_RULES): PlaceRule | undefined {
  return rows.find((one) => one.at(path, names))
}

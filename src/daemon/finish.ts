/**
 * What follows a merged build: it is held against the copy that stood in, and given to others where the user wants that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Tone } from '../portage/terminal.ts'
import { audit } from './audit.ts'
import type { Course } from './course.ts'
import { publish, type Published } from './publish.ts'
import type { Realm } from './realm.ts'
import type { Traces } from './traces.ts'
import { megabytes } from './say.ts'
import { type Wish, type WishedRecipe, wishOf } from './wish.ts'

export type Tell = (course: Course, text: string, tone: Tone) => void

/** Errors: as `publish`. */
export async function finish(realm: Realm, course: Course, tell: Tell): Promise<void> {
  const copy = course.note.stoodIn === null ? undefined : realm.stood.load(course.note.stoodIn)
  const wish = wishOf(course.note.began.values, realm.wishTools)
  const recipe = await wish.recipe
  const unwanted = whyPrivate(realm, course, wish, recipe)
  const tellWhy = (why: string): void => (course.note.wanted.publish ? tell(course, `not published: ${why}`, 'warn') : undefined)
  if (unwanted !== undefined) tellWhy(unwanted)
  if (!recipe.known || (unwanted !== undefined && copy === undefined)) return
  const own = await made(realm, course, wish, recipe, unwanted === undefined)
  if (own === undefined) return
  if (unwanted === undefined && own.leak !== undefined) tellWhy(own.leak)
  const hindered = unwanted ?? own.leak
  try {
    if (copy !== undefined) {
      const { keys } = realm.policy()
      const audited = audit({
        ...realm,
        counts: (keyid) => keys.has(keyid),
        stoodIn: copy,
        own,
        standinsLive: course.note.standinsLive,
        disputes: realm.folders.disputes,
      })
      tell(course, audited.line, audited.verdict === 'differ' ? 'bad' : 'good')
      if (audited.verdict === 'differ') realm.peer.unshare(copy.offer.archive.sha256)
      if (hindered === undefined) {
        realm.known.saveBuild(audited.build)
        realm.share(audited.build)
      }
    } else if (hindered === undefined) {
      realm.share(own.build)
      tell(course, `published (${megabytes(own.build.archive.size)}, content ${own.build.offer.content.slice(0, 12)})`, 'good')
    }
  } finally {
    if (hindered !== undefined) rmSync(own.build.path, { force: true })
  }
}

/** One clause that says why this build stays at home, or undefined where it may be given to others. */
function whyPrivate(realm: Realm, course: Course, wish: Wish, recipe: WishedRecipe): string | undefined {
  if (!course.note.wanted.publish) return 'publish is not in STANDIN_FEATURES'
  if (!recipe.known) return recipe.why
  const restricted = wish.metadata['RESTRICT']?.split(/\s+/).find((word) => word === 'bindist' || word === 'fetch')
  if (restricted !== undefined) return `RESTRICT="${restricted}": copies of it must not be passed on`
  if (realm.settings.publish_repos.includes(wish.family.repository)) return undefined
  return `publish_repos does not name repository ${wish.family.repository}`
}

async function made(
  realm: Realm,
  course: Course,
  wish: Wish,
  recipe: WishedRecipe & { readonly known: true },
  keep: boolean,
): Promise<Published | undefined> {
  const gpkg = course.note.package
  const from = gpkg === null ? realm.captures.load(course.key) : { gpkg }
  if (from === undefined) return undefined
  const work = join(realm.folders.work, course.key.slice(-100))
  const { archives } = realm.folders
  const { standinsLive } = course.note
  const traces = tracesOf(realm, course)
  try {
    return await publish({ ...realm, wish, recipe, from, archives, work, standinsLive, traces, keep, signal: realm.ending })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function tracesOf({ settings }: Realm, { note }: Course): Traces {
  const { PORTAGE_TMPDIR: tmpdir, PORTAGE_BUILDDIR: buildFolder } = note.began.values
  const { public_words: publicWords, publish_repos: publicRepos } = settings
  return { tmpdir, buildFolder, owner: note.owner, publicWords: [...publicWords], publicRepos: [...publicRepos] }
}

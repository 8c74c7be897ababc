/**
 * What follows a merged build: it is held against the copy that stood in, and given to others where the user wants that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { hostError } from '../base/errors.ts'
import { size } from '../base/units.ts'
import { audit, INCOMPARABLE, type StoodIn } from './audit.ts'
import { isInstalled, mayBeChanged, mayHaveFoundItself } from './beside.ts'
import type { Course, Note } from './course.ts'
import type { Dispute } from './dispute.ts'
import type { Build } from './known.ts'
import { publish, type Published, type PublishInput, signedBy } from './publish.ts'
import type { Realm } from './realm.ts'
import { rebuilt } from './rebuild.ts'
import { whyAwaitsRebuild, whyNotKept, whyPrivate, whySignedOtherwise, whySwitchedOff, whyTooLarge, whyUnsearched } from './staysHome.ts'
import type { Talk } from './talk.ts'
import type { Traces } from './traces.ts'
import { asItBegan } from './unlike.ts'
import { columnsOf } from './width.ts'
import { type Wish, type WishedRecipe, wishOf } from './wish.ts'
import { keptHome, saveWord, withheld } from './withheld.ts'

/** Errors: as `publish`; they are for `withheld`, as what this says itself. */
export async function finish(realm: Realm, course: Course, tell: Talk['tell']): Promise<void> {
  const from = keptOf(realm, course)
  if (from === undefined) return withheld(realm, course, tell, whyNotKept(course.note))
  const wish = wishOf(course.note.began.values, realm.wishTools)
  const [now] = await Promise.all([wish.recipe, course.begun])
  const recipe = asItBegan(course.note, now)
  if (!recipe.known) return withheld(realm, course, tell, recipe.why)
  const note = lookedAt(realm, course)
  const copy = copyOf(realm, course, tell)
  const unwanted = (await whySwitchedOff(realm, course)) ?? whyPrivate(realm.settings, wish, course.note.began.values)
  const tellWhy = (why: string): void => keptHome(realm, course, tell, why)
  if (unwanted !== undefined) tellWhy(unwanted)
  if (unwanted !== undefined && copy === undefined && !realm.known.awaitsRebuild(course.cpv)) return
  const own = await made(realm, course, wish, recipe, from)
  const hindered = unwanted ?? own.leak ?? whyUnsearched(course.note) ?? whyTooLarge(realm, own)
  if (unwanted === undefined && hindered !== undefined) tellWhy(hindered)
  try {
    // Where a copy stood in the word is about that one; it may be said again after a kill.
    const standinsLive = note.standinsLive || note.besideItself === true
    const words = copy === undefined ? rebuilt({ ...realm, own, ...note, standinsLive }) : []
    for (const { text, tone, closed } of words) {
      tell(course, text, tone)
      if (closed !== undefined) withdraw(realm, closed)
    }
    const build = copy === undefined ? own.build : await held(realm, course, { copy, own, note }, tell)
    if (hindered !== undefined) return
    const isChanged = mayBeChanged(note, copy?.offer, build.offer)
    const why = whyAwaitsRebuild(realm.known.disputes(recipe.id), isChanged) ?? whySignedOtherwise(realm.known.signed(build.offer), build)
    if (why === undefined) give(realm, course, signedBy(realm.key, build, isChanged), tell)
    else tellWhy(why)
  } finally {
    const rows = realm.known.builds()
    if (rows.every(({ path }) => path !== own.build.path)) rmSync(own.build.path, { force: true })
  }
}

/** The note with what was installed: no merge has asked where it was only packed (`emerge -B`), and what began while none was installed may have met one since. */
function lookedAt({ site }: Realm, { cpv, note }: Course): Note {
  if (note.replaces !== undefined || note.began.values.MERGE_TYPE !== 'buildonly') return note
  return { ...note, replaces: isInstalled(site.root, cpv) }
}

/** What is known of the copy that stood in, if one did. */
function copyOf(realm: Realm, course: Course, tell: Talk['tell']): StoodIn | undefined {
  const { stoodIn } = course.note
  const copy = stoodIn === null ? undefined : realm.stood.load(stoodIn)
  if (stoodIn === null || copy !== undefined) return copy
  const line = `${INCOMPARABLE}: what was known of that copy is gone`
  tell(course, line, 'warn')
  saveWord(realm, course, 'own-build', false, line)
  return undefined
}

/** The package that Portage made of the build, or what was captured of it. */
function keptOf(realm: Realm, course: Course): PublishInput['from'] | undefined {
  const gpkg = course.note.package
  return gpkg === null ? realm.captures.load(course.key) : { gpkg }
}

function made(
  realm: Realm,
  course: Course,
  wish: Wish,
  recipe: WishedRecipe & { readonly known: true },
  from: PublishInput['from'],
): Promise<Published> {
  const work = join(realm.folders.work, course.key.slice(-100))
  const { archives } = realm.folders
  const { wanted } = course.note
  const granted = wanted.typed.includes('publish') ? 'typed' : 'settings'
  const traces = tracesOf(realm, course)
  const width = columnsOf(course.note.began.values)
  return publish({ ...realm, wish, recipe, from, archives, work, traces, granted, ...width, signal: realm.ending }).finally(() =>
    dropWork(realm, work),
  )
}

/** What stays goes at the next start-up; what was made is held against the copy all the same. */
function dropWork({ log }: Pick<Realm, 'log'>, work: string): void {
  try {
    rmSync(work, { recursive: true, force: true })
  } catch (error) {
    log(hostError(`could not remove ${work}`, error).message)
  }
}

function tracesOf({ settings }: Realm, { note }: Course): Traces {
  const { PORTAGE_TMPDIR: tmpdir, PORTAGE_BUILDDIR: buildFolder } = note.began.values
  const { public_words: publicWords, publish_repos: publicRepos } = settings
  const { callers, names } = note
  const known = names === undefined || 'why' in names ? null : names
  return { tmpdir, buildFolder, callers, names: known, publicWords: [...publicWords], publicRepos: [...publicRepos] }
}

/** Says what the own build says of the copy, on the terminal and for `standin why`. */
async function held(
  realm: Realm,
  course: Course,
  { copy, own, note }: { readonly copy: StoodIn; readonly own: Published; readonly note: Note },
  tell: Talk['tell'],
): Promise<Build> {
  const { keys } = realm.policy()
  const { disputes, peer } = realm.folders
  const { standinsLive } = note
  const counts = (keyid: string): boolean => keys.has(keyid)
  const { verdict, line, tone, build } = await audit({
    ...realm,
    counts,
    stoodIn: copy,
    own,
    standinsLive,
    besideItself: mayHaveFoundItself(note),
    disputes,
    fetched: join(peer, 'fetched'),
  })
  tell(course, line, tone)
  saveWord(realm, course, 'own-build', tone === 'good', line)
  if (verdict === 'differ') {
    const { sha256 } = copy.offer.archive
    realm.known.dropPassedOn(sha256)
    realm.peer.unshare(sha256, false)
  }
  return build
}

function give(realm: Realm, course: Course, build: Build, tell: Talk['tell']): void {
  const { archive, offer, audit: audited } = build
  realm.known.saveBuild(build)
  realm.share(build)
  const line = `published (${size(archive.size)}, content ${offer.content.slice(0, 12)})`
  if (audited === 'none') tell(course, line, 'good')
  saveWord(realm, course, 'publish', true, line)
}

/** A build that a clean one has spoken against is offered no more. What was said of it stays said, so that no second content is. */
function withdraw(realm: Realm, { recipe, contents }: Dispute): void {
  for (const { offer, archive, path } of realm.known.builds()) {
    if (offer.recipe !== recipe || offer.content !== contents[1]) continue
    realm.peer.unshare(archive.sha256, false)
    realm.known.dropBuild(archive.sha256)
    rmSync(path, { force: true })
  }
}

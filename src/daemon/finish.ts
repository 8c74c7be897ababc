/**
 * What follows a merged build: it is held against the copy that stood in, and given to others where the user wants that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { size } from '../base/units.ts'
import { audit, INCOMPARABLE, type StoodIn } from './audit.ts'
import { mayBeChanged } from './beside.ts'
import type { Course } from './course.ts'
import type { Dispute } from './dispute.ts'
import type { Build } from './known.ts'
import { publish, type Published, type PublishInput } from './publish.ts'
import type { Realm } from './realm.ts'
import { rebuilt } from './rebuild.ts'
import { whyNobody, whyNotKept, whyPrivate, whySignedOtherwise, whySwitchedOff, whyTooLarge } from './staysHome.ts'
import type { Talk } from './talk.ts'
import type { Traces } from './traces.ts'
import { asItBegan } from './unlike.ts'
import { type Wish, type WishedRecipe, wishOf } from './wish.ts'
import { saveOwnWord, withheld } from './withheld.ts'

/** Errors: as `publish`; they are for `withheld`, as what this says itself. */
export async function finish(realm: Realm, course: Course, tell: Talk['tell']): Promise<void> {
  const from = keptOf(realm, course)
  if (from === undefined) return withheld(realm, course, tell, whyNotKept(course.note))
  const wish = wishOf(course.note.began.values, realm.wishTools)
  const [now] = await Promise.all([wish.recipe, course.begun])
  const recipe = asItBegan(course.note, now)
  if (!recipe.known) return withheld(realm, course, tell, recipe.why)
  const copy = copyOf(realm, course, tell)
  const unwanted = (await whySwitchedOff(realm, course)) ?? whyPrivate(realm.settings, wish, course.note.began.values)
  const tellWhy = (why: string): void => (course.note.wanted.publish ? tell(course, `not published: ${why}`, 'warn') : undefined)
  if (unwanted !== undefined) tellWhy(unwanted)
  if (unwanted !== undefined && copy === undefined && !realm.known.awaitsRebuild(course.cpv)) return
  const own = await made(realm, course, wish, recipe, from, copy)
  const hindered = unwanted ?? own.leak ?? whyNobody(course.note) ?? whyTooLarge(realm, own)
  if (unwanted === undefined && hindered !== undefined) tellWhy(hindered)
  try {
    // Where a copy stood in the word is about that one; it may be said again after a kill.
    const words =
      copy === undefined
        ? rebuilt({ ...realm, own, ...course.note, standinsLive: mayBeChanged(course.note, undefined, own.build.offer) })
        : []
    for (const { text, tone, closed } of words) {
      tell(course, text, tone)
      if (closed !== undefined) withdraw(realm, closed)
    }
    const build = copy === undefined ? own.build : await held(realm, course, copy, own, tell)
    const twofold = whySignedOtherwise(realm.known.signed(build.offer), build)
    if (hindered === undefined && twofold !== undefined) tellWhy(twofold)
    if (hindered === undefined && twofold === undefined) give(realm, course, build, tell)
  } finally {
    const rows = realm.known.builds()
    if (rows.every(({ path }) => path !== own.build.path)) rmSync(own.build.path, { force: true })
  }
}

/** What is known of the copy that stood in, if one did. */
function copyOf(realm: Realm, course: Course, tell: Talk['tell']): StoodIn | undefined {
  const { stoodIn } = course.note
  const copy = stoodIn === null ? undefined : realm.stood.load(stoodIn)
  if (stoodIn === null || copy !== undefined) return copy
  const line = `${INCOMPARABLE}: what was known of that copy is gone`
  tell(course, line, 'warn')
  saveOwnWord(realm, course, false, line)
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
  copy: StoodIn | undefined,
): Promise<Published> {
  const work = join(realm.folders.work, course.key.slice(-100))
  const { archives } = realm.folders
  const { wanted } = course.note
  const standinsLive: PublishInput['standinsLive'] = (built) => mayBeChanged(course.note, copy?.offer, built)
  const granted = wanted.typed.includes('publish') ? 'typed' : 'settings'
  const traces = tracesOf(realm, course)
  return publish({ ...realm, wish, recipe, from, archives, work, standinsLive, traces, granted, signal: realm.ending }).finally(() =>
    rmSync(work, { recursive: true, force: true }),
  )
}

function tracesOf({ settings }: Realm, { note }: Course): Traces {
  const { PORTAGE_TMPDIR: tmpdir, PORTAGE_BUILDDIR: buildFolder } = note.began.values
  const { public_words: publicWords, publish_repos: publicRepos } = settings
  return { tmpdir, buildFolder, callers: note.callers, publicWords: [...publicWords], publicRepos: [...publicRepos] }
}

/** Says what the own build says of the copy, on the terminal and for `standin why`. */
async function held(realm: Realm, course: Course, stoodIn: StoodIn, own: Published, tell: Talk['tell']): Promise<Build> {
  const { keys } = realm.policy()
  const { disputes, peer } = realm.folders
  const { standinsLive, besideItself = false } = course.note
  const counts = (keyid: string): boolean => keys.has(keyid)
  const { verdict, line, tone, build } = await audit({
    ...realm,
    counts,
    stoodIn,
    own,
    standinsLive,
    besideItself,
    disputes,
    fetched: join(peer, 'fetched'),
  })
  tell(course, line, tone)
  saveOwnWord(realm, course, tone === 'good', line)
  if (verdict === 'differ') {
    const { sha256 } = stoodIn.offer.archive
    realm.known.dropPassedOn(sha256)
    realm.peer.unshare(sha256, false)
  }
  return build
}

function give(realm: Realm, course: Course, build: Build, tell: Talk['tell']): void {
  const { archive, offer, audit: audited } = build
  realm.known.saveBuild(build)
  realm.share(build)
  if (audited === 'none') tell(course, `published (${size(archive.size)}, content ${offer.content.slice(0, 12)})`, 'good')
}

/** A build that a clean one has spoken against is offered no more: a key that says two contents of one recipe is heard for neither. */
function withdraw(realm: Realm, { recipe, contents }: Dispute): void {
  realm.known.takeBack(recipe, contents[1])
  for (const { offer, archive, path } of realm.known.builds()) {
    if (offer.recipe !== recipe || offer.content !== contents[1]) continue
    realm.peer.unshare(archive.sha256, false)
    realm.known.dropBuild(archive.sha256)
    rmSync(path, { force: true })
  }
}

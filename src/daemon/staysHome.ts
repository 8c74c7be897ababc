/**
 * Says why a build of one's own is not given to others: what the user set, what its licence or its repository asks, its size.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { size } from '../base/units.ts'
import type { Course, Note } from './course.ts'
import type { Dispute } from './dispute.ts'
import type { Build, Signed } from './known.ts'
import { whyNotWhole } from './ownPackage.ts'
import type { Published } from './publish.ts'
import type { Realm } from './realm.ts'
import type { Wish } from './wish.ts'

/** What was switched on when the build began may have been switched off since. */
export async function whySwitchedOff(
  realm: Pick<Realm, 'features'>,
  { cpv, note: { began, wanted } }: Pick<Course, 'cpv' | 'note'>,
): Promise<string | undefined> {
  const off = 'publish is not in STANDIN_FEATURES'
  if (!wanted.publish) return off
  if (wanted.typed.includes('publish') || (await realm.features.general()).features.has('publish')) return undefined
  const own = { cpv, slot: began.values.SLOT || '0', repository: began.values.PORTAGE_REPO_NAME }
  const said = await realm.features.ofPackages([own])
  if (said === undefined) return 'Portage does not say whether publish is still in STANDIN_FEATURES'
  return said[0]?.has('publish') === true ? undefined : `${off} any more`
}

/** One clause that says why this build stays at home, or undefined where it may be given to others. */
export function whyPrivate(
  { publish_repos: repositories }: Pick<Realm['settings'], 'publish_repos'>,
  { metadata, family }: Pick<Wish, 'metadata' | 'family'>,
  { PORTAGE_COMPRESS: packer = '' }: { readonly PORTAGE_COMPRESS?: string },
): string | undefined {
  const restricted = metadata['RESTRICT']?.split(/\s+/).find((word) => word === 'bindist' || word === 'fetch')
  if (restricted !== undefined) return `RESTRICT="${restricted}": copies of it must not be passed on`
  if (!repositories.includes(family.repository)) return `publish_repos does not name repository ${family.repository}`
  const [program = ''] = packer.trim().split(/\s+/)
  if (OPENED.has(program.slice(program.lastIndexOf('/') + 1))) return undefined
  return `PORTAGE_COMPRESS="${packer}": what that packs can't be searched for words of this host; bzip2, gzip, lzma, xz and zstd can`
}

/** Programs whose files `package/private/` looks into; Portage packs with bzip2 where none is named, and not at all where the name is empty. */
const OPENED: ReadonlySet<string> = new Set(['', 'bzip2', 'gzip', 'lbzip2', 'lzma', 'pbzip2', 'pigz', 'xz', 'zstd'])

/** One clause that says why nothing is there of a finished build that an archive could be made of. */
export function whyNotKept({ unkept, buildTime, began: { values } }: Note): string {
  if (unkept !== null) return unkept
  if (values.MERGE_TYPE === 'buildonly')
    return (
      whyNotWhole(values) ?? 'emerge has made no gpkg of it, as BINPKG_FORMAT asks for, and nothing is taken from other binary packages'
    )
  return buildTime === '' ? 'no daemon heard the merge ask for the way' : 'what was kept of it is gone'
}

/** Where nobody knows who typed emerge, or what the host was called by then, nobody can look for those names. */
export function whyUnsearched({ callers, names }: Pick<Note, 'callers' | 'names'>): string | undefined {
  if (callers === null) return 'who typed emerge could not be read when the build began, so it was not searched for that name'
  if (names !== undefined && !('why' in names)) return undefined
  const why = names === undefined ? '' : ` (${names.why})`
  return `what this host and the people on it were called when the build began is not known${why}, so it was not searched for that`
}

/** A key that says two contents of one recipe, not even stably the same, is heard for neither. `before`: what it has said of this recipe. */
export function whySignedOtherwise(before: Signed | undefined, { offer: own, columns }: Build): string | undefined {
  if (before === undefined || before.stable === own.stable) return undefined
  const first = before.content.slice(0, 12)
  const windows = `in a window of ${before.columns} columns, and this in one of ${columns}: in one as wide as that it may be the same`
  const other = before.columns === undefined || columns === undefined || before.columns === columns ? '' : `, built ${windows}`
  return `it is not what was published of this recipe before (content ${first}${other}), and whoever says two things of one is heard for neither`
}

/** While a dispute about its recipe is open, only a clean build is signed: it may give another content, and a key has one word. */
export function whyAwaitsRebuild(disputes: readonly Pick<Dispute, 'state'>[], mayBeChanged: boolean): string | undefined {
  if (!mayBeChanged || disputes.every(({ state }) => state !== 'open')) return undefined
  return 'it may have been changed by what stood in or was installed, and waits for the clean rebuild'
}

export function whyTooLarge(realm: Realm, { build: { archive } }: Published): string | undefined {
  return archive.size > realm.settings.cache_size ? `its archive has ${size(archive.size)}, more than cache_size allows` : undefined
}

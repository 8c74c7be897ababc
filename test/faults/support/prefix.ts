/**
 * A whole host below one folder: what the warden reads of Portage, a copy that a peer has, a build that came out of it, and its merge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sha256Hex } from '../../../src/base/canonical.ts'
import { foldersBelow } from '../../../src/daemon/folders.ts'
import { parseMoment } from '../../../src/daemon/moment.ts'
import { refreshView } from '../../../src/daemon/peerView.ts'
import type { Folders } from '../../../src/daemon/realm.ts'
import { type Wish, wishOf } from '../../../src/daemon/wish.ts'
import { exactId } from '../../../src/package/content.ts'
import { linkageId, linkageOf } from '../../../src/package/linkage.ts'
import type { Manifest, Metadata } from '../../../src/package/manifest.ts'
import { metadataId } from '../../../src/package/signed.ts'
import { HOOK_LINES } from '../../../src/portage/hookblock.ts'
import { attested, offerNamed } from '../../daemon/support/offers.ts'
import { manifestOf, type PlacePlan, planOf, stage, type Tree } from '../../standin/support/site.ts'
import { answering } from './programs.ts'

export const PACKAGE = { category: 'app-misc', name: 'demo', pf: 'demo-1', cpv: 'app-misc/demo-1' } as const

/** What Portage says of its build, and a recipe is made of. */
export const VALUES = {
  CATEGORY: PACKAGE.category,
  PN: PACKAGE.name,
  PF: PACKAGE.pf,
  PVR: '1',
  SLOT: '0',
  EAPI: '8',
  EROOT: '/',
  PORTAGE_REPO_NAME: 'gentoo',
  MERGE_TYPE: 'source',
  CHOST: 'x86_64-pc-linux-gnu',
  /** No folder of anybody's own. */
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  CFLAGS: '-O2',
  FEATURES: 'binpkg-docompress binpkg-dostrip fixlafiles network-sandbox sandbox userpriv usersandbox',
  USE: '',
  STANDIN_FEATURES: 'install publish',
} as const

/** What the copy holds, and the own build where it agrees. */
const COPY: Tree = {
  'usr/bin/demo': '#!/bin/sh\necho copy\n',
  'usr/bin/demo-alias': { link: 'demo' },
  'usr/share/demo/table': 'data\n',
}
/** Of which the file `differs` says that it is so. */
const OTHER: Tree = { ...COPY, 'usr/bin/demo': '#!/bin/sh\necho own\n' }

const NAMES = Object.keys(COPY)

const ownOf = (top: string): Tree => (existsSync(join(top, 'differs')) ? OTHER : COPY)

export interface PrefixFolders {
  /** EPREFIX. */
  readonly root: string
  readonly ours: Folders
  readonly tmpdir: string
  readonly builddir: string
  readonly image: string
  /** What the peer has: a staged copy. */
  readonly copy: string
}

export function foldersOf(top: string): PrefixFolders {
  const root = join(top, 'root')
  const builddir = join(top, 'tmp/portage', PACKAGE.category, PACKAGE.pf)
  return { root, ours: foldersBelow(root), tmpdir: join(top, 'tmp'), builddir, image: join(builddir, 'image'), copy: join(top, 'copy') }
}

const EBUILD = 'EAPI=8\nDESCRIPTION="demo"\nSLOT=0\n'
const METADATA: Metadata = {
  CATEGORY: PACKAGE.category,
  PF: PACKAGE.pf,
  SLOT: '0',
  EAPI: '8',
  repository: 'gentoo',
  CHOST: 'x86_64-pc-linux-gnu',
}

const REPOSITORY = 'var/db/repos/gentoo'

const HOST: Readonly<Record<string, string>> = {
  'bin/sh': 'a shell',
  'usr/bin/theirs': 'mine',
  'usr/share/doc/theirs': 'mine',
  'etc/passwd': 'nobody:x:65534:65534::/:/bin/false\n',
  'etc/portage/bashrc': `${HOOK_LINES.join('\n')}\n`,
  'etc/portage/repos.conf': `[gentoo]\nlocation = /${REPOSITORY}\n`,
  'etc/portage/standin.conf': 'level = 0\ninstall_wait = 1\npurge_wait = 1\npolicy = /nowhere/standin.policy\n',
  'etc/portage/make.profile/packages': '*sys-apps/sed\n',
  [`${REPOSITORY}/profiles/repo_name`]: 'gentoo\n',
  [`${REPOSITORY}/metadata/layout.conf`]: 'masters =\n',
  [`${REPOSITORY}/app-misc/demo/demo-1.ebuild`]: EBUILD,
  [`${REPOSITORY}/metadata/md5-cache/app-misc/demo-1`]: `EAPI=8\nSLOT=0\nDEFINED_PHASES=-\n_md5_=${createHash('md5').update(EBUILD).digest('hex')}\n`,
}

/** What the peer has fetched; nobody opens it here. */
export const ARCHIVE = 'an archive'

export const offerPath = (top: string): string => join(top, 'offer.json')

/** `hooks`: what is started as the node of this host; its words are the name of a hook and what bash hands to it. */
export async function layPrefix(top: string, hooks: string, differs = false): Promise<void> {
  const { root, ours, tmpdir, copy } = foldersOf(top)
  for (const [path, text] of Object.entries({ ...HOST, 'usr/bin/node': hooks })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  for (const path of ['bin/sh', 'usr/bin/node', 'usr/bin/theirs']) chmodSync(join(root, path), 0o755)
  mkdirSync(join(root, 'var/db/pkg'), { recursive: true })
  // What the peer is to see lies there already: a warden that starts has no more to do than to look.
  mkdirSync(join(ours.viewEtc, 'ssl'), { recursive: true })
  refreshView(ours.viewEtc, () => undefined)
  mkdirSync(tmpdir)
  mkdirSync(join(copy, 'files'), { recursive: true })
  stage(copy, COPY)
  const { records } = manifestOf(COPY)
  const manifest: Manifest = { standin: 'manifest-1', metadata: METADATA, records, contentId: exactId(records) }
  writeFileSync(join(copy, 'manifest.json'), JSON.stringify(manifest))
  if (differs) writeFileSync(join(top, 'differs'), '')
  const { family, recipe } = await wishedFor(top)
  const ids = { ...recipe, linkage: linkageId(linkageOf(METADATA)), metadata: metadataId(METADATA), content: exactId(records) }
  const plain = offerNamed('demo', { family, ...ids })
  const sha256 = sha256Hex(ARCHIVE)
  const offer = { ...plain, archive: { ...plain.archive, sha256, size: ARCHIVE.length, name: `${sha256}.gpkg.tar` } }
  writeFileSync(offerPath(top), JSON.stringify({ ...offer, attestations: [attested(offer, 'anna', { cpv: PACKAGE.cpv })] }))
}

/** The copy is of the very recipe that is built here. */
async function wishedFor(top: string): Promise<{ family: Wish['family']; recipe: { recipe: string; environment: string } }> {
  const { root, tmpdir, builddir } = foldersOf(top)
  const fields = Object.entries({ ...VALUES, PORTAGE_TMPDIR: tmpdir, PORTAGE_BUILDDIR: builddir }).map(
    ([name, value]) => `${name}=${value}`,
  )
  const { values } = parseMoment(['1', 'fetch', '7.8', ...fields].join('\u001f'))
  const tools = {
    root,
    env: {},
    run: answering,
    optionsCache: new Map(),
    toolchains: new Map(),
    packers: new Map(),
    locales: new Map(),
    installed: new Map(),
    publicRepos: ['gentoo'],
  }
  const wish = wishOf(values, tools)
  const recipe = await wish.recipe
  if (!recipe.known) throw new Error(recipe.why)
  return { family: wish.family, recipe: { recipe: recipe.id, environment: recipe.environment } }
}

export function planOfCopy(top: string): PlacePlan {
  return planOf(COPY, (folder) => existsSync(join(foldersOf(top).root, folder)))
}

/** What Portage has made before it merges. */
export function layImage(top: string): void {
  const { image, builddir } = foldersOf(top)
  rmSync(image, { recursive: true, force: true })
  layTree(image, ownOf(top))
  mkdirSync(join(builddir, 'build-info'), { recursive: true })
  const values = { ...METADATA, BUILD_TIME: '1700000000' }
  for (const [name, value] of Object.entries(values)) writeFileSync(join(builddir, 'build-info', name), `${value}\n`)
}

function layTree(folder: string, tree: Tree): void {
  for (const [path, content] of Object.entries(tree)) {
    const full = join(folder, path)
    mkdirSync(dirname(full), { recursive: true })
    if (typeof content !== 'string') symlinkSync(content.link, full)
    else writeFileSync(full, content, { mode: path.startsWith('usr/bin/') ? 0o755 : 0o644 })
  }
}

const OWNERSHIP = `var/db/pkg/${PACKAGE.cpv}`

/** As Portage does it: a rename over whatever is there, then what is installed is written down. */
export function mergeImage(top: string): void {
  const { root, image } = foldersOf(top)
  for (const path of NAMES) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    renameSync(join(image, path), join(root, path))
  }
  const lines = NAMES.map((path) => (lstatSync(join(root, path)).isFile() ? `obj /${path} ${'0'.repeat(32)} 1` : `sym /${path} -> demo 1`))
  const values = { SLOT: '0', BUILD_TIME: '1700000000', repository: 'gentoo', CONTENTS: lines.join('\n') }
  mkdirSync(join(root, OWNERSHIP), { recursive: true })
  for (const [name, value] of Object.entries(values)) writeFileSync(join(root, OWNERSHIP, name), `${value}\n`)
}

/** `emerge --unmerge`, so that the package can be emerged once more. */
export function unmerge(top: string): void {
  const { root } = foldersOf(top)
  for (const path of NAMES) rmSync(join(root, path), { force: true })
  for (const folder of ['usr/share/demo', dirname(OWNERSHIP)]) rmSync(join(root, folder), { recursive: true, force: true })
}

/** Names of the package that are on the host. */
export function namesThere(top: string): string[] {
  const { root } = foldersOf(top)
  return NAMES.filter((path) => lstatSync(join(root, path), { throwIfNoEntry: false }) !== undefined)
}

/** Paths that are the package's own, with the folders that only it has. */
export const isOfPackage = (path: string): boolean =>
  path === 'usr/share/demo' || NAMES.includes(path) || path === dirname(OWNERSHIP) || path.startsWith(OWNERSHIP)

/** Names of the package that are there and must not be, or are not what was merged. */
export function wrongNames(top: string, isMerged: boolean): string[] {
  const { root } = foldersOf(top)
  if (!isMerged)
    return [...NAMES, 'usr/share/demo'].filter((path) => existsSync(join(root, path))).map((path) => `left of the stand-in: ${path}`)
  return Object.entries(ownOf(top)).flatMap(([path, content]) => {
    const there = lstatSync(join(root, path), { throwIfNoEntry: false })
    if (typeof content !== 'string') return there?.isSymbolicLink() === true ? [] : [`merged, and gone: ${path}`]
    const text = there?.isFile() === true ? readFileSync(join(root, path), 'utf8') : undefined
    return text === content ? [] : [`merged, and ${text === undefined ? 'gone' : 'another'}: ${path}`]
  })
}

/**
 * Decides which words of a host are looked for in what it publishes: those that say something about it, and none that everybody's files hold anyway.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { PrivateText } from './search.ts'

export interface Person {
  readonly name: string
  readonly home: string
}

export interface PrivateFacts {
  /** PORTAGE_TMPDIR and PORTAGE_BUILDDIR, each as Portage says it and with its links followed. */
  readonly tmpdirs: readonly string[]
  readonly builds: readonly string[]
  /** Whoever may have typed emerge. */
  readonly people: readonly Person[]
  /** What the host calls itself. */
  readonly hostname: string
  /** Whether everybody's files may hold this word: the ebuild's own words, those of public repositories, and those that the user calls public. */
  readonly isCommon: (word: string) => boolean
}

/** Names that say nothing about anybody, and are words of many a program. */
const PLACEHOLDERS: ReadonlySet<string> = new Set(
  (
    'adm admin administrator alpha any anybody anyone archlinux backup beta bin box build builder bot ci cloud computer cron daemon data db debian default delta desktop dev ' +
    'developer docker dummy epsilon example false foo bar baz games gamma gentoo global guest home host hostname http https laptop linux local localdomain ' +
    'localhost lan login machine mail main maker man master me my myself name nas net network news nobody node none notebook null one operator other ' +
    'owner own pc peer person plain portage private public remote root router self server service share shared site src standard standin system ' +
    'test tester testing three tmp toor true tux two unknown upstream user username users var vm web work worker workstation www you zero zeta'
  ).split(' '),
)

/** Words that are in every changelog and program once their case doesn't count; a home folder of that name says something all the same. */
const EVERYWHERE: ReadonlySet<string> = new Set(
  (
    'jan january feb february mar march apr april may jun june jul july aug august sep september oct october nov november dec december mon monday tue tuesday ' +
    'wed wednesday thu thursday fri friday sat saturday sun sunday gcc glibc gnu libc elf note comment interp text bss got plt dyn init fini main start end'
  ).split(' '),
)

/** Shorter names are in everything. */
const SHORTEST = 3

/** Build folders that are everybody's say nothing; where packages were built is told by the path of the build all the same. */
const PUBLIC_TMPDIRS: ReadonlySet<string> = new Set(['/var/tmp', '/tmp', '/'])

/** In the order in which they are worth telling. A text that is part of another is looked for as well. */
export function privateTexts(facts: PrivateFacts): PrivateText[] {
  const texts = [...buildTexts(facts), ...facts.people.flatMap((person) => homeText(person)), ...hostTexts(facts), ...nameTexts(facts)]
  return [...new Map(texts.map((of) => [of.text, of])).values()]
}

function buildTexts({ tmpdirs, builds }: PrivateFacts): PrivateText[] {
  const [tmpdir = '/var/tmp'] = tmpdirs
  const remedy = `let it be stripped, or map ${tmpdir}/portage away with -ffile-prefix-map=${tmpdir}/portage=. in CFLAGS and CXXFLAGS`
  const folders = tmpdirs.filter((folder) => !PUBLIC_TMPDIRS.has(folder)).map((folder) => `${folder}/portage`)
  return [...builds, ...folders].map((text) => ({ text, form: 'path', what: 'the path of the build', remedy }))
}

const SAYS_NOTHING = 'if it says nothing about you, name it in public_words of standin.conf'

function homeText({ name, home }: Person): PrivateText[] {
  const path = home.replace(/\/+$/, '')
  if (!/^\/[^/]+\/./.test(path) || isPlaceholder(path.slice(path.lastIndexOf('/') + 1))) return []
  return [{ text: path, form: 'path', what: `the home folder of ${name}`, remedy: 'build without a path of it' }]
}

function isPlaceholder(word: string): boolean {
  return PLACEHOLDERS.has(word.toLowerCase())
}

function isTelling(word: string, { isCommon }: PrivateFacts): boolean {
  return word.length >= SHORTEST && !isPlaceholder(word) && !EVERYWHERE.has(word.toLowerCase()) && !isCommon(word)
}

function hostTexts(facts: PrivateFacts): PrivateText[] {
  const { hostname } = facts
  const [first = '', ...domain] = hostname.split('.')
  const names = domain.length > 0 && first !== 'localhost' ? [hostname] : []
  if (isTelling(first, facts)) names.push(first)
  return names.map((text) => ({ text, form: 'word', what: `the name of this host (${text})`, remedy: SAYS_NOTHING }))
}

function nameTexts(facts: PrivateFacts): PrivateText[] {
  return facts.people
    .filter(({ name }) => isTelling(name, facts))
    .map(({ name }) => ({ text: name, form: 'word', what: `the name of user ${name}`, remedy: SAYS_NOTHING }))
}

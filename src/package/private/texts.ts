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
  /** What else it is called, and the domains that it looks for names in. */
  readonly aliases: readonly string[]
  readonly domains: readonly string[]
  /** Whether everybody's files may hold this word: the ebuild's own words, those of public repositories, and those that the user calls public. */
  readonly isCommon: (word: string) => boolean
}

/** Names that say nothing about anybody, and are words of many a program. */
const PLACEHOLDERS: ReadonlySet<string> = new Set(
  (
    'adm admin administrator alpha any anybody anyone archlinux backup beta bin box build builder bot ci cloud computer cron daemon data db debian default delta desktop dev ' +
    'developer docker dummy empty epsilon example false foo bar baz games gamma gentoo global guest home host hostname http https laptop linux local localdomain ' +
    'localdomain4 localdomain6 localhost localhost4 localhost6 lan login machine mail main maker man master me my myself name nas net network news nobody node none notebook null one operator other ' +
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

/** Whether it says nothing about anybody. */
export function isPlaceholder(word: string): boolean {
  return PLACEHOLDERS.has(word.toLowerCase())
}

/** Why a name is not looked for; undefined where it is. */
function whyNot(word: string, { isCommon }: PrivateFacts): string | undefined {
  if (word.length < SHORTEST) return 'too short'
  if (isPlaceholder(word)) return 'says nothing of anybody'
  if (EVERYWHERE.has(word.toLowerCase())) return 'in every program'
  return isCommon(word) ? 'a word of packages, or in public_words' : undefined
}

function isTelling(word: string, facts: PrivateFacts): boolean {
  return whyNot(word, facts) === undefined
}

/** Domains that a maker of routers gives to everybody, or a standard. */
const PUBLIC_DOMAINS: ReadonlySet<string> = new Set([
  'fritz.box',
  'easy.box',
  'o2.box',
  'speedport.ip',
  'home.arpa',
  'ec2.internal',
  'google.internal',
  'docker.internal',
  'kubernetes.docker.internal',
  'host.docker.internal',
  'gateway.docker.internal',
  'ip6-localhost',
  'ip6-loopback',
])

function hostTexts(facts: PrivateFacts): PrivateText[] {
  const names = [facts.hostname, ...facts.aliases]
  const hosts = names.flatMap((name) => hostNames(name, facts))
  const domains = [...names.map((name) => name.split('.').slice(1).join('.')), ...facts.domains].filter((name) =>
    isTellingDomain(name, facts),
  )
  return [
    ...hosts.map((text) => wordText(text, `the name of this host (${text})`)),
    ...domains.map((text) => wordText(text, `the domain of this host (${text})`)),
  ]
}

function wordText(text: string, what: string): PrivateText {
  return { text, form: 'word', what, remedy: SAYS_NOTHING }
}

function hostNames(name: string, facts: PrivateFacts): string[] {
  const [first = '', ...domain] = name.split('.')
  const names = domain.length > 0 && ![first, ...domain].every(isPlaceholder) && first !== 'localhost' ? [name] : []
  return isTelling(first, facts) && !PUBLIC_DOMAINS.has(name) ? [...names, first] : names
}

/** Whether it has a name of its own in front of its last. */
function isTellingDomain(domain: string, facts: PrivateFacts): boolean {
  if (PUBLIC_DOMAINS.has(domain.toLowerCase())) return false
  return domain.split('.').slice(0, -1).some((name) => isTelling(name, facts)) && !facts.isCommon(domain) // prettier-ignore
}

/** A directory of the network calls annika@firm.example, or FIRM\annika, whom everybody else calls annika. */
function accountNames(name: string): string[] {
  const cut = name.slice(name.lastIndexOf('\\') + 1).replace(/(?<=.)@.*$/, '')
  return [...new Set([name, cut])]
}

function nameTexts(facts: PrivateFacts): PrivateText[] {
  const names = facts.people.flatMap(({ name }) => accountNames(name))
  return names.filter((name) => isTelling(name, facts)).map((name) => wordText(name, `the name of user ${name}`))
}

/**
 * Names of people and of the host that are not looked for though they may say something, each with the reason. `maybe` people: looked for only where
 * they have typed emerge.
 */
export function unsought(facts: PrivateFacts, maybe: readonly Person[]): { readonly name: string; readonly why: string }[] {
  const hosts = [facts.hostname, ...facts.aliases].map((name) => name.split('.')[0] ?? '')
  const people = new Set([...hosts, ...facts.people.flatMap(({ name }) => accountNames(name).slice(-1))])
  const left = [...people].flatMap((name) => {
    const why = whyNot(name, facts)
    return why === undefined || name === '' || isPlaceholder(name) ? [] : [{ name, why }]
  })
  // The system's own accounts are packages of acct-user.
  const others = maybe.filter(({ name }) => !people.has(name) && isTelling(name, facts))
  return [...left, ...others.map(({ name }) => ({ name, why: 'by its UID no person, so only where it has typed emerge' }))]
}

/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type PrivateFacts, privateTexts, unsought } from '../../../src/package/private/texts.ts'

const FACTS: PrivateFacts = {
  tmpdirs: ['/var/tmp'],
  builds: ['/var/tmp/portage/app-misc/hello-2'],
  people: [],
  hostname: 'localhost',
  aliases: [],
  domains: [],
  isCommon: (word) => word === 'hello' || word === 'max',
}

describe('what is looked for', () => {
  const cases: [string, Partial<PrivateFacts>, string[]][] = [
    ['the path of the build alone, on a host that nothing can be said of', {}, []],
    ['a folder of builds that is not everybody\u2019s', { tmpdirs: ['/home/anna/build'] }, ['/home/anna/build/portage']],
    ['a person', { people: [{ name: 'anna', home: '/home/anna' }] }, ['/home/anna', 'anna']],
    ['a person with a name of many programs, by the home alone', { people: [{ name: 'max', home: '/home/max/' }] }, ['/home/max']],
    ['nothing of a placeholder', { people: [{ name: 'user', home: '/home/user' }] }, []],
    ['nothing of somebody without a home', { people: [{ name: 'root', home: '/root' }, { name: 'x', home: '/' }] }, []],
    ['a person who is called like a month, by the home alone', { people: [{ name: 'jan', home: '/home/jan' }] }, ['/home/jan']],
    ['no host that is called like a section of each program', { hostname: 'Note' }, []],
    ['no name of two letters', { people: [{ name: 'al', home: '/home/al' }] }, ['/home/al']],
    ['a host with a domain', { hostname: 'thinkpad7.example.org' }, ['thinkpad7.example.org', 'thinkpad7']],
    ['a host with a domain and a common name', { hostname: 'hello.example.org' }, ['hello.example.org']],
    ['no host of a common name', { hostname: 'hello' }, []],
    ['no host of a placeholder\u2019s name', { hostname: 'Gentoo' }, []],
    ['no host of one letter', { hostname: 'a' }, []],
    ['nothing of the hosts of Red Hat', { aliases: ['localhost', 'localhost.localdomain', 'localhost4', 'localhost4.localdomain4', 'localhost6', 'localhost6.localdomain6'] }, []],
    ['no home of nobody', { people: [{ name: 'x', home: '/var/empty' }] }, []],
    ['nothing of localhost.localdomain', { hostname: 'localhost.localdomain' }, []],
    ['the domain of a host', { hostname: 'thinkpad7.firm7.de' }, ['thinkpad7.firm7.de', 'thinkpad7', 'firm7.de']],
    ['other names of a host', { aliases: ['localhost', 'ip6-localhost', 'desk.firm7.de', 'desk', 'box'] }, ['desk.firm7.de', 'desk', 'firm7.de']],
    ['the domains that it searches', { domains: ['firm7.de', 'lab.firm7.de', 'firm7.internal'] }, ['firm7.de', 'lab.firm7.de', 'firm7.internal']],
    ['no domain that is everybody\u2019s', { hostname: 'a.gentoo.org', domains: ['lan', 'local', 'home', 'internal', 'localdomain', 'example.com', 'fritz.box', 'home.arpa', 'hello.org'] }, ['a.gentoo.org']],
    ['an account of a directory', { people: [{ name: 'anna@firm7.de', home: '/home/anna' }, { name: 'FIRM\\berta', home: '' }] }, ['/home/anna', 'anna@firm7.de', 'anna', 'FIRM\\berta', 'berta']],
    ['each text once', { people: [{ name: 'anna', home: '/home/anna' }, { name: 'anna', home: '/home/anna' }], hostname: 'anna' }, ['/home/anna', 'anna']],
  ] // prettier-ignore
  for (const [what, facts, expected] of cases)
    test(what, () =>
      assert.deepEqual(
        privateTexts({ ...FACTS, ...facts }).map(({ text }) => text),
        ['/var/tmp/portage/app-misc/hello-2', ...expected],
      ),
    )
})

test('each says what to do', () => {
  const texts = privateTexts({ ...FACTS, people: [{ name: 'anna', home: '/home/anna' }], hostname: 'thinkpad7' })
  assert.match(texts[0]?.remedy ?? '', /-ffile-prefix-map=\/var\/tmp\/portage=\. in CFLAGS/)
  assert.ok(texts.every(({ remedy, what }) => remedy !== '' && what !== ''))
})

test('what is not looked for is named with the reason', () => {
  const people = ['anna', 'max@firm7.de', 'al', 'user', 'jan'].map((name) => ({ name, home: '' }))
  assert.deepEqual(
    unsought({ ...FACTS, people }, []).map(({ name, why }) => `${name}: ${why}`),
    ['max: a word of packages, or in public_words', 'al: too short', 'jan: in every program'],
  )
})

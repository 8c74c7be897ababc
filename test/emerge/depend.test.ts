/**
 * Real Portage reads thousands of dependency strings as we do: the same packages, the same blockers, met and unmet alike, and the same refusals.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { StrangerError } from '../../src/base/errors.ts'
import { blockersOf, packagesIn, unmetAtoms } from '../../src/portage/depend.ts'
import { blockers, type Installed, installations, textOf, trees, useSets } from '../portage/specs.ts'
import { paths } from '../support/ground/paths.ts'

interface Case {
  readonly text: string
  readonly use: readonly string[]
  readonly installed: readonly Installed[]
}

/** `null` where the text is refused. */
type Answer = {
  readonly met: boolean
  readonly packages: readonly string[]
  readonly all: readonly string[]
  readonly blockers: readonly string[]
} | null

const PORTAGE = `
import json, sys
sys.path.insert(0, sys.argv[1])
from portage.dep import Atom, use_reduce, match_from_list
from portage.exception import InvalidDependString
from portage.versions import _pkg_str

def met(part, here):
    return not part.blocker and bool(match_from_list(part, here))

def holds(parts, here):
    at = 0
    while at < len(parts):
        part = parts[at]
        if part == "||":
            at += 1
            if not any(holds(one if isinstance(one, list) else [one], here) for one in groups(parts[at])): return False
        elif isinstance(part, list):
            if not holds(part, here): return False
        elif not part.blocker and not met(part, here): return False
        at += 1
    return True

def groups(parts):
    found, at = [], 0
    while at < len(parts):
        if parts[at] == "||":
            found.append(parts[at:at + 2])
            at += 1
        else: found.append(parts[at])
        at += 1
    return found

def answer(case):
    here = [_pkg_str("%(category)s/%(name)s-%(version)s" % one, slot=one["slot"], eapi="8") for one in case["installed"]]
    ask = lambda **more: use_reduce(case["text"], eapi="8", token_class=Atom, **more)
    try:
        flat, every = ask(uselist=case["use"], flat=True), ask(matchall=True, flat=True)
        nested = ask(uselist=case["use"])
    except InvalidDependString:
        return None
    atoms = lambda found: [one for one in found if one != "||" and one.cp != "__const__/empty-any-of"]
    return {
        "met": holds(nested, here),
        "packages": sorted({one.cp for one in atoms(flat) if not one.blocker}),
        "all": sorted({one.cp for one in atoms(every) if not one.blocker}),
        "blockers": sorted(one.cp for one in atoms(flat) if one.blocker),
    }

print(json.dumps([answer(case) for case in json.load(sys.stdin)]))
`

function portageSays(cases: readonly Case[]): readonly Answer[] {
  const modules = join(paths.portageRoot, 'usr/lib/python3/dist-packages')
  const options = { input: JSON.stringify(cases), maxBuffer: 256 * 1024 * 1024, encoding: 'utf8' as const }
  const answers: Answer[] = JSON.parse(execFileSync('/usr/bin/python3', ['-I', '-B', '-c', PORTAGE, modules], options))
  assert.equal(answers.length, cases.length)
  return answers
}

function weSay({ text, use, installed }: Case): Answer {
  const flags = new Set(use)
  try {
    return {
      met: unmetAtoms(text, flags, installed).length === 0,
      packages: [...packagesIn(text, flags)].toSorted(),
      all: [...packagesIn(text, 'any')].toSorted(),
      blockers: blockersOf(text, flags)
        .map(({ atom }) => `${atom.category}/${atom.name}`)
        .toSorted(),
    }
  } catch (error) {
    if (error instanceof StrangerError) return null
    throw error
  }
}

test('strings that ebuilds could have are read alike', () => {
  const sound = fc.tuple(trees, blockers, useSets, installations).map(([parts, blocking, use, installed]) => {
    return { text: [...blocking, textOf(parts)].join(' '), use, installed }
  })
  const cases = fc.sample(sound, 4000)
  const theirs = portageSays(cases)
  cases.forEach((one, at) => assert.deepEqual(weSay(one), theirs[at], JSON.stringify(one)))
  const met = theirs.filter((answer) => answer?.met === true).length
  assert.ok(met > 200 && met < 3800, `${met} of 4000 are met: the cases say little`)
})

test('what Portage refuses is refused', () => {
  const pieces = [
    '(',
    ')',
    '||',
    'ssl?',
    '!ssl?',
    'a/b',
    '>=a/b-1:0/1=[x]',
    '=a/b-1*',
    'a/b-1',
    '=a/b',
    '!a/b',
    '!!!a/b',
    '->',
    'a/b[',
    'a/b:',
    'a/b[]',
    'b',
  ]
  const broken = fc
    .array(fc.constantFrom(...pieces), { maxLength: 6 })
    .map((words) => ({ text: words.join(' '), use: ['ssl'], installed: [] }))
  const cases = fc.sample(broken, 4000)
  const theirs = portageSays(cases)
  cases.forEach((one, at) => {
    if (theirs[at] === null) assert.equal(weSay(one), null, JSON.stringify(one.text))
  })
  assert.ok(theirs.filter((answer) => answer === null).length > 1000)
})

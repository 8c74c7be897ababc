/**
 * Rules about which package it is, on this host, with this queue.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { PackageRule, Rule, SieveRule } from './rule.ts'
import type { PlanInput } from '../host.ts'
import { fitForTerminal, isCommand } from './names.ts'
import { vitalReason } from './vital.ts'

const cpOf = ({ family }: PlanInput): string => `${family.category}/${family.name}`

const notVital: PackageRule = {
  scope: 'package',
  id: 'not-vital',
  why: 'neither the system, nor a toolchain, nor Portage leans on it',
  stops: ({ input }) => {
    const reason = vitalReason(input.family.category, input.family.name) ?? input.host.vital.get(cpOf(input))
    return reason === undefined ? undefined : `never for this package: ${reason}`
  },
}

/** A build runs what it finds; a tool that vanishes in the middle of it fails that build. */
const notATool: PackageRule = {
  scope: 'package',
  id: 'not-a-tool',
  why: 'nothing that is queued builds or installs itself with it',
  stops: ({ input }) => (input.host.queue.tools.has(cpOf(input)) ? 'a queued package has it in BDEPEND or IDEPEND' : undefined),
}

/** Portage merges the real one before it builds what has it in DEPEND, but a build that never declared it may find the command. */
const noCommandForBuilds: SieveRule = {
  scope: 'sieve',
  id: 'no-command-for-builds',
  why: 'of what a queued package has in DEPEND, no command is placed',
  hits: (record, { input }) => isCommand(record.path) && input.host.queue.dependencies.has(cpOf(input)),
}

const noBlocker: PackageRule = {
  scope: 'package',
  id: 'no-blocker',
  why: 'nothing that is installed blocks it, and it blocks nothing',
  stops: ({ input }) => (input.host.blockers.length === 0 ? undefined : `blocked: ${input.host.blockers.slice(0, 3).join(', ')}`),
}

const notRestricted: PackageRule = {
  scope: 'package',
  id: 'not-restricted',
  why: 'its RESTRICT lets copies be passed on',
  stops: ({ input }) => {
    const words = (input.manifest.metadata.RESTRICT ?? '').split(/\s+/)
    const found = ['bindist', 'fetch'].find((word) => words.includes(word))
    return found === undefined ? undefined : `RESTRICT="${found}": copies of it must not be passed on`
  },
}

const licenceAccepted: PackageRule = {
  scope: 'package',
  id: 'licence-accepted',
  why: 'ACCEPT_LICENSE has accepted its licence for this build',
  stops: ({ input: { host } }) =>
    host.strangeLicences.length === 0
      ? undefined
      : `ACCEPT_LICENSE let this build through without its ${fitForTerminal(host.strangeLicences.slice(0, 3).join(', '))}`,
}

/** PROPERTIES=live, or by Gentoo's convention a version made of nines: it is built from whatever upstream has at that moment. */
const notLive: PackageRule = {
  scope: 'package',
  id: 'not-live',
  why: 'it is a release, not a live ebuild',
  stops: ({ input }) =>
    input.host.live || /(^|\.)9{4,}($|[-_a-z])/.test(input.family.version) ? 'a live ebuild has no two equal builds' : undefined,
}

const asReleased: PackageRule = {
  scope: 'package',
  id: 'as-released',
  why: 'the user builds it as the ebuild says',
  stops: ({ input }) =>
    input.host.userChanges.length === 0 ? undefined : `the user changes this build: ${input.host.userChanges.slice(0, 3).join(', ')}`,
}

/** What can only be asked of a copy. */
export const COPY_RULES: readonly PackageRule[] = [licenceAccepted]

/** What can be asked before there is one. */
export const PACKAGE_RULES: readonly Rule[] = [notVital, notATool, noCommandForBuilds, noBlocker, notRestricted, notLive, asReleased]

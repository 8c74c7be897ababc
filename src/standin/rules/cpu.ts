/**
 * Rules that tell whether this CPU can run what the builder's compiler made; an illegal instruction shows late and looks like a broken program.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { cpuNeed, flagOfUse, ISA_LEVELS } from './cpu-names.ts'
import { fitForTerminal } from './names.ts'
import type { PackageRule } from './rule.ts'
import { factsOf } from './run.ts'

const cpuLevel: PackageRule = {
  scope: 'package',
  id: 'cpu-level',
  why: 'this CPU has the level that its files are marked with',
  stops: (surveyed) => {
    const marks = factsOf(surveyed).reduce((bits, { facts }) => (facts.kind === 'elf' ? bits | facts.isa : bits), 0)
    for (let bit = 0; bit < 32; bit += 1) {
      if ((marks & (1 << bit)) === 0) continue
      const level = ISA_LEVELS[bit]
      const missing = level?.find((flag) => !surveyed.input.host.cpuFlags.has(flag))
      if (level === undefined || missing !== undefined)
        return `its files are marked for x86-64-v${bit + 1}, this CPU has no ${missing ?? 'such level'}`
    }
    return undefined
  },
}

const cpuOptions: PackageRule = {
  scope: 'package',
  id: 'cpu-options',
  why: 'this CPU has what the builder compiled for',
  stops: ({ input }) => {
    const { CFLAGS = '', CXXFLAGS = '' } = input.manifest.metadata
    const words = input.cpuOptions ?? `${CFLAGS} ${CXXFLAGS}`.split(/\s+/)
    const { flags, unknown } = cpuNeed(words, input.host.march)
    if (unknown !== undefined) return `it was built for "${fitForTerminal(unknown)}", of which nothing is known here`
    const missing = [...flags].filter((flag) => !input.host.cpuFlags.has(flag))
    return missing.length === 0 ? undefined : `it was built for a CPU with ${missing.slice(0, 4).join(', ')}`
  },
}

/** Many packages compile for what these USE flags say, whatever CFLAGS say. */
const cpuUse: PackageRule = {
  scope: 'package',
  id: 'cpu-use',
  why: 'this CPU has what its USE flags for CPUs say',
  stops: ({ input }) => {
    const words = (input.manifest.metadata.USE ?? '').split(/\s+/).filter((word) => word.startsWith('cpu_flags_'))
    const missing = words.filter((word) => !flagOfUse(word).some((flag) => input.host.cpuFlags.has(flag)))
    return missing.length === 0 ? undefined : `it was built with ${missing.slice(0, 4).map(fitForTerminal).join(', ')}`
  },
}

export const CPU_RULES: readonly PackageRule[] = [cpuLevel, cpuOptions, cpuUse]

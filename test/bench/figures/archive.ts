/**
 * 300 MB of image into an archive with both content ids, searched for the words of its host, by the maker as it is installed, beside the gpkg
 * that Portage itself makes of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { installStandin } from '../../support/standin/install.ts'
import { figureOf } from '../figure.ts'
import type { Measure } from '../measure.ts'
import { alternate, type Runs } from '../runs.ts'

/** As captures lie: in a folder that is root's alone. */
const CAPTURES = '/var/tmp/bench/captures'
const IMAGE = `${CAPTURES}/large-1/image`
const MEGABYTES = 300

/** Half of each byte is noise, as in test-misc/big. */
const MAKE_IMAGE = `
import hashlib, os
for number in range(${MEGABYTES}):
    folder = f"${IMAGE}/usr/share/large/{number % 10}"
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/{number}", "w") as out:
        out.write(hashlib.shake_128(str(number).encode()).hexdigest(500_000))
`

/** What Portage does for FEATURES=buildpkg, without the phases around it. */
const GPKG = `
import portage
from portage.gpkg import gpkg
settings = portage.config(clone=portage.settings)
metadata = {"PF": b"large-1", "CATEGORY": b"test-misc", "SLOT": b"0", "EAPI": b"8"}
gpkg(settings, "test-misc/large-1", "/var/tmp/bench/portage.gpkg.tar").compress("${IMAGE}", metadata)
`

/** Runs a program and prints the processor time of it and of all that it started: what other programs do meanwhile does not count. */
const SPENT = `
import resource, subprocess, sys
# The maker ends with its standard input.
if subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL).wait() != 0: sys.exit(1)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime)
`

const JOB = {
  image: IMAGE,
  gpkg: null,
  metadata: { PF: 'large-1', CATEGORY: 'test-misc', SLOT: '0', EAPI: '8' },
  files: [],
  capabilities: null,
  resolvedMarch: null,
  traces: {
    tmpdir: '/var/tmp',
    buildFolder: '/var/tmp/portage/test-misc/large-1',
    callers: [],
    names: null,
    publicWords: [],
    publicRepos: ['gentoo'],
  },
  out: '/var/tmp/bench/ours.gpkg.tar',
  records: '/var/tmp/bench/records.json',
}

export const archive: Measure = async ({ network, runs: count, tell }) => {
  const host = await network.createHost({ name: 'alpha', hostname: 'thinkpad7.example.org', user: 'anna' })
  await installStandin(host)
  host.write('/var/tmp/bench/job.json', JSON.stringify(JOB))
  tell('makes the image')
  await host.run(['mkdir', '-p', '-m', '0700', CAPTURES])
  await host.run(['python3', '-c', MAKE_IMAGE])
  const spent: Runs = { ours: [], anchor: [] }
  const timed = async (side: keyof Runs, argv: readonly string[]): Promise<number> => {
    const { stdout, seconds } = await host.run(['python3', '-c', SPENT, ...argv])
    spent[side].push(Number(stdout.trim().split('\n').at(-1)))
    return seconds
  }
  const runs = await alternate(
    count(5),
    {
      ours: () => timed('ours', ['node', '/usr/lib/standin/maker.mjs', '/var/tmp/bench/job.json']),
      // The maker gives way to everything else by itself.
      anchor: () => timed('anchor', ['nice', '-n', '10', 'python3', '-c', GPKG]),
    },
    (done) => tell(`run ${done}`),
  )
  return [figureOf('archive', 's', runs.ours, runs.anchor), figureOf('archive-cpu', 's', spent.ours.slice(1), spent.anchor.slice(1))]
}

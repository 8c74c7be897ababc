/**
 * A build that may be another than its recipe says is neither signed nor held against a copy, whatever the user did to make it so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Started } from '../../support/host/enter.ts'
import type { Host } from '../../support/host/host.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { buildsOf } from '../../support/standin/ask.ts'
import { append } from '../../support/standin/built.ts'
import { restartDaemon, startDaemon } from '../../support/standin/daemon.ts'
import { installStandin } from '../../support/standin/install.ts'

const PACKAGE = 'test-misc/flags'
const EBUILD = '/var/db/repos/gentoo/test-misc/flags/flags-1.ebuild'
const SMALL = { CFLAGS: '-Os', CXXFLAGS: '-Os' }

let network: Network
let host: Host
let daemon: Started
before(async () => {
  network = await createNetwork({ name: 'unlike' })
  host = await network.createHost({ name: 'alpha' })
  await installStandin(host, { features: 'publish' })
  daemon = await startDaemon(host)
})
after(() => network.close())

/** What the daemon says of a build of `name` that a command makes. */
async function said(argv: readonly string[], env: Record<string, string> = {}, name: string = PACKAGE): Promise<string> {
  const from = daemon.output().length
  await host.run(argv, { env })
  const [, line = ''] = await daemon.waitFor(new RegExp(`^[^]{${from},}?${name}-\\d: ((?:not )?published.*)\\n`))
  return line
}

const emerged = (env?: Record<string, string>, name?: string): Promise<string> => said(['emerge', '--oneshot', name ?? PACKAGE], env, name)

const content = (line: string): string => /^published .*content ([0-9a-f]+)/.exec(line)?.[1] ?? assert.fail(line)

test('a build that goes on in the work folder of an earlier one', async () => {
  const plain = content(await emerged({ FEATURES: 'keepwork' }))
  assert.match(
    await emerged({ FEATURES: 'keepwork', ...SMALL }),
    /^not published: the work folder of an earlier build was used again \(\.setuped was there\)$/,
  )
  const clean = content(await emerged(SMALL))
  assert.notEqual(clean, plain)
  assert.deepEqual(
    (await buildsOf(host)).map((one) => one.content.slice(0, 12)),
    [plain, clean],
    'each recipe has one content',
  )
})

test('a work folder that somebody changes between two commands', async () => {
  const contents = async (): Promise<Set<string>> => new Set((await buildsOf(host)).map(({ content: one }) => one))
  const known = await contents()
  await host.run(['ebuild', EBUILD, 'clean', 'compile'])
  host.write(`/var/tmp/portage/${PACKAGE}-1/work/flags`, '#!/bin/sh\necho mine\n')
  await host.run(['ebuild', EBUILD, 'merge'])
  assert.match((await host.run(['flags'])).stdout, /mine/)
  content(await emerged())
  assert.deepEqual(await contents(), known)
})

for (const [what, text] of [
  ['a function', 'post_src_install() { :; }'],
  ['flags', 'CFLAGS="-Os"'],
] as const) {
  test(`a bashrc with ${what} below the lines of standin`, async () => {
    const bashrc = host.read('/etc/portage/bashrc')
    host.write('/etc/portage/bashrc', `${bashrc}${text}\n`)
    const line = await emerged()
    host.write('/etc/portage/bashrc', bashrc)
    assert.match(
      line,
      /^not published: line \d of \/etc\/portage\/bashrc may change what is built, unseen: move it above the lines of standin$/,
    )
  })
}

for (const { what, text, says } of [
  {
    what: 'a function of one phase',
    text: '[[ $EBUILD_PHASE == install ]] && post_src_install() { echo mine > "${D}/usr/share/mine"; }',
    says: 'it asks for EBUILD_PHASE, which need not be the same in each phase',
  },
  {
    what: 'a file that is there from one phase on',
    text: '[[ -x ${WORKDIR}/flags ]] && printf "#!/bin/sh\\necho mine\\n" > "${WORKDIR}/flags"',
    says: 'it asks for a file that may come or go',
  },
  { what: 'variables of its own', text: 'MINE=1', says: 'it sets MINE, which no recipe holds' },
  { what: 'flags that become more in each phase', text: 'CFLAGS+=" -g0"', says: 'it adds to CFLAGS anew in each phase: set it whole' },
]) {
  test(`a bashrc with ${what}`, async () => {
    const bashrc = host.read('/etc/portage/bashrc')
    host.write('/etc/portage/bashrc', `${text}\n${bashrc}`)
    const line = await emerged().finally(() => host.write('/etc/portage/bashrc', bashrc))
    assert.equal(line, `not published: line 1 of /etc/portage/bashrc may change what is built, unseen: ${says}`)
  })
}

test('a bashrc that puts a compiler of its own in front', async () => {
  const bashrc = host.read('/etc/portage/bashrc')
  host.write('/etc/portage/bashrc', `PATH=/etc/portage/wrap:\${PATH}\n${bashrc}`)
  const line = await emerged()
  host.write('/etc/portage/bashrc', bashrc)
  assert.equal(line, 'not published: PATH leads to programs outside of /usr and /opt')
})

test('a bashrc that sets flags for some packages is part of the recipe, whatever file the lines of standin are in', async () => {
  const small = content(await emerged(SMALL))
  const bashrc = host.read('/etc/portage/bashrc')
  const flags = `if [[ \${CATEGORY}/\${PN} == ${PACKAGE} ]]; then\n\tCFLAGS="-Os"; CXXFLAGS="\${CFLAGS}"\nfi\n`
  host.write('/etc/portage/bashrc.d/10-standin.sh', bashrc)
  host.write('/etc/portage/bashrc', `${flags}source /etc/portage/bashrc.d/10-standin.sh\n`)
  assert.equal(content(await emerged()), small)
  host.write('/etc/portage/bashrc', `source /etc/portage/bashrc.d/10-standin.sh\n${flags}`)
  assert.match(await emerged(), /^not published: line 3 of \/etc\/portage\/bashrc may change what is built, unseen: move it above/)
  host.write('/etc/portage/bashrc', bashrc)
})

test('a profile of one’s own that acts by phase', async () => {
  const mine = '/var/db/repos/mine'
  host.write(`${mine}/profiles/repo_name`, 'mine\n')
  host.write(`${mine}/metadata/layout.conf`, 'masters = gentoo\nprofile-formats = portage-2\n')
  host.write('/etc/portage/repos.conf/mine.conf', `[mine]\nlocation = ${mine}\nauto-sync = no\n`)
  const chosen = (await host.run(['readlink', '/etc/portage/make.profile'])).stdout.trim()
  host.write(`${mine}/profiles/desk/parent`, 'gentoo:default\n')
  host.write(`${mine}/profiles/desk/profile.bashrc`, '[[ ${EBUILD_PHASE} == compile ]] && CFLAGS="-Os"\n:\n')
  await host.run(['ln', '-sfn', `${mine}/profiles/desk`, '/etc/portage/make.profile'])
  const line = await emerged()
  await host.run(['ln', '-sfn', chosen, '/etc/portage/make.profile'])
  assert.match(
    line,
    /^not published: line 1 of \/var\/db\/repos\/mine\/profiles\/desk\/profile\.bashrc may change .* asks for EBUILD_PHASE/,
  )
})

test('a function that is defined in one phase only, by a file that nobody looks into', async () => {
  const profile = '/var/db/repos/gentoo/profiles/base/profile.bashrc'
  append(host, profile, '[[ ${EBUILD_PHASE} == install ]] && post_src_install() { :; }\n:\n')
  const lines = [await emerged(), await said(['emerge', '--buildpkgonly', '--oneshot', PACKAGE])]
  rmSync(host.path(profile))
  for (const line of lines) assert.match(line, /^not published: post_src_install in your bashrc may change what is built$/)
})

test('variables of which nobody knows what they do', async () => {
  for (const name of ['CONFIG_SITE', 'EXTRA_FLAGS_CONF']) assert.equal(await emerged({ [name]: '1' }), `not published: ${name} is set`)
  assert.equal(await emerged({ ac_cv_path_SED: '/opt/sed' }), 'not published: ac_cv_path_SED is set')
  assert.equal(await emerged({ STRIP: '/bin/true' }), 'not published: STRIP names a path of this host (/bin/true)')
  for (const name of ['MAKEOPTS', 'MAKEFLAGS'])
    assert.equal(await emerged({ [name]: 'OPT=mine' }), `not published: ${name} says more than how many jobs are to run`)
})

test('a variable of make.conf that the ebuild reads, and nobody else knows', async () => {
  const [makeConf, ebuild] = [host.read('/etc/portage/make.conf'), host.read(EBUILD)]
  append(host, EBUILD, ': "${OWN_THREADS:-64}"\n')
  append(host, '/etc/portage/make.conf', 'OTHER_WORD="8"\nQA_PREBUILT="8"\n')
  content(await emerged())
  append(host, '/etc/portage/make.conf', 'OWN_THREADS="8"\n')
  assert.equal(await emerged(), 'not published: /etc/portage/make.conf sets OWN_THREADS, which this package names and no recipe does')
  host.write('/etc/portage/make.conf', makeConf)
  host.write(EBUILD, ebuild)
})

test('how many jobs are to run says nothing of a build', async () => {
  const plain = content(await emerged())
  assert.equal(content(await emerged({ MAKEOPTS: '-j 3 -l2 --output-sync=line V=1', NINJAOPTS: '-v', MAKEFLAGS: '-j2' })), plain)
})

const signed = async (): Promise<Set<string>> => new Set((await buildsOf(host)).map((one) => one.recipe))

for (const [what, typed] of [
  ['other programs than the toolchain’s own', { AR: 'gcc-ar' }],
  ['a plain answer for configure', { gl_cv_cc_visibility: 'no' }],
] as const)
  test(`another recipe: ${what}`, async () => {
    const known = await signed()
    content(await emerged(typed))
    assert.ok([...(await signed())].some((recipe) => !known.has(recipe)))
  })

test('a saved configuration', async () => {
  const text = host.read(EBUILD)
  host.write(EBUILD, text.replace('IUSE="', 'IUSE="savedconfig '))
  host.write(`/etc/portage/savedconfig/${PACKAGE}`, 'theme=dark\n')
  assert.equal(await emerged({ USE: 'savedconfig' }), `not published: /etc/portage/savedconfig/${PACKAGE} changes what is built`)
  content(await emerged())
  host.write(EBUILD, text)
})

test('a second content of a recipe that this host has signed already', async () => {
  const random = 'test-misc/random'
  const first = content(await emerged({}, random))
  assert.match(
    await emerged({}, random),
    new RegExp(`^not published: it is not what was published of this recipe before \\(content ${first}\\)`),
  )
  append(host, '/etc/portage/standin.conf', 'cache_size = 10000\n')
  daemon = await restartDaemon(host, daemon)
  content(await emerged())
  assert.ok(
    (await buildsOf(host)).every(({ cpv }) => !cpv.startsWith(random)),
    'there was no room for its archive any more',
  )
  assert.match(await emerged({}, random), /^not published: it is not what was published of this recipe before/)
})

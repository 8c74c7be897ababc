/**
 * What makes a recipe another one on a real host, and what does not; a build that was made for "native" never says so to anybody.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { execa } from 'execa'
import type { Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { buildOf, buildsOf } from '../support/standin/ask.ts'
import { startDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'
import { addGate, hold, letGo, reached } from '../support/story/gate.ts'

const FLAGS = 'test-misc/flags'
const EBUILD = '/var/db/repos/gentoo/test-misc/flags/flags-1.ebuild'

let network: Network
let host: Host
let daemon: Started
let usual: string

before(async () => {
  network = await createNetwork({ name: 'identity' })
  host = await network.createHost({ name: 'maker', cflags: '-O2 -pipe -fno-plt' })
  await installStandin(host, { features: 'publish' })
  addGate(host)
  daemon = await startDaemon(host)
  usual = await recipeAfter({})
})
after(() => network.close())

/** Recipe id of the build that an emerge with these additions to its environment makes. */
async function recipeAfter(env: Record<string, string>, options: readonly string[] = []): Promise<string> {
  const heard = daemon.output().length
  await host.emerge([...options, FLAGS], { env })
  // The archive is made after the merge, and may be made after emerge has ended.
  await daemon.waitFor(new RegExp(`^[^]{${heard},}?flags-1: published`))
  return (await buildOf(host, FLAGS)).recipe
}

const SAME: [string, Record<string, string>, string[]][] = [
  ['the same again', {}, []],
  ['flags in another order, with spaces and -pipe', { CFLAGS: ' -fno-plt   -O2', CXXFLAGS: '-fno-plt -pipe -O2 -O2' }, []],
  ['a gpkg with a BUILD_ID of its own', { FEATURES: 'buildpkg binpkg-multi-instance' }, []],
  ['another PORTAGE_TMPDIR, another number of jobs', { PORTAGE_TMPDIR: '/mnt', MAKEOPTS: '-j3 -l9' }, []],
  ['another time zone', { TZ: 'Asia/Tokyo' }, []],
  ['the same locale, said in another way', { LANG: 'POSIX', LC_ALL: 'C.utf8' }, []],
  [
    'flags of a language that it has nothing of',
    {
      RUSTFLAGS: '-C target-cpu=native',
      GOAMD64: 'v3',
      _JAVA_OPTIONS: '-Dx=y',
      NODE_OPTIONS: '--no-warnings',
      VALAFLAGS: '-g',
      CMAKE_GENERATOR: 'Ninja',
    },
    [],
  ],
  ['namespaces of its own or not', { FEATURES: '-ipc-sandbox -pid-sandbox' }, []],
  ['messages of C.UTF-8 instead of C', { LC_MESSAGES: 'C.utf8' }, []],
]

for (const [what, env, options] of SAME) {
  test(`the recipe is the same for ${what}`, async () => assert.equal(await recipeAfter(env, options), usual))
}

const OTHER: [string, Record<string, string>][] = [
  ['tests that are run', { FEATURES: 'test' }],
  ['a build as root', { FEATURES: '-userpriv' }],
  ['a build beside the network', { FEATURES: '-network-sandbox' }],
  ['another program that packs documents', { PORTAGE_COMPRESS: 'xz' }],
  ['other USE', { USE: 'beta -alpha' }],
  ['other CFLAGS', { CFLAGS: '-O1' }],
  ['other LDFLAGS', { LDFLAGS: '-Wl,-O1' }],
  ['another locale', { LC_ALL: 'POSIX' }],
  ['another answer to configure than the profile gives', { enable_year2038: 'yes' }],
]

for (const [what, env] of OTHER) {
  test(`the recipe is another one for ${what}`, async () => assert.notEqual(await recipeAfter(env), usual))
}

test('the recipe is another one for an edited ebuild, and the old one when the edit is undone', async () => {
  const text = host.read(EBUILD)
  host.write(EBUILD, `${text}\n# edited\n`)
  assert.notEqual(await recipeAfter({}), usual)
  host.write(EBUILD, text)
  assert.equal(await recipeAfter({}), usual)
})

test('the recipe is the same with FEATURES=test where the ebuild lets nobody test', async () => {
  const text = host.read(EBUILD)
  host.write(EBUILD, `${text}\nRESTRICT="test"\n`)
  const restricted = await recipeAfter({})
  assert.equal(await recipeAfter({ FEATURES: 'test' }), restricted)
  assert.notEqual(await recipeAfter({ FEATURES: 'test', ALLOW_TEST: 'all' }), restricted)
  host.write(EBUILD, text)
})

test('the recipe is the same for any number of jobs above one where xz packs documents, and another one for one', async () => {
  const [one, two, three] = [
    await recipeAfter({ PORTAGE_COMPRESS: 'xz', MAKEOPTS: '-j1' }),
    await recipeAfter({ PORTAGE_COMPRESS: 'xz', MAKEOPTS: '-j2' }),
    await recipeAfter({ PORTAGE_COMPRESS: 'xz', MAKEOPTS: '-j3' }),
  ]
  assert.deepEqual([two === three, one === two], [true, false])
})

test('the recipe is another one for another compiler version', async () => {
  // Says another version than it is, as an updated compiler would; what it compiles does not matter here.
  const other = '#!/bin/sh\n[ "$1" = --version ] && echo "gcc (Test) 99.1.0" && exit 0\nexec x86_64-pc-linux-gnu-gcc "$@"\n'
  host.write('/usr/local/bin/newer-gcc', other, 0o755)
  assert.notEqual(await recipeAfter({ CC: '/usr/local/bin/newer-gcc' }), usual)
})

/** Says that it is another version, and compiles as the usual one does. */
const asVersion = (line: string): string =>
  `#!/bin/sh\n[ "$1" = --version ] && echo "${line}" && exit 0\nexec /usr/bin/x86_64-pc-linux-gnu-gcc "$@"\n`

test('the recipe is about the compiler that PATH leads the build to', async () => {
  const folder = '/usr/x86_64-pc-linux-gnu/gcc-bin/13'
  host.write(`${folder}/x86_64-pc-linux-gnu-gcc`, asVersion('x86_64-pc-linux-gnu-gcc (Gentoo 13.3.1) 13.3.1'), 0o755)
  host.write('/etc/portage/env/gcc13', `PATH="${folder}:\${PATH}"\n`)
  host.write('/etc/portage/package.env', `${FLAGS} gcc13\n`)
  assert.notEqual(await recipeAfter({}), usual)
  host.write('/etc/portage/package.env', '')

  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  host.write('/usr/lib/llvm/17/bin/clang', asVersion('clang version 17.0.6'), 0o755)
  host.write('/etc/env.d/60llvm-17', `PATH="${path}:/usr/lib/llvm/17/bin"\n`)
  await host.run(['env-update', '--no-ldconfig'])
  assert.notEqual(await recipeAfter({ CC: 'clang' }), usual)
  rmSync(host.path('/etc/env.d/60llvm-17'))
  await host.run(['env-update', '--no-ldconfig'])
})

test('the recipe is another one for other defaults of the same compiler', async () => {
  const libgcc = (await host.run(['gcc', '-print-libgcc-file-name'])).stdout
  const specs = join(dirname(libgcc), 'specs')
  host.write(specs, '*cpp:\n+ -DFROM_SPECS\n\n')
  assert.notEqual(await recipeAfter({}), usual)
  rmSync(host.path(specs))
  assert.equal(await recipeAfter({}), usual)
})

test('the recipe is another one for another program by the name of bzip2', async () => {
  const other = '#!/bin/sh\n[ "$1" = --version ] && echo "lbzip2 version 2.5" && exit 0\nexec /usr/bin/bzip2 "$@"\n'
  host.write('/usr/x86_64-pc-linux-gnu/other-bzip2/bzip2', other, 0o755)
  host.write('/etc/portage/env/lbzip2', 'PATH="/usr/x86_64-pc-linux-gnu/other-bzip2:${PATH}"\n')
  host.write('/etc/portage/package.env', `${FLAGS} lbzip2\n`)
  assert.notEqual(await recipeAfter({}), usual)
  host.write('/etc/portage/package.env', '')
})

test('the recipe is another one for a locale that is not there, and the same whatever that is called', async () => {
  const missing = await recipeAfter({ LC_COLLATE: 'xx_XX.UTF-8' })
  assert.equal(missing, await recipeAfter({ LC_COLLATE: 'yy_YY.UTF-8' }))
  assert.notEqual(missing, usual)
})

test('a build that other machines may compile for is not published', async () => {
  host.write('/usr/lib/distcc/bin/x86_64-pc-linux-gnu-gcc', asVersion('gcc (Elsewhere) 1.0'), 0o755)
  assert.equal(await whyUnpublished({ FEATURES: 'distcc' }), 'distcc lets the compilers of other machines build')
})

const CCACHE = 'ccache may give what this compiler would not make'

test('a build by a ccache that does not look at the compiler is not published', async () => {
  const typed = { FEATURES: 'ccache', CCACHE_DIR: '/var/cache/compiled' }
  host.write('/usr/lib/ccache/bin/.keep', '')
  host.write('/var/cache/compiled/ccache.conf', 'max_size = 5G\ncompiler_check = %compiler% -dumpversion\n')
  const why = await whyUnpublished(typed)
  assert.match(why, /^ccache may give .* line 2 of \/var\/cache\/compiled\/ccache\.conf says "compiler_check/)
  host.write('/var/cache/compiled/ccache.conf', 'max_size = 5G\n')
  assert.equal(await recipeAfter(typed), usual)
  assert.equal(
    await whyUnpublished({ ...typed, CCACHE_NODIRECT: '1', CCACHE_SLOPPINESS: 'locale' }),
    `${CCACHE}: the build has CCACHE_SLOPPINESS=locale`,
  )
})

/** What the daemon says of a build that it does not give. */
async function whyUnpublished(env: Record<string, string>): Promise<string> {
  const said = daemon.output().length
  await host.emerge([FLAGS], { env })
  await daemon.waitFor(new RegExp(`^[^]{${said}}[^]*not published[^\\n]*\\n`))
  return /flags-1: not published: (.*)/.exec(daemon.output().slice(said))?.[1] ?? ''
}

test('a build that may run a module of Perl in /usr/local is not published', async () => {
  const { stdout: folder } = await host.run(['perl', '-MConfig', '-e', 'print $Config{sitelib}'])
  host.write(`${folder}/Pod/Man.pm`, 'package Pod::Man;\n1;\n')
  assert.equal((await host.run(['perl', '-MPod::Man', '-e', 'print $INC{"Pod/Man.pm"}'])).stdout, `${folder}/Pod/Man.pm`)
  assert.equal(await whyUnpublished({}), `${folder}/Pod/Man.pm may change what is built with Perl`)
  rmSync(host.path(folder), { recursive: true })
})

test('a build with a variable of package.env that no recipe names is not published', async () => {
  host.write('/etc/portage/env/own', 'TARGET="HASWELL"\n')
  host.write('/etc/portage/package.env', 'test-misc/fl* own\n')
  const said = daemon.output().length
  await host.emerge([FLAGS])
  await daemon.waitFor(new RegExp(`^[^]{${said}}[^]*not published[^\\n]*\\n`))
  assert.match(daemon.output().slice(said), /flags-1: not published: \/etc\/portage\/env\/own sets TARGET, which no recipe names\n/)
  host.write('/etc/portage/package.env', '')
})

test('-march=native is resolved with the compiler and is nowhere in what is published', async () => {
  const native = await recipeAfter({ CFLAGS: '-O2 -march=native', CXXFLAGS: '-O2 -march=native' })
  assert.notEqual(native, usual)
  const { archive } = await buildOf(host, FLAGS)
  const path = host.path(`/var/cache/standin/archives/${archive}.gpkg.tar`)
  const metadata = await execa('sh', ['-c', 'tar -xOf "$0" --wildcards "*/metadata.tar.zst" | zstd -dc', path])
  assert.match(metadata.stdout, /-march=[a-z0-9-]+/)
  assert.doesNotMatch(metadata.stdout, /native/)
})

const PATCHES = '/etc/portage/patches/test-misc/flags'
const PATCH = '--- /dev/null\n+++ b/added\n@@ -0,0 +1 @@\n+added\n'

/** What the daemon says of a build that was patched, whose patches are or are not there any more when it is published. */
async function lineOfPatched(isTakenAway: boolean): Promise<string> {
  host.write(`${PATCHES}/add.patch`, PATCH)
  hold(host, 'compile')
  const said = daemon.output().length
  const emerge = await host.start(['emerge', FLAGS])
  await reached(host, 'compile')
  if (isTakenAway) rmSync(host.path(PATCHES), { recursive: true })
  letGo(host, 'compile')
  assert.equal((await emerge.exited).exitCode, 0)
  await daemon.waitFor(new RegExp(`^[^]{${said}}[^]*not published[^\\n]*\\n`))
  rmSync(host.path(PATCHES), { recursive: true, force: true })
  return daemon.output().slice(said)
}

for (const isTakenAway of [false, true])
  test(`a build with user patches is not published, ${isTakenAway ? 'also where they are gone by then' : 'and that is said once'}`, async () => {
    const known = await buildsOf(host)
    const lines = (await lineOfPatched(isTakenAway)).match(/test-misc\/flags-1: .*/g)
    assert.deepEqual(lines, ['test-misc/flags-1: not published: user patches were applied to it'])
    assert.deepEqual(await buildsOf(host), known)
  })

/**
 * Each of Portage's FEATURES is known for what it does to an image: a new one makes this fail until somebody has looked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { RECIPE_FEATURES } from '../../src/package/recipe.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'

/** No recipe where they are on: other machines compile, or a file is named by the number of the build. */
const REFUSED = ['distcc', 'icecream', 'packdebug']

/** They say what is in a binary package, and the hook tells them. */
const OF_PACKAGES = ['binpkg-docompress', 'binpkg-dostrip']

/** They count only together with `sandbox`. */
const OF_PHASES = ['usersandbox']

/** What is built is the same with and without: they act on the merge, on the log, on who does it, they end a build, or they keep from it what says nothing of a host. */
const HARMLESS = `
  assume-digests binpkg-ignore-signature binpkg-logs binpkg-multi-instance binpkg-request-signature binpkg-signing buildpkg buildpkg-live
  buildpkg-proactive buildsyspkg candy case-insensitive-fs ccache cgroup chflags clean-logs collision-protect compress-build-logs compress-index
  config-protect-if-modified digest distlocks downgrade-backup ebuild-locks fail-clean fakeroot force-mirror getbinpkg gpg-keepalive
  home-dir-template-copy ipc-sandbox jobserver-token keeptemp keepwork lmirror merge-sync merge-use-vdb merge-wait metadata-transfer mirror
  mount-sandbox multilib-strict network-sandbox-proxy news noauto noclean nodoc noinfo noman notitles observability parallel-fetch
  parallel-install pid-sandbox pkgdir-index-trusted preserve-libs protect-owned python-trace qa-unresolved-soname-deps selinux sesandbox
  sfperms sign skiprocheck split-elog split-log strict stricter suidctl test-fail-continue unknown-features-filter unknown-features-warn
  unmerge-backup unmerge-logs unmerge-orphans unprivileged userfetch usersync warn-on-large-env webrsync-gpg xattr
`
  .trim()
  .split(/\s+/)

let network: Network
let host: Host
before(async () => {
  network = await createNetwork({ name: 'features' })
  host = await network.createHost({ name: 'asked' })
})
after(() => network.close())

test('all that Portage supports', async () => {
  const { stdout } = await host.run(['python3', '-c', 'from portage.const import SUPPORTED_FEATURES as f; print("\\n".join(f))'])
  const known = [...REFUSED, ...OF_PACKAGES, ...OF_PHASES, ...HARMLESS, ...RECIPE_FEATURES.map((name) => name.replace(/^-/, ''))]
  assert.deepEqual(stdout.trim().split('\n').toSorted(), known.toSorted())
})

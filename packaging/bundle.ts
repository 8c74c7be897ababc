/**
 * Bundles every program of standin into one `.mjs` each, with no package left to install and no native addon among them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { chmodSync, cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { top } from './release.ts'

/** Programs below /usr/lib/standin, and the sources that they start at. */
const PROGRAMS: Record<string, string> = {
  standin: 'src/cli/standin.ts',
  daemon: 'src/cli/daemon.ts',
  peer: 'src/cli/peer.ts',
  maker: 'src/cli/maker.ts',
  'hooks/fetch': 'hooks/fetch.ts',
  'hooks/install': 'hooks/install.ts',
  'hooks/purge': 'hooks/purge.ts',
  'hooks/publish': 'hooks/publish.ts',
  'hooks/abandon': 'hooks/abandon.ts',
}

// What webtorrent's dependencies try to load natively and do without: nothing native is shipped.
const NATIVE = ['bufferutil', 'utf-8-validate']

/** Fills `into` with what belongs into /usr/lib/standin, and tells which files of the checkout are in it. */
export async function bundle(into: string): Promise<readonly string[]> {
  rmSync(into, { recursive: true, force: true })
  const { metafile } = await build({
    entryPoints: Object.entries(PROGRAMS).map(([out, source]) => ({ in: source, out })),
    absWorkingDir: top, // else the bundles would tell where they were made
    outdir: into,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    metafile: true,
    platform: 'node',
    target: 'node22.18',
    format: 'esm',
    external: NATIVE,
    legalComments: 'none', // licences.ts gathers all of them
    logLevel: 'warning',
    // Packages of the CommonJS kind ask for these at run time.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    alias: { 'webrtc-polyfill': './packaging/no-webrtc/index.js', 'utp-native': './packaging/no-utp.cjs' },
  })
  for (const file of ['standin.bash', 'bashrc']) cpSync(join(top, 'etc-portage', file), join(into, file))
  mkdirSync(join(into, 'bin'), { recursive: true })
  cpSync(join(top, 'packaging/standin-daemon'), join(into, 'bin/standin-daemon'))
  chmodSync(join(into, 'bin/standin-daemon'), 0o755)
  return Object.keys(metafile.inputs).toSorted()
}

if (process.argv[1] === import.meta.filename) await bundle(join(top, 'dist/lib'))

/**
 * What is shipped: the same bytes each time, everything that the ebuild installs, no native code, no trace of where it was made.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { homedir, hostname, tmpdir, userInfo } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, test } from 'node:test'
import { build } from 'esbuild'
import { execa } from 'execa'
import fg from 'fast-glob'
import { version } from '../../packaging/release.ts'

const top = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'standin-dist-test-'))
const [first, second] = [join(folder, 'first'), join(folder, 'second')]
const name = `standin-${version}`
const unpacked = join(folder, name)

const MAKE = `import { makeDist } from ${JSON.stringify(join(top, 'packaging/dist.ts'))}; await makeDist(process.argv[1])`

/** In a process of its own, with another working folder, umask, time zone and language. */
async function make(into: string, umask: string, env: Record<string, string>): Promise<void> {
  const script = `umask ${umask}; exec "$@"`
  await execa('sh', ['-c', script, 'make', process.execPath, '--input-type=module', '-e', MAKE, into], { cwd: folder, env })
}

before(async () => {
  await Promise.all([
    make(first, '022', { TZ: 'UTC', LC_ALL: 'C' }),
    make(second, '077', { TZ: 'Asia/Tokyo', LC_ALL: 'C.UTF-8', XZ_OPT: '-0', TAR_OPTIONS: '--owner=nobody', SOURCE_DATE_EPOCH: '1' }),
  ])
  await execa('tar', ['-xf', join(first, `${name}.tar.xz`), '-C', folder])
})
after(() => rmSync(folder, { recursive: true }))

test('made twice, the tarball has the same bytes', () => {
  const [one, other] = [first, second].map((path) => readFileSync(join(path, `${name}.tar.xz`)))
  assert.ok(one !== undefined && other !== undefined && one.equals(other))
  assert.ok(one.length > 100_000, `${one.length} bytes`)
})

test('names are sorted, below one folder, and owned by root', async () => {
  const { stdout } = await execa('tar', ['-tvf', join(first, `${name}.tar.xz`), '--numeric-owner', '--full-time'], { env: { TZ: 'UTC' } })
  const rows = stdout.split('\n').map((line) => line.split(/\s+/))
  const names = rows.map((row) => row.at(-1) ?? '')
  assert.deepEqual(names, names.toSorted())
  assert.deepEqual([...new Set(names.map((path) => path.split('/')[0]))], [name])
  assert.deepEqual([...new Set(rows.map((row) => [row[1], row[3], row[4]].join(' ')))], ['0/0 2000-01-01 00:00:00'])
  const modes = new Set(rows.map((row) => row[0] ?? ''))
  assert.deepEqual([...modes].toSorted(), ['-rw-r--r--', '-rwxr-xr-x', 'drwxr-xr-x'])
})

test('the Manifest of the overlay is that of the tarball', () => {
  const path = join(first, `${name}.tar.xz`)
  const bytes = readFileSync(path)
  const hash = (kind: string): string => createHash(kind).update(bytes).digest('hex')
  assert.equal(
    readFileSync(join(first, 'overlay/app-portage/standin/Manifest'), 'utf8'),
    `DIST ${basename(path)} ${bytes.length} BLAKE2B ${hash('blake2b512')} SHA512 ${hash('sha512')}\n`,
  )
})

test('hooks hold no package: what they cost is the start of Node', async () => {
  const hooks = fg.globSync('hooks/{abandon,fetch,install,publish,purge}.ts', { cwd: top })
  assert.equal(hooks.length, 5)
  const how = { bundle: true, write: false, metafile: true, platform: 'node', format: 'esm' } as const
  const { metafile } = await build({ ...how, entryPoints: hooks, absWorkingDir: top, outdir: folder })
  const inputs = Object.keys(metafile.inputs)
  assert.ok(inputs.includes('src/standin/journal.ts'))
  assert.deepEqual(
    inputs.filter((path) => !/^(hooks|src)\//.test(path)),
    [],
  )
})

test('programs are scripts, which import nothing but Node itself', () => {
  const programs = fg.globSync('lib/**/*.mjs', { cwd: unpacked }).toSorted()
  const hooks = ['abandon', 'fetch', 'install', 'publish', 'purge'].map((hook) => `lib/hooks/${hook}.mjs`)
  assert.deepEqual(programs, ['lib/daemon.mjs', ...hooks, 'lib/maker.mjs', 'lib/peer.mjs', 'lib/standin.mjs'])
  for (const path of programs) {
    const imported = [...readFileSync(join(unpacked, path), 'utf8').matchAll(/^import .*?from ?["']([^"']+)["']/gm)].map(
      (match) => match[1],
    )
    assert.ok(imported.length > 0, `${path} imports something`)
    assert.deepEqual(
      [...new Set(imported)].filter((one) => !isBuiltin(one ?? '')),
      [],
      path,
    )
  }
  assert.deepEqual(fg.globSync('**/*.{node,so,wasm}', { cwd: unpacked }), [])
})

test('nothing tells where, by whom or on which machine it was made', () => {
  const telling = [top, folder, hostname(), homedir(), userInfo().username].filter((word) => word.length > 4)
  for (const path of fg.globSync('**', { cwd: unpacked })) {
    const text = readFileSync(join(unpacked, path), 'latin1')
    for (const word of telling) assert.ok(!text.includes(word), `${path} holds ${word}`)
  }
})

test('each program starts without the checkout and without its packages', async () => {
  // The temporary folder may lie in the checkout, and Node looks for packages in every folder above.
  const alone = ['--permission', `--allow-fs-read=${unpacked}/`, join(unpacked, 'lib/standin.mjs'), '--version']
  const { stdout } = await execa(process.execPath, alone, { cwd: '/', env: { NODE_PATH: '' } })
  assert.match(stdout, new RegExp(`^standin ${version.replaceAll('.', '\\.')}\\b`))
  for (const path of fg.globSync('lib/**/*.mjs', { cwd: unpacked })) await execa(process.execPath, ['--check', join(unpacked, path)])
})

test('the licence of every bundled package is handed on, and the ebuild names it', async () => {
  const text = readFileSync(join(unpacked, 'LICENSES-OF-PACKAGES'), 'utf8')
  for (const wanted of ['webtorrent', 'bittorrent-dht', 'tar', 'valibot', '@noble/hashes', 'execa', 'ini']) {
    assert.match(text, new RegExp(`^=+\\n${wanted} \\d[^ ]* \\([^)]+\\)\\n\\n.*\\S`, 'm'), wanted)
  }
  const parts = text.split(/^={80}\n(?=\S+ \S+ \([^)]+\)\n)/m).slice(1)
  assert.equal(parts.length, Number(/the following (\d+) packages/.exec(text)?.[1]))
  for (const part of parts) {
    const [head = '', ...said] = part.split('\n\n')
    assert.match(head, /^\S+ \S+ \([^)]+\)$/)
    const licence = said.join('\n\n')
    assert.ok(licence.length >= 500, `${head} has ${licence.length} characters of licence`)
    assert.match(licence, /copyright|\(c\)|©/i, head)
    assert.match(licence, /permission|permitted|granted|redistribut/i, head)
  }
  const gentoo: Record<string, string> = { 'BSD-2-Clause': 'BSD-2', 'BSD-3-Clause': 'BSD' }
  const bundled = [...text.matchAll(/^=+\n\S+ \S+ \(([^)]+)\)$/gm)].map((match) => gentoo[match[1] ?? ''] ?? match[1] ?? '')
  const ebuild = readFileSync(join(first, `overlay/app-portage/standin/${name}.ebuild`), 'utf8')
  const named = /^LICENSE="([^"]*)"/m.exec(ebuild)?.[1]?.split(/\s+/) ?? []
  assert.deepEqual([...new Set(['GPL-2+', ...bundled])].toSorted(), named.toSorted())
  assert.ok(existsSync(join(unpacked, 'LICENSE')))
})

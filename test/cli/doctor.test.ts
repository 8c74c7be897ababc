/**
 * `standin doctor`: a host where nothing is wrong, and each thing that can be.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { appendFileSync, chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { doctorDocument } from '../../src/cli/documents.ts'
import type { World } from '../../src/cli/world.ts'
import { daemonIn } from './support/daemon.ts'
import { healthy, runWith } from './support/healthy.ts'
import { standin, standinJson, worldIn } from './support/world.ts'

const skip = process.getuid?.() === 0 ? false : 'folders of two users need root'

/** SQLite makes `-shm` and `-wal` beside a database that is only read; whoever writes next takes them away. */
const filesIn = (folder: string): string[] => readdirSync(folder).filter((name) => !/-(shm|wal)$/.test(name))

test('a host where nothing is wrong', { skip }, async (t) => {
  const world = await healthy(t)
  const { code, document, stderr } = await standinJson(world, doctorDocument, 'doctor')
  assert.deepEqual(
    document.findings.filter(({ state }) => state !== 'ok'),
    [],
  )
  assert.deepEqual({ code, wrong: document.wrong }, { code: 0, wrong: 0 })
  assert.match(stderr, /^ \* \d\d checks, nothing is wrong\n$/)
  const asText = await standin(world, 'doctor')
  assert.equal(asText.stdout.trimEnd().split('\n').length, document.findings.length)
  for (const line of asText.stdout.trimEnd().split('\n')) assert.match(line, /^\[ ok \] \S/)
  assert.deepEqual(await standin(world, 'doctor', '--quiet'), { code: 0, stdout: '', stderr: '' })
})

interface Trouble {
  readonly what: string
  readonly check: string
  readonly state?: 'note'
  readonly text: RegExp
  readonly cause?: (world: World) => void
  readonly world?: (world: World) => Partial<World>
}

const remove =
  (path: string) =>
  ({ root }: World): void =>
    rmSync(join(root, path), { recursive: true })
const write =
  (path: string, text: string) =>
  ({ root }: World): void =>
    writeFileSync(join(root, path), text)

const header = ({ root }: World): unknown => mkdirSync(join(root, 'usr/local/include/own'), { recursive: true })

const TROUBLES: readonly Trouble[] = [
  { what: 'an ordinary user', check: 'root', text: /user 1000/, world: () => ({ uid: 1000 }) },
  { what: 'no user standin', check: 'user standin', text: /is missing/, cause: write('etc/passwd', 'root:x:0:0::/:/bin/sh\n') },
  { what: 'standin is root', check: 'user standin', text: /is missing/, cause: write('etc/passwd', 'standin:x:0:0::/:/bin/sh\n') },
  {
    what: 'a folder for all',
    check: 'folders',
    text: /state|lib\/standin has mode 0755/,
    cause: ({ folders }) => chmodSync(folders.state, 0o755),
  },
  {
    what: 'a folder of another user',
    check: 'folders',
    text: /belongs to user 99/,
    cause: ({ folders }) => chownSync(folders.peer, 99, 99),
  },
  {
    what: 'a folder that is a link',
    check: 'folders',
    text: /is no folder/,
    cause: ({ folders }) => {
      rmSync(folders.work, { recursive: true })
      symlinkSync('/tmp', folders.work)
    },
  },
  {
    what: 'a cache for all',
    check: 'folders',
    text: /var\/cache\/standin has mode 0777/,
    cause: ({ folders }) => chmodSync(join(folders.work, '..'), 0o777),
  },
  {
    what: 'a cache of another user',
    check: 'folders',
    text: /var\/cache\/standin belongs to user 99/,
    cause: ({ folders }) => chownSync(join(folders.work, '..'), 99, 99),
  },
  { what: 'a folder that is missing', check: 'folders', state: 'note', text: /1 folder missing/, cause: remove('var/cache/standin/work') },
  { what: 'a damaged journal', check: 'journal', text: /does not read/, cause: write('var/lib/standin/journal.sqlite', 'x'.repeat(5000)) },
  { what: 'a key for all', check: 'key', text: /mode 644/, cause: ({ folders }) => chmodSync(join(folders.state, 'key.pem'), 0o644) },
  { what: 'no key yet', check: 'key', state: 'note', text: /none yet/, cause: remove('var/lib/standin/key.pem') },
  { what: 'a clock of 1970', check: 'clock', text: /says 1970-01-01.*installed on 2026-01-01/, world: () => ({ now: () => 0 }) },
  { what: 'Node 20', check: 'Node', text: /20\.20\.2, and 22\.18 is needed/, world: () => ({ nodeVersion: '20.20.2' }) },
  { what: 'Node 22.9', check: 'Node', text: /22\.9\.0, and/, world: () => ({ nodeVersion: '22.9.0' }) },
  { what: 'bash 4', check: 'bash', text: /4\.4\.20, and 5\.0 is needed/, world: () => ({ run: runWith({ bash: '4.4.20\n' }) }) },
  { what: 'no setpriv', check: 'setpriv', text: /not on PATH/, cause: remove('usr/bin/setpriv') },
  {
    what: 'scanelf that can not be run',
    check: 'scanelf',
    text: /published/,
    cause: ({ root }) => chmodSync(join(root, 'usr/bin/scanelf'), 0o644),
  },
  { what: 'an old Portage', check: 'Portage', state: 'note', text: /3\.0\.30;/, world: () => ({ run: runWith({ portage: '3.0.30\n' }) }) },
  { what: 'a host of two letters', check: 'names', state: 'note', text: /"al" \(too short\)$/, world: () => ({ hostname: 'al' }) },
  { what: 'the hook is off', check: 'hook', text: /does not source/, cause: remove('etc/portage/bashrc') },
  {
    what: 'a hook that is commented out',
    check: 'hook',
    text: /does not source/,
    cause: write('etc/portage/bashrc', '# source /usr/lib/standin/standin.bash\n'),
  },
  {
    what: 'lines below the hook',
    check: 'bashrc',
    state: 'note',
    text: /^line \d+ of \/etc\/portage\/bashrc may change what is built, unseen: move it above/,
    cause: ({ root }) => appendFileSync(join(root, 'etc/portage/bashrc'), 'LATE=1\n'),
  },
  {
    what: 'a bashrc that waits for a phase',
    check: 'bashrc',
    state: 'note',
    text: /^line 1 of \/etc\/portage\/bashrc may change what is built, unseen: it asks for EBUILD_PHASE/,
    cause: ({ root }) => {
      const path = join(root, 'etc/portage/bashrc')
      writeFileSync(path, `[[ $EBUILD_PHASE == compile ]] && LATE=1\n${readFileSync(path, 'utf8')}`)
    },
  },
  { what: 'an own header', check: '/usr/local', state: 'note', text: /^\/usr\/local\/include\/own may change/, cause: header },
  { what: 'half a hook', check: 'hook', text: /damaged/, cause: write('etc/portage/bashrc', '# <<< standin <<<\n') },
  {
    what: 'nothing switched on',
    check: 'STANDIN_FEATURES',
    text: /is not set/,
    world: () => ({ run: runWith({ 'python3 -I': 'STANDIN_FEATURES=\n' }) }),
  },
  {
    what: 'an unknown token',
    check: 'STANDIN_FEATURES',
    text: /"instal" is unknown/,
    world: () => ({ run: runWith({ 'python3 -I': 'STANDIN_FEATURES=instal\n' }) }),
  },
  {
    what: 'switched on for a package alone',
    check: 'STANDIN_FEATURES',
    state: 'note',
    text: /install, only for the packages of package\.env \(\/etc\/portage\/env\/use\)/,
    cause: ({ root }) => {
      mkdirSync(join(root, 'etc/portage/env'))
      writeFileSync(join(root, 'etc/portage/env/use'), 'STANDIN_FEATURES="install"\n')
      writeFileSync(join(root, 'etc/portage/package.env'), 'app-misc/hello use\n')
    },
    world: () => ({ run: runWith({ 'python3 -I': 'STANDIN_FEATURES=\n' }) }),
  },
  {
    what: 'lines above the hook that end the bashrc',
    check: 'hook',
    text: /line 2 of \/etc\/portage\/bashrc may end it before the merge asks for the way \("return 0/,
    cause: ({ root }) => {
      const path = join(root, 'etc/portage/bashrc')
      writeFileSync(path, `A=1\nreturn 0 # mine\n${readFileSync(path, 'utf8')}return 1\n`)
    },
  },
  { what: 'a wrong setting', check: 'standin.conf', text: /level = 9/, cause: write('etc/portage/standin.conf', 'level = 9\n') },
  {
    what: 'an unknown setting',
    check: 'standin.conf',
    text: /frob/,
    cause: ({ conf }) => writeFileSync(conf, 'frob = 1\n', { flag: 'a' }),
  },
  { what: 'a wrong policy', check: 'policy', text: /frob/, cause: write('etc/portage/standin.policy', '[frob]\n') },
  { what: 'a policy without keys', check: 'policy', text: /no stand-in is ever used/, cause: write('etc/portage/standin.policy', '') },
  {
    what: 'a key whose word is not enough',
    check: 'policy',
    text: /1 key counts, 0 of build servers: that makes level 0 at most, and setting level asks for 1: no stand-in is ever used/,
    cause: write('etc/portage/standin.policy', `[${'0a'.repeat(32)}]\nname = a friend\nbuilder = no\n`),
  },
  {
    what: 'a policy without keys on a host that only publishes',
    check: 'policy',
    state: 'note',
    text: /no stand-in is ever used/,
    cause: write('etc/portage/standin.policy', ''),
    world: () => ({ run: runWith({ 'python3 -I': 'STANDIN_FEATURES=publish\n' }) }),
  },
  { what: 'no libsandbox', check: 'libsandbox', text: /FEATURES asks for it/, cause: remove('usr/lib64/libsandbox.so') },
  {
    what: 'no libsandbox, and none wanted',
    check: 'libsandbox',
    state: 'note',
    text: /does not ask/,
    cause: remove('usr/lib64/libsandbox.so'),
    world: () => ({ run: runWith({ 'portageq envvar': '/var/tmp\n-sandbox -usersandbox\n' }) }),
  },
  { what: 'no daemon', check: 'daemon', text: /not running/, world: ({ folders }) => ({ control: join(folders.run, 'none') }) },
  { what: 'a door for all', check: 'control socket', text: /mode 666/, cause: ({ control }) => chmodSync(control, 0o666) },
]

for (const { what, check, state = 'wrong', text, cause, world: change } of TROUBLES) {
  test(`${state}: ${what}`, { skip }, async (t) => {
    const well = await healthy(t)
    cause?.(well)
    const before = filesIn(well.folders.state)
    const { code, document } = await standinJson({ ...well, ...change?.(well) }, doctorDocument, 'doctor')
    const found = document.findings.filter((finding) => finding.check === check)
    assert.deepEqual(
      found.map((finding) => finding.state),
      [state],
    )
    assert.match(found[0]?.text ?? '', text)
    if (state === 'wrong') assert.ok((found[0]?.remedy ?? '') !== '', 'what is wrong has a remedy')
    assert.equal(code, document.wrong > 0 ? 1 : 0)
    assert.equal(state === 'wrong', document.wrong > 0)
    assert.deepEqual(filesIn(well.folders.state), before, 'a look changes nothing')
  })
}

test('a check that can not be carried out is a finding', async (t) => {
  const { code, document } = await standinJson(worldIn(t), doctorDocument, 'doctor')
  assert.match(`${code} ${JSON.stringify(document.findings)}`, /^1 .*bash is not on PATH.*no Python here .*,"remedy":"let `eselect python`/)
})

test('a daemon that hangs, or lost its socket, is to be restarted, one that does not run to be started', { skip }, async (t) => {
  const well = await healthy(t)
  const control = join(well.folders.run, 'hung.sock')
  await daemonIn(t, { ...well, control }, () => new Promise(() => undefined))
  const none = join(well.folders.run, 'none')
  // It lives on where somebody has removed its folder.
  const procRoot = join(well.root, 'proc')
  const command = ['/usr/bin/node', '--disable-warning=X', join(well.root, 'usr/bin/../daemon.mjs'), '']
  mkdirSync(join(procRoot, '71'), { recursive: true })
  writeFileSync(join(procRoot, '71/cmdline'), command.join('\0'))
  for (const [change, verb, text] of [
    [{ control }, 'restart', /does not answer/],
    [{ control: none }, 'start', /is not running/],
    [{ control: none, procRoot }, 'restart', /^runs \(pid 71\), but nobody can ask it: .*none was removed/],
  ] as const) {
    const { document } = await standinJson({ ...well, patienceMs: 100, ...change }, doctorDocument, 'doctor')
    const found = document.findings.find(({ check }) => check === 'daemon')
    assert.equal(found?.remedy, `rc-service standin ${verb}, or systemctl ${verb} standin`)
    assert.match(found?.text ?? '', text)
  }
})

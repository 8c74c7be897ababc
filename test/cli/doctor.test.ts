/**
 * `standin doctor`: a host where nothing is wrong, and each thing that can be.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { doctorDocument } from '../../src/cli/documents.ts'
import { VERSION } from '../../src/cli/version.ts'
import type { World } from '../../src/cli/world.ts'
import { makeFolders } from '../../src/daemon/folders.ts'
import { enableHook } from '../../src/portage/hookfile.ts'
import { openJournal } from '../../src/standin/journal.ts'
import { loadOrCreateKey } from '../../src/trust/key.ts'
import { answering, daemonIn, statusAnswer } from './support/daemon.ts'
import { type Programs, programs, standin, standinJson, worldIn } from './support/world.ts'

const skip = process.getuid?.() === 0 ? false : 'folders of two users need root'

const PEER = { uid: 4321, gid: 4321 }
const PROGRAMS: Programs = {
  bash: '5.2.15\n',
  'python3 -I': 'STANDIN_FEATURES=install publish\n',
  'portageq envvar': 'sandbox usersandbox\n',
}
const KEY = 'e'.repeat(64)

/** Everything as it should be. */
async function healthy(t: TestContext): Promise<World> {
  const world = worldIn(t)
  const put = (path: string, text: string, mode: number = 0o644): void => {
    mkdirSync(join(world.root, path, '..'), { recursive: true })
    writeFileSync(join(world.root, path), text, { mode })
  }
  put('etc/passwd', `root:x:0:0::/root:/bin/sh\nstandin:x:${PEER.uid}:${PEER.gid}::/:/bin/false\n`)
  put('etc/portage/standin.conf', `level = 1\npolicy = ${join(world.root, 'etc/portage/standin.policy')}\n`)
  put('etc/portage/standin.policy', `[${KEY}]\nname = a friend\n`)
  put('usr/lib64/libsandbox.so', '')
  for (const program of ['setpriv', 'prlimit', 'unshare', 'nsenter', 'scanelf']) put(`usr/bin/${program}`, '', 0o755)
  makeFolders(world.folders, { uid: 0, gid: 0 }, PEER)
  openJournal(join(world.folders.state, 'journal.sqlite')).close()
  loadOrCreateKey(join(world.folders.state, 'key.pem'))
  enableHook({ root: world.root })
  utimesSync(world.program, new Date(), new Date('2026-01-01T00:00:00Z'))
  await daemonIn(t, world, answering({ status: [statusAnswer({ version: VERSION })] }))
  return { ...world, run: runWith({}) }
}

// Portage is asked twice by `python3 -I -c`; only the program differs.
const runWith = (changes: Programs): World['run'] => {
  const scripted = { portage: '3.0.83\n', ...PROGRAMS, ...changes }
  const run = programs(scripted)
  return (program, args, options) =>
    args.some((arg) => arg.includes('portage.VERSION')) ? run('portage', [], options) : run(program, args, options)
}

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
  { what: 'the hook is off', check: 'hook', text: /does not source/, cause: remove('etc/portage/bashrc') },
  {
    what: 'a hook that is commented out',
    check: 'hook',
    text: /does not source/,
    cause: write('etc/portage/bashrc', '# source /usr/lib/standin/standin.bash\n'),
  },
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
    world: () => ({ run: runWith({ 'portageq envvar': '-sandbox -usersandbox\n' }) }),
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
  assert.equal(code, 1)
  assert.match(document.findings.find(({ check }) => check === 'bash')?.text ?? '', /bash is not on PATH/)
})

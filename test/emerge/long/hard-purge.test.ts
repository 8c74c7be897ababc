/**
 * What a disk or the user does to a stand-in while it is there (full, immutable, replaced, edited without a trace) keeps no merge and loses nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Started } from '../../support/host/enter.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { differences } from '../../support/host/snapshot.ts'
import { ask } from '../../support/standin/ask.ts'
import { startDaemon, stopDaemon } from '../../support/standin/daemon.ts'
import { type Consumer, createConsumer, PURGED, USABLE } from '../../support/story/consumer.ts'
import { hold, letGo, reached } from '../../support/story/gate.ts'
import { until } from '../../support/story/ours.ts'
import { createPublisher } from '../../support/story/publisher.ts'

const SCRIPT = '/usr/bin/probe-script'
const WORD = '/usr/share/probe/word'
const FILL = '/var/lib/standin/fill'
const FILL_UP = `! head -c 8m /dev/zero > ${FILL}`

let network: Network
let strict: Consumer
let plain: Consumer
before(async () => {
  network = await createNetwork({ name: 'hard' })
  const publisher = await createPublisher(network, ['test-misc/probe'])
  strict = await createConsumer(publisher, 'strict', { features: 'collision-protect' })
  plain = await createConsumer(publisher, 'plain')
})
after(() => network.close())

test('whatever the user puts in our place is put aside whole, and the merge is not refused', async () => {
  const merge = await mergeAfter(
    strict,
    `rm ${SCRIPT} /usr/bin/probe-link && ln -s /root/mine ${SCRIPT} && mkdir /usr/bin/probe-link && echo mine > /usr/bin/probe-link/mine` +
      ` && rm -r /usr/share/probe && echo mine > /usr/share/probe`,
  )
  assert.deepEqual(merge.left, [])
  assert.equal(merge.exitCode, 0, merge.output)
  const kept = await keptOn(strict, merge.output)
  assert.deepEqual(kept, {
    'usr/bin/probe-link': 'folder: mine',
    'usr/bin/probe-script': 'link to /root/mine',
    'usr/share/probe': 'file: mine',
  })
  await unmerge(strict)
})

test('a full disk of the journal keeps no stand-in, and the journal hears of it when there is room', async () => {
  const { host } = strict
  await onSmallDisk(strict)
  strict.daemon = await startDaemon(host)
  const merge = await mergeAfter(strict, FILL_UP)
  assert.deepEqual(merge.left, [])
  assert.equal(merge.exitCode, 0, merge.output)
  assert.match(merge.output, /it is gone, but that could not be written down yet: .*the disk of \/var\/lib\/standin is full/)
  assert.match(merge.output, PURGED)

  await host.run(['rm', FILL])
  const { live } = await ask(host, { t: 'status' }, 'status')
  assert.deepEqual(live, [])
  await unmerge(strict)
  assert.deepEqual(await mergedPlainly(strict), [], 'the next one is not disturbed')
})

test('where the disk is full nothing comes, which is said in one line, and nobody waits for it', async () => {
  const { host } = strict
  await host.run(['sh', '-c', FILL_UP])
  const emerge = await strict.emerge('test-misc/probe')
  const { exitCode } = await emerge.exited
  await host.run(['rm', FILL])
  assert.equal(exitCode, 0, emerge.output())
  const said = emerge.output().match(/^.* standin: .*no stand-in.*$/gm) ?? []
  assert.equal(said.length, 1, emerge.output())
  assert.match(said[0] ?? '', /the disk of \/var\/lib\/standin is full/)
  await unmerge(strict)
})

test('a daemon and a doctor on a full disk name the disk, and what there is stays good', async () => {
  const { host } = strict
  await stopDaemon(strict.daemon)
  await host.run(['sh', '-c', FILL_UP])
  const { exitCode, stdout, stderr } = await host.run(['standin', 'daemon'], { check: false })
  assert.notEqual(exitCode, 0)
  assert.match(stdout + stderr, /known\.sqlite: the disk of \/var\/lib\/standin is full; make room there/)
  assert.doesNotMatch(stdout + stderr, /move it away/)
  const doctor = (await host.run(['standin', 'doctor', '--color', 'n'], { check: false })).stdout
  assert.match(doctor, /!! ] journal .*the disk of \/var\/lib\/standin is full/)
  assert.doesNotMatch(doctor, /keeps it aside/)
  await host.run(['rm', FILL])
  strict.daemon = await startDaemon(host)
})

test('without a daemon the hook purges on a full disk too', async () => {
  const { host } = strict
  const merge = await mergeAfter(strict, FILL_UP, () => stopDaemon(strict.daemon))
  assert.deepEqual(merge.left, [])
  assert.equal(merge.exitCode, 0, merge.output)
  assert.match(merge.output, /stand-in purged without the daemon \(6 names\)/)
  await host.run(['rm', FILL])
  strict.daemon = await startDaemon(host)
  assert.deepEqual((await ask(host, { t: 'status' }, 'status')).live, [])
  assert.match(host.read(SCRIPT), /theirs/, 'start-up took what Portage had merged')
  await unmerge(strict)
})

test('a name that resists keeps no other one, is named, and stays where Portage has merged over it', async () => {
  const { host } = plain
  const merge = await mergeAfter(plain, `chattr +i /usr/bin/probe`)
  assert.deepEqual(
    merge.left.map((line) => line.split(' ').slice(0, 2).join(' ')),
    ['added /usr/bin/probe'],
  )
  assert.match(merge.output, /\/usr\/bin\/probe could not be taken away: it may not be changed \(EPERM/)
  assert.match(merge.output, /1 of 6 names could not be taken away \(`standin purge --all` tries again\)/)
  // Portage has merged over it and owns it: nobody may take it away any more.
  assert.equal(merge.exitCode, 0, merge.output)
  assert.match(merge.output, /\/usr\/bin\/probe stays: test-misc\/probe-1 owns it now/)
  await host.run(['standin', 'purge', '--all'])
  assert.deepEqual((await ask(host, { t: 'status' }, 'status')).live, [])
  assert.ok(host.exists('/usr/bin/probe'))
  await host.run(['chattr', '-i', '/usr/bin/probe'])
  await unmerge(plain)
})

test('a link in our place is not lost where Portage would merge over it, nor is an edit that keeps size and mtime', async () => {
  const quiet = `cp -p ${WORD} /tmp/reference && printf 'mine!!\\n' > ${WORD} && touch -r /tmp/reference ${WORD}`
  const merge = await mergeAfter(plain, `ln -sf /root/mine ${SCRIPT} && ${quiet}`)
  assert.deepEqual(merge.left, [])
  assert.equal(merge.exitCode, 0, merge.output)
  const kept = await keptOn(plain, merge.output)
  assert.deepEqual(kept, { 'usr/bin/probe-script': 'link to /root/mine', 'usr/share/probe/word': 'file: mine!!' })
  assert.equal(plain.host.read(WORD), 'theirs\n')
})

interface Merge {
  readonly left: readonly string[]
  readonly exitCode: number
  readonly output: string
}

/** Emerges the package; while its stand-in can be used `first` is done, then `what`. `left` is what is still there where Portage merges. */
async function mergeAfter(consumer: Consumer, what: string, first?: () => Promise<unknown>): Promise<Merge> {
  const { host } = consumer
  const clean = await consumer.tree()
  hold(host, 'compile')
  hold(host, 'preinst')
  const emerge = await consumer.emerge('test-misc/probe')
  await emerge.waitFor(USABLE)
  await reached(host, 'compile')
  await first?.()
  await host.run(['sh', '-c', what])
  letGo(host, 'compile')
  const left = await atMerge(consumer, emerge, clean)
  letGo(host, 'preinst')
  const { exitCode } = await emerge.exited
  return { left, exitCode, output: emerge.output() }
}

async function atMerge(consumer: Consumer, emerge: Started, clean: Awaited<ReturnType<Consumer['tree']>>): Promise<readonly string[]> {
  const refused = emerge.exited.then(() => 'the merge was refused')
  const outcome = await Promise.race([reached(consumer.host, 'preinst').then(() => undefined), refused])
  return outcome === undefined ? differences(clean, await consumer.tree()) : [outcome]
}

async function mergedPlainly(consumer: Consumer): Promise<readonly string[]> {
  const { left, exitCode, output } = await mergeAfter(consumer, 'true')
  assert.equal(exitCode, 0, output)
  assert.doesNotMatch(output, /stays|kept as|could not/)
  await unmerge(consumer)
  return left
}

async function unmerge({ host }: Consumer): Promise<void> {
  await until(
    async () => (await ask(host, { t: 'status' }, 'status')).live.length,
    (live) => live === 0,
  )
  await host.emerge(['--unmerge', '--quiet', 'test-misc/probe'])
}

/** The state of standin moves to a filesystem of 4 MB. */
async function onSmallDisk({ host, daemon }: Consumer): Promise<void> {
  await stopDaemon(daemon)
  const small = 'mount -t tmpfs -o size=4m,mode=700 tmpfs /var/lib/standin'
  await host.run(['sh', '-c', `cp -a /var/lib/standin /var/lib/other && ${small} && cp -a /var/lib/other/. /var/lib/standin/`])
}

/** What was said to be kept, by the path that it had. */
async function keptOn({ host }: Consumer, output: string): Promise<Record<string, string>> {
  const kept: Record<string, string> = {}
  for (const [, path = '', keptAs = ''] of output.matchAll(/standin: \S+ \/(\S+) was \w+ while it stood in; kept as (\S+)/g)) {
    const look = `if [ -L "$1" ]; then echo "link to $(readlink "$1")"; elif [ -d "$1" ]; then echo "folder: $(ls "$1")"; else echo "file: $(cat "$1")"; fi`
    kept[path] = (await host.run(['sh', '-c', look, 'look', keptAs])).stdout.trim()
  }
  return kept
}

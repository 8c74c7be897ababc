/**
 * Whatever the hooks say, and whenever, each build comes to one end: followed once, published once, or left alone, also over the end of a warden.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import type { Course } from '../../src/daemon/course.ts'
import type { Courses } from '../../src/daemon/courses.ts'
import type { Moment } from '../../src/daemon/moment.ts'
import { stageIn } from './support/stage.ts'

test("a build is followed from its beginning to its end, and Portage's last clean begins nothing", async (t) => {
  const stage = await stageIn(t)
  const warden = stage.warden()
  for (const name of ['fetch', 'purge', 'publish'] as const) await warden.moment(stage.moment(name))
  await settledIn(warden)
  await warden.moment(stage.moment('fetch'))
  assert.deepEqual(stage.did, ['stand in', 'make way: merge', 'keep', 'make way: settled', 'publish'])
  assert.deepEqual(stage.left(), [])
})

test('a second clean before the build, as behind pkg_pretend, takes nothing away that stands in or is on its way', async (t) => {
  for (const standing of [7, null]) {
    const stage = await stageIn(t)
    const found = Promise.withResolvers<void>()
    let begun = 0
    const warden = stage.warden({
      begin: () => void begun++,
      async standIn(course) {
        stage.did.push('stand in')
        if (stage.did.length > 1) return
        await found.promise
        course.note = { ...course.note, standing }
      },
    })
    await warden.moment(stage.moment('fetch'))
    await warden.moment(stage.moment('fetch'))
    assert.deepEqual([stage.did, begun], [['stand in'], 2])
    found.resolve()
    await warden.all()[0]?.seeking
    await warden.moment(stage.moment('fetch'))
    assert.deepEqual(stage.did, ['stand in', ...(standing === null ? ['make way: failed', 'stand in'] : [])])
    await warden.moment(stage.moment('fetch', { USE: 'other' }))
    assert.deepEqual(stage.did.slice(-2), ['make way: failed', 'stand in'])
  }
})

test('a warden that slept through a build leaves it alone, whatever it finds when it wakes', async (t) => {
  const stage = await stageIn(t)
  const warden = stage.warden()
  warden.heard([stage.moment('fetch'), stage.moment('publish')])
  await settledIn(warden)
  assert.deepEqual(stage.left(), [])

  stage.moment('fetch')
  stage.goAlone()
  await warden.moment(stage.moment('fetch'))
  assert.deepEqual(stage.did, ['app-misc/hello-1: its merge did not wait for the daemon: it is not followed'])
  assert.deepEqual(stage.left(), [])
})

test('an emerge that is gone settles its build, one that merged it first publishes it', async (t) => {
  for (const merged of [false, true]) {
    const stage = await stageIn(t)
    const warden = stage.warden({ isMerged: () => merged })
    await warden.moment(stage.moment('fetch'))
    await warden.moment(stage.moment('purge'))
    stage.emerge.kill('SIGKILL')
    await once(stage.emerge, 'close')
    warden.settle()
    warden.settle()
    await settledIn(warden)
    assert.deepEqual(stage.did.slice(3), merged ? ['make way: settled', 'publish'] : ['make way: failed'])
    assert.deepEqual(stage.left(), [])
  }
})

test('the next warden goes on where the last one was cut off', async (t) => {
  const cases: readonly { upTo: readonly Moment['moment'][]; alone?: boolean; merged?: boolean; next: readonly string[] }[] = [
    { upTo: ['fetch'], next: ['stand in'] },
    { upTo: ['fetch'], alone: true, next: [] },
    { upTo: ['fetch'], merged: true, next: ['make way: settled', 'publish'] },
    { upTo: ['fetch', 'purge'], next: [] },
    { upTo: ['fetch', 'purge'], merged: true, next: ['make way: settled', 'publish'] },
  ]
  for (const { upTo, alone, merged, next } of cases) {
    const stage = await stageIn(t)
    const killed = stage.warden()
    for (const name of upTo) await killed.moment(stage.moment(name))
    if (alone === true) stage.goAlone()
    stage.did.length = 0
    const warden = stage.warden({ isMerged: () => merged === true })
    await warden.recover()
    await Promise.all(warden.all().map((course) => course.work))
    assert.deepEqual(stage.did, next, JSON.stringify({ upTo, alone, merged }))
  }
})

test('a warden that is stopped while it publishes lets the next one do it', async (t) => {
  const stage = await stageIn(t)
  const cut = Promise.withResolvers<void>()
  const stopped = stage.warden({ publish: () => cut.promise })
  for (const name of ['fetch', 'purge', 'publish'] as const) await stopped.moment(stage.moment(name))
  const closing = stopped.close()
  cut.resolve()
  await closing
  stage.did.length = 0
  const warden = stage.warden()
  await warden.recover()
  await settledIn(warden)
  assert.deepEqual(stage.did, ['make way: settled', 'publish'])
  assert.deepEqual(stage.left(), [])
})

test('a merge of the package ends every other search for a copy of it before it begins, and a binary one is not taken for the build', async (t) => {
  for (const asked of [{ MERGE_TYPE: 'binary' }, { PORTAGE_BUILDDIR: '/elsewhere/app-misc/hello-2', PF: 'hello-2' }]) {
    const stage = await stageIn(t)
    const seeking = (course: Course): Promise<void> =>
      new Promise((resolve) => {
        course.enough.signal.addEventListener('abort', () => {
          stage.did.push('search ended')
          resolve()
        })
      })
    const warden = stage.warden({ standIn: seeking })
    await warden.moment(stage.moment('fetch'))
    const word = await warden.moment(stage.moment('purge', asked))
    const cpv = asked.PF ?? 'hello-1'
    assert.deepEqual(
      [word, ...stage.did],
      [asked.PF === undefined ? 'done' : 'unknown', 'search ended', `clear way of ${cpv} before app-misc/hello-1`],
    )
    assert.equal(warden.all()[0]?.note.stage, 'following')
  }
})

test('a build that begins while another emerge merges the package seeks no copy', async (t) => {
  const stage = await stageIn(t)
  const warden = stage.warden()
  await warden.moment(stage.moment('fetch'))
  await warden.moment(stage.moment('purge'))
  stage.did.length = 0
  const second = await stage.second('hello-2')
  await warden.moment(second('fetch'))
  assert.deepEqual([stage.did, warden.all().length], [[], 2])
  await warden.moment(second('purge'))
  assert.deepEqual(stage.did, ['make way: merge before app-misc/hello-1', 'keep'])
})

test('who waits at setup goes on when the stand-in is there, when the search is over, and when nobody has offered a copy for long enough', async (t) => {
  const ends: readonly [string, (course: Course, over: () => void) => void][] = [
    ['usable', (course, over) => ((course.note = { ...course.note, standing: 7 }), over())],
    ['done', (_course, over) => over()],
    ['done', (course) => course.unheard.resolve()],
  ]
  for (const [word, end] of ends) {
    const stage = await stageIn(t)
    const over = Promise.withResolvers<void>()
    const warden = stage.warden({ standIn: () => over.promise })
    await warden.moment(stage.moment('fetch'))
    const [course] = warden.all()
    assert.ok(course !== undefined)
    let said = ''
    const waited = warden.moment(stage.moment('install')).then((one) => (said = one))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(said, '')
    end(course, over.resolve)
    assert.equal(await waited, word)
    over.resolve()
  }
})

test('a build whose end can not be written down is still published, and ends neither the daemon nor its other builds', async (t) => {
  const stage = await stageIn(t)
  const warden = stage.warden()
  for (const name of ['fetch', 'purge'] as const) await warden.moment(stage.moment(name))
  stage.loseNotes()
  await warden.moment(stage.moment('publish'))
  await settledIn(warden)
  assert.deepEqual(stage.did.slice(-1), ['publish'])
  assert.equal(stage.did.filter((line) => line.includes('ENOENT')).length, 1, stage.did.join('\n'))
})

test('a build whose beginning can not be written down is not followed, and the log names what could not be written', async (t) => {
  const stage = await stageIn(t)
  const warden = stage.warden()
  stage.loseNotes()
  assert.equal(await warden.moment(stage.moment('fetch')), 'failed')
  assert.deepEqual(warden.all(), [])
  assert.match(stage.did.join('\n'), /^app-misc\/hello-1: fetch: \S+ could not write \S+\/notes\/\S+hello-1: ENOENT[^\n]*$/)
})

/** Waits until `warden` follows nothing. */
async function settledIn(warden: Courses): Promise<void> {
  for (let course = warden.all()[0]; course !== undefined; course = warden.all()[0]) {
    await course.work
    await new Promise((resolve) => setImmediate(resolve))
  }
  await new Promise((resolve) => setImmediate(resolve))
}

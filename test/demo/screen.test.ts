import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openScreen, type Surface } from './screen.ts'

interface Stage {
  readonly surface: Surface
  readonly written: () => string
  /** Lets time pass, and what is due in it happen. */
  readonly pass: (ms: number) => void
}

function stage(isTerminal: boolean, columns = 80): Stage {
  let now = 5000
  let text = ''
  const timers = new Set<{ ms: number; due: number; tick: () => void }>()
  return {
    surface: {
      write: (more) => void (text += more),
      isTerminal,
      colour: false,
      columns: () => columns,
      now: () => now,
      every(ms, tick) {
        const timer = { ms, due: now + ms, tick }
        timers.add(timer)
        return () => timers.delete(timer)
      },
    },
    written: () => text,
    pass(ms) {
      now += ms
      for (const timer of timers) for (; timer.due <= now; timer.due += timer.ms) timer.tick()
    },
  }
}

test('a line tells the seconds since the beginning', () => {
  const { surface, written, pass } = stage(false)
  const screen = openScreen(surface)
  pass(12_340)
  screen.line('it ', { tone: 'good', text: 'works' })
  screen.plain('table')
  assert.equal(written(), '  12.3 s  it works\ntable\n')
})

test('a file gets plain lines now and then, and nothing after the end', async () => {
  const { surface, written, pass } = stage(false)
  const { promise, resolve } = Promise.withResolvers<number>()
  const waiting = openScreen(surface).during('Portage', promise, () => 'compiles')
  pass(9999)
  assert.equal(written(), '')
  pass(10_002)
  resolve(7)
  assert.equal(await waiting, 7)
  pass(60_000)
  assert.deepEqual(written().split('\n'), ['  20.0 s  ... Portage, 20 s compiles', '  20.0 s  ... Portage, 20 s compiles', ''])
})

test('on a terminal one line moves, makes way for other lines, never wraps, and is gone at the end', async () => {
  const { surface, written, pass } = stage(true, 30)
  const screen = openScreen(surface)
  const { promise, reject } = Promise.withResolvers<void>()
  const waiting = screen.during('Portage on a host with a long name', promise)
  pass(120)
  screen.line('told')
  reject(new Error('over'))
  await assert.rejects(waiting, /over/)
  const drawn = written().split('\r\u001b[2K')
  assert.deepEqual(
    drawn.map((part) => part.slice(0, 21)),
    ['', '   0.0 s  | Portage o', '   0.1 s  / Portage o', '   0.1 s  told\n', '   0.1 s  / Portage o', ''],
  )
  assert.ok(drawn.every((part) => part.length < 30))
})

test('the text of others never steers the terminal', () => {
  const { surface, written } = stage(false)
  openScreen(surface).line('a\u001b[2Jb\rc')
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  assert.equal(/[\u0000-\u0009\u000b-\u001f]/.test(written()), false)
})

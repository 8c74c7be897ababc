import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alternate } from './runs.ts'

test('sides take turns at being first, and the first run of each counts for nothing', async () => {
  const order: string[] = []
  const told: number[] = []
  const side = (name: string) => () => Promise.resolve(order.push(name))
  const runs = await alternate(3, { ours: side('o'), anchor: side('a') }, (done) => told.push(done))
  assert.equal(order.join(''), 'oaaooaao')
  assert.deepEqual(runs, { ours: [4, 5, 8], anchor: [3, 6, 7] })
  assert.deepEqual(told, [0, 1, 2, 3])
})

test('a run that fails ends the measurement', async () => {
  const failing = { ours: () => Promise.reject(new Error('no')), anchor: () => Promise.resolve(1) }
  await assert.rejects(alternate(1, failing), /no/)
})

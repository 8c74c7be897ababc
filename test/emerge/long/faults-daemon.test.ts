/**
 * What else may have become of the daemon beside a live stand-in than `emerge/faults-daemon` tells: emerge ends as it would without standin.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { after, before } from 'node:test'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { besideLive } from '../../support/story/gone.ts'
import { createPublisher, type Publisher } from '../../support/story/publisher.ts'

let network: Network
let publisher: Publisher
before(async () => {
  network = await createNetwork({ name: 'gone' })
  publisher = await createPublisher(network, ['test-misc/flags'])
})
after(() => network.close())

besideLive(
  () => ({ network, publisher }),
  [
    'stopped as a service is',
    'alive, with its FIFO replaced by a file',
    'alive, with its folder below /run removed',
    'alive, without a Node for hooks',
  ],
)

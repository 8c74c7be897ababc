/**
 * Makes the picture of README.md anew from a real run: `npx node test/demo/picture.ts`, as root, where `npm run demo` works.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { paths } from '../support/ground/paths.ts'
import { takeGround } from '../support/ground/ready.ts'
import { createNetwork } from '../support/host/network.ts'
import { record } from './picture/recording.ts'
import { sceneOf } from './picture/scene.ts'
import { drawn } from './picture/svg.ts'

const PICTURE = join(paths.top, 'packaging/picture/run.svg')

const ground = await takeGround((line) => void process.stderr.write(`${line}\n`))
const network = await createNetwork({ name: 'picture' })
try {
  const recording = await record(network, 'app-misc/hello', 'hello', /Hello, world!\r?\n/)
  mkdirSync(dirname(PICTURE), { recursive: true })
  writeFileSync(PICTURE, drawn(sceneOf(recording)))
} finally {
  await network.close()
  await ground.release()
}

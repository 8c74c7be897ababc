/**
 * `standin daemon`: runs the launcher of the daemon in the place of this program, with the same arguments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { UserError } from '../../base/errors.ts'
import { EXIT } from '../exit.ts'
import type { Output } from '../output.ts'
import type { World } from '../world.ts'

export async function daemon(world: World, out: Output, args: readonly string[], pretend: boolean): Promise<number> {
  if (pretend) {
    out.lines([[[world.launcher, ...args].join(' ')]])
    return EXIT.ok
  }
  if (world.uid !== 0) throw new UserError('NOT_ROOT', 'only root may run the daemon, which gives up by itself what it does not need')
  return await world.execute(world.launcher, args)
}

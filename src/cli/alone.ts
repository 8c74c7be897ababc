/**
 * Of all daemons of a host one is at work: a second one would take its doors away, and settle what it is still at.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { connect } from 'node:net'
import { hostError, systemCode, UserError } from '../base/errors.ts'

/** Errors: UserError USAGE when somebody listens at `control`, be it one that is stopped; HostError IO when that cannot be told. */
export async function expectAlone(control: string): Promise<void> {
  if (await listens(control))
    throw new UserError('USAGE', `the daemon runs already (it listens at ${control}): to run another, stop the service standin first`)
}

function listens(control: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  const socket = connect(control, () => resolve(true))
  socket.once('error', (error) => {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ECONNREFUSED') resolve(false)
    else if (code === 'EAGAIN')
      resolve(true) // so many wait to be heard
    else reject(hostError(`could not look for another daemon at ${control}`, error))
  })
  return promise.finally(() => socket.destroy())
}

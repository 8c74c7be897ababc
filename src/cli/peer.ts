/**
 * The entry of the peer: descriptor 3 is its channel to the warden, and it ends with that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { Socket } from 'node:net'
import { runPeer } from '../daemon/peer.ts'
import { openLog } from './log.ts'

process.on('SIGTERM', () => process.exit(0))
await runPeer({ channel: new Socket({ fd: 3 }), pid: process.pid, log: openLog() })
process.exit(0)

/**
 * Everything that tests make on the machine lies in one folder, and this is the only place that knows its rooms.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'

const top = join(import.meta.dirname, '../../..')
const made = join(top, '.ground')

export const paths = {
  /** The checkout. */
  top,
  /** The ignored folder of all that is made. */
  made,
  /** What `meson install` of Portage gave; copied into every host. */
  portageRoot: join(made, 'portage-root'),
  /** Upstream tarballs under the names that the ebuilds ask for. */
  distfiles: join(made, 'distfiles'),
  /** Installed-package records for libraries that Debian provides on a host. */
  vdb: join(made, 'vdb'),
  /** OpenRC as Debian packs it, for hosts that boot it. */
  openrc: join(made, 'openrc'),
  /** Marks of absence for what Debian has of programs that hosts emerge. */
  absent: join(made, 'absent'),
  /** Versions of the upstream tarballs, by source package. */
  versions: join(made, 'versions.json'),
  /** The Node of a host. */
  node: join(made, 'node'),
  /** The library that moves a host's clock. */
  clock: join(made, 'clock.so'),
  /** One folder for each process that has hosts. */
  hosts: join(made, 'hosts'),
  /** Temporary folders of runs of all tests. */
  temporary: join(made, 'tmp'),
  /** Our ebuilds as they are in the checkout. */
  repository: join(top, 'test/support/repo'),
} as const

/**
 * What hosts may differ in; everything left out is as on a fresh Gentoo.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
export interface HostOptions {
  /** Unique within its network. */
  readonly name: string
  /** Default: `name`. */
  readonly hostname?: string
  /** A name below /usr/share/zoneinfo. Default UTC. */
  readonly timezone?: string
  /** Who typed `emerge`: the user is there, and programs run as root with this user's HOME, USER, LOGNAME and SUDO_USER. Default root. */
  readonly user?: string
  /** Default `-j2`. */
  readonly makeopts?: string
  /** How far the host's clock is from the machine's. Default 0. */
  readonly clockOffsetSeconds?: number
  /** PORTAGE_TMPDIR. Default `{kind: 'disk', path: '/var/tmp'}`; a tmpfs is mounted at `path`. */
  readonly tmpdir?: { readonly kind: 'disk' | 'tmpfs'; readonly path?: string }
  /** Added to the default FEATURES, e.g. `collision-protect`. */
  readonly features?: string
  /** CFLAGS and CXXFLAGS. Default `-O2 -pipe`. */
  readonly cflags?: string
  /** USE of make.conf. */
  readonly use?: string
  /** Lines of package.use: atom to flags. */
  readonly packageUse?: Readonly<Record<string, string>>
  /** Lines of package.accept_keywords: atom to keywords. */
  readonly acceptKeywords?: Readonly<Record<string, string>>
  /** Lines of package.env, and the files of /etc/portage/env that they name. */
  readonly packageEnv?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** More variables of make.conf. They win over all others. Those that test ebuilds read are set by the profile, or their builds had no recipe. */
  readonly makeConf?: Readonly<Record<string, string>>
  /** Read-only bind mounts: path on the host to path on the machine. The checkout itself is hidden on a host. */
  readonly binds?: Readonly<Record<string, string>>
}

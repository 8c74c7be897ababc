/**
 * What a plan is made from: the whole of what the rules may know, as plain data, so that a plan is the same wherever it is made.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Family } from '../package/family.ts'
import type { Manifest } from '../package/manifest.ts'
import type { FileFacts } from './elf.ts'

/** What one `lstat` says of a path; `link` is never followed. */
export type Kind = 'absent' | 'dir' | 'file' | 'link' | 'other'

/** The emerge that asks. */
export interface Wish {
  /** Portage's MERGE_TYPE. */
  readonly mergeType: string
  readonly root: string
  readonly cpv: string
  /** Main slot, without sub-slot. */
  readonly slot: string
  /** PORTAGE_BUILDDIR. */
  readonly builddir: string
}

/** One mounted filesystem, for the space rules. `mount` is relative to the root, '' for the root itself. */
export interface Filesystem {
  readonly mount: string
  readonly freeBytes: number
  /** Undefined where the filesystem has no fixed number of inodes. */
  readonly freeInodes: number | undefined
}

/** This machine, as far as the rules ask. Everything is read before planning; nothing in here looks at the disk later. */
export interface HostView {
  readonly chost: string
  /** Main slots in which the package is installed, of any version. */
  readonly installedSlots: readonly string[]
  /** Sonames by multilib category (`x86_64`), of installed packages and of live stand-ins. */
  readonly provides: ReadonlyMap<string, ReadonlySet<string>>
  /** glibc's version, such as `2.41`; undefined where the libc is another one. */
  readonly glibc: string | undefined
  /**
   * Symbol versions of the library that the loader finds here for a soname of a category, for all that the files of the archive want one of;
   * undefined where no such library is found.
   */
  readonly defines: (category: string, soname: string) => ReadonlySet<string> | undefined
  /** Words of the `flags` line of /proc/cpuinfo. */
  readonly cpuFlags: ReadonlySet<string>
  /** What the host's own compiler resolves `-march=native` to, where known: a copy built for exactly this always fits. */
  readonly march: string | undefined
  /** `category/name` to the reason why it is vital here: @system, Portage and what Portage needs. Adds to the built-in list. */
  readonly vital: ReadonlyMap<string, string>
  readonly queue: {
    /** `category/name` of everything in BDEPEND and IDEPEND of what is queued. */
    readonly tools: ReadonlySet<string>
    /** `category/name` of everything in DEPEND of what is queued. */
    readonly dependencies: ReadonlySet<string>
  }
  /** Blockers in either direction, each in words fit for a terminal. */
  readonly blockers: readonly string[]
  /** RDEPEND atoms that neither an installed package nor a live stand-in meets. */
  readonly unmet: readonly string[]
  /** Licences of the archive that the user has not accepted for this build. */
  readonly strangeLicences: readonly string[]
  /** Whether PROPERTIES of the ebuild say that it takes its sources from whatever upstream has at that moment. */
  readonly live: boolean
  /** What the user changes about this build (`user patches`, `EXTRA_ECONF`), in words. */
  readonly userChanges: readonly string[]
  readonly filesystems: readonly Filesystem[]
  /** Bytes that live stand-ins take already. */
  readonly liveBytes: number
  /** Whether /usr/sbin is a link to /usr/bin. */
  readonly sbinIsBin: boolean
  /** Looks a path relative to the root up in data fetched before; see look.ts. */
  readonly exists: (path: string) => Kind
}

/** The caps of standin.conf. */
export interface Policy {
  /** Most bytes of one stand-in. */
  readonly maxBytes: number
  /** Most files, folders and links of one stand-in. */
  readonly maxEntries: number
  /** Most bytes of all live stand-ins. */
  readonly maxTotalBytes: number
}

export interface PlanInput {
  readonly manifest: Manifest
  readonly family: Family
  readonly wish: Wish
  readonly host: HostView
  readonly policy: Policy
  /** What the staged files say of themselves, by SHA-256; see survey.ts. A file that is missing here is data. */
  readonly facts: ReadonlyMap<string, FileFacts>
  /** The builder's `-m` options with `-march=native` resolved, as the recipe has them; undefined: take CFLAGS and CXXFLAGS of the archive. */
  readonly cpuOptions: readonly string[] | undefined
}

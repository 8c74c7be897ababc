/**
 * What every way of finding peers promises: it tells others where this host listens, tells this host where others do, and never throws later.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
export interface FinderOptions {
  /** Where this host listens for peers. */
  readonly port: number
  readonly onPeer: (infohash: string, address: string) => void
  readonly onWarning: (finder: string, error: unknown) => void
}

export interface Finder {
  /**
   * Announces this host for `infohash` at once and again as often as is usual; peers come by `onPeer`. `giving` when it has something there;
   * where others can be asked without that, a host that has nothing stays unnamed.
   */
  look(infohash: string, giving: boolean): void
  stop(infohash: string): void
  close(): Promise<void>
}

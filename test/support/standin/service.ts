/**
 * Starts a program on a host as systemd would by its unit: with those capabilities, without new privileges, with those folders read-only.
 *
 * Thereby every test that starts the daemon shows that the unit forbids nothing which the daemon needs. What only systemd itself can do (filters of
 * system calls and of devices) is left out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError } from '../../../src/base/errors.ts'

/** Mounts each of the paths read-only, those with `-` before them only where they are there, and becomes the program. */
const CONFINE = `
until [ "$1" = -- ]; do
  path=\${1#-}
  if [ -e "$path" ] || [ "$path" = "$1" ]; then mount --bind "$path" "$path" && mount -o remount,bind,ro "$path" || exit 1; fi
  shift
done
shift
exec "$@"`

/** The program and its confinement, by the text of a unit. The process that is started becomes the program. */
export function asService(unit: string): string[] {
  const readOnly = valuesOf(unit, 'ReadOnlyPaths')
  const kept = valuesOf(unit, 'CapabilityBoundingSet').map((name) => `+${name.replace(/^CAP_/, '').toLowerCase()}`)
  const start = valuesOf(unit, 'ExecStart')
  if (kept.length === 0 || readOnly.length === 0 || start.length === 0) throw new HostError('BAD_STATE', 'the unit confines nothing')
  const confined = ['unshare', '--mount', '--propagation', 'slave', '--', 'sh', '-c', CONFINE, 'confine', ...readOnly, '--']
  return [...confined, 'setpriv', '--no-new-privs', `--bounding-set=-all,${kept.join(',')}`, '--', ...start]
}

/** All words of all lines of `key`. */
export function valuesOf(unit: string, key: string): string[] {
  const lines = [...unit.matchAll(/^([A-Za-z]+)=(.*)$/gm)].filter(([, name]) => name === key)
  return lines.flatMap(([, , value]) => (value ?? '').split(/\s+/).filter(Boolean))
}

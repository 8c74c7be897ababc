/**
 * Boots a real init on a host, so that the service of standin is started, supervised and stopped by what starts it on Gentoo.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError } from '../../../src/base/errors.ts'
import { paths } from '../ground/paths.ts'
import type { Host } from '../host/host.ts'

/** The bind that a host needs for `bootOpenrc`. */
export const OPENRC_BIND: Readonly<Record<string, string>> = { '/var/openrc': paths.openrc }

/** Of the services that Gentoo's OpenRC brings, Debian's has none; those that standin's names are there by name. */
const GENTOOS = ['localmount', 'bootmisc']
const NOTHING_TO_DO = '#!/sbin/openrc-run\nstart() { :; }\nstop() { :; }\n'
const PUT_OPENRC = `
set -e
tar -C /var/openrc -c . | tar -x --keep-directory-symlink -C /
mkdir /var/debian
mv $(ls -d /etc/init.d/* | grep -v /standin$) /var/debian
rm -f /etc/runlevels/*/*
: > /etc/insserv.conf` // Debian's own addition asks for it

/** Puts OpenRC on a host that standin is installed on, and boots its runlevels; there is only standin to start. */
export async function bootOpenrc(host: Host): Promise<void> {
  await host.run(['sh', '-c', PUT_OPENRC])
  for (const name of GENTOOS) {
    host.write(`/etc/init.d/${name}`, NOTHING_TO_DO, 0o755)
    await host.run(['rc-update', 'add', name, 'boot'])
  }
  for (const runlevel of ['sysinit', 'boot', 'default']) await host.run(['openrc', runlevel])
}

/**
 * systemd as process 1 of a pid namespace on the host, in a control group of its own, where it finds one unit to boot to.
 * Debian's would take our OpenRC script for one of its own old ones, so that is not there.
 */
const SYSTEMD = '/lib/systemd/systemd'
const UNIT = '--unit=small.target'
const BOOT = `
set -e
rm -f /etc/init.d/standin
mkdir -p /run/systemd/system
printf '[Unit]\\nDescription=a small boot\\n' > /run/systemd/system/small.target
: > /dev/console
mount -t tmpfs groups /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
own=/sys/fs/cgroup/standin-$(cat /proc/sys/kernel/random/uuid)
mkdir "$own"
echo $$ > "$own/cgroup.procs"
unshare --mount --pid --fork --cgroup --kill-child --propagation private sh -c '
  mount -t proc proc /proc
  umount /sys/fs/cgroup
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  mount --bind "$(tty)" /dev/console
  exec env -i container=standin-test PATH=/usr/sbin:/usr/bin:/sbin:/bin ${SYSTEMD} ${UNIT} --log-target=console --show-status=1' || :
echo $$ > /sys/fs/cgroup/cgroup.procs
until find "$own" -depth -type d -exec rmdir {} + 2> /dev/null; do sleep 0.1; done`

export interface Booted {
  /** What runs a program beside systemd: put before its words. */
  readonly beside: readonly string[]
  /** As a power cut. The control group is gone when this returns. */
  end(): Promise<void>
}

/** Errors: HostError BAD_STATE when it does not come up, with what it said. */
export async function bootSystemd(host: Host): Promise<Booted> {
  const boot = await host.start(['unshare', '--mount', '--propagation', 'private', 'sh', '-c', BOOT], { pty: true })
  await boot.waitFor(/Reached target.*small\.target/)
  const { stdout } = await host.run(['ps', '-eo', 'pid=,args='])
  const pid = new RegExp(`^ *(\\d+) ${SYSTEMD} ${UNIT}`, 'm').exec(stdout)?.[1]
  if (pid === undefined) throw new HostError('BAD_STATE', `systemd is not there: ${boot.output()}`)
  return {
    beside: ['nsenter', '--target', pid, '--mount', '--pid', '--cgroup', '--'],
    async end() {
      await host.run(['kill', '-KILL', pid])
      await boot.exited
    },
  }
}

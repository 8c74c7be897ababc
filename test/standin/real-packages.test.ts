/**
 * Programs that people wait for get a stand-in, whole but for what would act by lying there; those that cannot be themselves get none, with the reason.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planStandin } from '../../src/standin/plan.ts'
import { listedInput } from './support/image.ts'
import { PLACED } from './support/images/placed.ts'

for (const one of PLACED)
  test(`${one.name} stands in`, () => {
    const input = listedInput(one)
    const plan = planStandin(input)
    assert.ok(plan.kind === 'place', JSON.stringify(plan.kind === 'refuse' ? plan.reasons : ''))
    assert.deepEqual(Object.fromEntries(plan.leftOut.map(({ path, rule }) => [path, rule])), one.left)
    const whole = input.manifest.records.filter(({ type, path }) => type !== 'dir' && one.left[path] === undefined).map(({ path }) => path)
    assert.deepEqual(
      plan.operations.filter(({ kind }) => kind !== 'dir').map(({ path }) => path),
      whole,
    )
  })

/** Name, list, and the rules that refuse it. */
const REFUSED: readonly (readonly [name: string, list: string, ...rules: string[]])[] = [
  [
    'app-text/texlive-core',
    'E usr/bin/pdftex\nD usr/share/texmf-dist/tex/plain/base/plain.tex\nD etc/texmf/texmf.d/05searchpaths.cnf',
    'tex-trees',
  ],
  [
    'app-editors/gedit',
    'E usr/bin/gedit\nD usr/share/gedit/logo.svg\nD usr/share/glib-2.0/schemas/org.gnome.gedit.gschema.xml',
    'settings-schemas',
  ],
  [
    'net-misc/yt-dlp',
    '> usr/bin/yt-dlp ../lib/python-exec/python-exec2\nD usr/lib/python3.13/site-packages/yt_dlp/__init__.py',
    'python-modules',
    'complete',
    'useful',
  ],
  ['dev-vcs/git', 'E usr/bin/git\nD usr/lib64/perl5/vendor_perl/5.40/Git.pm', 'perl-modules'],
  [
    'sys-block/gparted',
    'S usr/bin/gparted /bin/sh\nE usr/libexec/gpartedbin\nD usr/share/polkit-1/actions/org.gnome.gparted.policy',
    'polkit',
    'elsewhere',
  ],
  ['media-plugins/gst-plugins-opus', 'O usr/lib64/gstreamer-1.0/libgstopus.so', 'media-modules', 'useful'],
  ['x11-themes/adwaita-icon-theme', 'D usr/share/icons/Adwaita/16x16/ui/x.png\nD usr/share/icons/Adwaita/index.theme', 'useful'],
  ['net-print/cups', 'E usr/sbin/cupsd\nO usr/lib64/libcups.so.2 libcups.so.2\nD etc/pam.d/cups', 'pam'],
  ['net-vpn/wireguard-modules', 'D lib/modules/6.12.1/net/wireguard.ko', 'kernel-modules', 'useful'],
  [
    'net-misc/networkmanager',
    'E usr/bin/nmcli\nE usr/sbin/NetworkManager\nD usr/share/dbus-1/system.d/org.freedesktop.NetworkManager.conf',
    'dbus-system',
  ],
  ['games-strategy/wesnoth', 'E usr/bin/wesnoth\nD usr/share/wesnoth/data/_main.cfg\nD var/games/wesnoth/scores', 'state'],
  ['sys-apps/hdparm', 'E sbin/hdparm', 'root-folders', 'useful'],
]

for (const [name, list, ...rules] of REFUSED)
  test(`${name} does not, for ${rules[0]}`, () => {
    const plan = planStandin(listedInput({ name, list }))
    assert.ok(plan.kind === 'refuse')
    assert.deepEqual(
      plan.reasons.map(({ rule }) => rule),
      rules,
    )
  })

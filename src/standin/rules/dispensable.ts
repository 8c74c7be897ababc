/**
 * Places whose files are left out, and the program runs as it would before anybody had switched them on: what lies there acts on others or is run for
 * others.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { PlaceRule } from './rule.ts'

const spared = (id: string, why: string, pattern: RegExp): PlaceRule => {
  return { scope: 'place', id, why, at: (path) => pattern.test(path), takes: [], otherwise: 'leave', needed: false }
}

/** A service or a device is switched on by its owner, after the merge. */
const SYSTEM: readonly PlaceRule[] = [
  spared('systemd-units', 'systemd units are not placed', /^(etc|(usr\/)?lib[^/]*|usr\/share)\/systemd\//),
  spared('openrc-services', 'OpenRC services are not placed', /^(etc\/(init|conf)\.d|usr\/share\/openrc)\//),
  spared('udev-rules', 'udev rules are not placed', /^(etc|(usr\/)?lib[^/]*)\/udev\//),
  spared('kernel-settings', 'settings of the kernel are not placed', /^(etc|usr\/lib)\/(sysctl|modules-load|modprobe|binfmt)\.d\//),
  spared('made-at-boot', 'users and files that a boot makes are not placed', /^(etc|usr\/(lib|share))\/((user-)?tmpfiles|sysusers)\.d\//),
  spared('cron-jobs', 'cron jobs and log rotation are not placed', /^etc\/(cron|anacron|at\.|logrotate)/),
  spared(
    'initramfs-hooks',
    'hooks of initramfs and kernel installers are not placed',
    /^(etc|usr\/(lib[^/]*|share))\/(dracut|initcpio|mkinitcpio|initramfs|kernel|genkernel)/,
  ),
  spared('boot-menu', 'parts of the boot menu are not placed', /^(etc\/(grub\.d|default\/grub)|usr\/share\/grub\/)/),
  spared(
    'network-hooks',
    'hooks of network managers are not placed',
    /^(etc|usr\/lib[^/]*)\/(NetworkManager|dhcpcd|ppp|resolvconf|wpa_supplicant)/,
  ),
]

/** A login or a session that began before does not see them either. */
const SESSION: readonly PlaceRule[] = [
  spared(
    'login-settings',
    'settings of shells and logins are not placed',
    /^etc\/(profile|env|skel|zsh|bash\/|fish|csh|environment)|^usr\/lib\/environment\.d\//,
  ),
  spared(
    'completions',
    'completions of shells are not placed: a shell would run them',
    /^(etc\/bash_completion\.d|usr\/share\/(bash-completion|zsh|fish|elvish|nushell))\//,
  ),
  spared('autostart', 'what starts with a session is not placed', /^(etc\/xdg\/autostart|usr\/share\/(gnome\/)?autostart)\//),
  spared(
    'session-files',
    'sessions, X11 and portal settings are not placed',
    /^(usr\/share\/(xsessions|wayland-sessions|xdg-desktop-portal)\/|(etc|usr\/share)\/X11\/(xinit|xorg\.conf|Sessions|Xsession))/,
  ),
  spared('session-bus', 'services of the session bus are not placed', /^usr\/share\/dbus-1\//),
  spared(
    'desktop-files',
    'menu entries, file types and their handlers are not placed',
    /^usr\/share\/(applications|desktop-directories|mime|mime-info|mimelnk|application-registry|metainfo|appdata|thumbnailers|kservices\d|kservicetypes\d|kio|knotifications\d|solid|konqsidebartng|gnome-shell|nautilus[^/]*|dolphin|templates)\//,
  ),
  spared('icon-caches', 'caches and settings of icon themes are not placed', /^usr\/share\/icons\/.*(\.cache|index\.theme)$/),
  spared('fonts', 'fonts and font settings are not placed', /^(etc\/fonts|usr\/share\/(fonts|fontconfig))\//),
]

const OTHERS: readonly PlaceRule[] = [
  spared(
    'editor-plugins',
    'plug-ins of editors are not placed',
    /^usr\/share\/(vim\/vimfiles|nvim\/site|emacs\/([^/]+\/)?site-lisp|xemacs|gtksourceview-[^/]+|gedit|geany|highlight|org\.kde\.syntax-highlighting)\//,
  ),
  spared(
    'browser-plugins',
    'plug-ins of browsers are not placed',
    /^(usr\/(lib[^/]*|share)\/(mozilla|nsbrowser|browser-plugins)|etc\/(chromium|opt))\//,
  ),
  spared('alternatives', 'alternatives and eselect modules are not placed', /^(etc\/alternatives|usr\/share\/eselect)\//),
  spared('include-folder', 'headers are for builds', /^usr\/include(\/|$)/),
  spared('debugger-hooks', 'hooks of debuggers are not placed', /^usr\/(share|lib[^/]*)\/(gdb|valgrind|systemtap)\//),
  spared('debug-files', 'symbols and sources for debuggers are not placed', /^usr\/(lib[^/]*\/debug|src)\//),
  spared(
    'printer-filters',
    'printer and scanner drivers are not placed',
    /^(etc\/(cups|sane\.d)|usr\/lib[^/]*\/(cups|sane)|usr\/libexec\/cups|usr\/share\/(cups|ppd))\//,
  ),
  spared(
    'reference-documents',
    'documents of other forms are not placed',
    /^usr\/share\/(gtk-doc|devhelp|help|gnome\/help|doc-base|omf|examples|info\/dir$)/,
  ),
]

export const DISPENSABLE_PLACES: readonly PlaceRule[] = [...SYSTEM, ...SESSION, ...OTHERS]

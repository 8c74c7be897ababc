/**
 * Cases of the places: what each row takes and keeps away.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { FileFacts } from '../../../../src/standin/elf.ts'
import { type Case, leaves, refuses, takes } from '../case.ts'
import { addFile, elf } from '../input.ts'
import { sha256 } from '../site.ts'

/** Paths that each row leaves out. */
const LEFT: Readonly<Record<string, readonly string[]>> = {
  'systemd-units': ['usr/lib/systemd/system/demo.service', 'etc/systemd/system/x.conf', 'lib/systemd/system/demo.service'],
  'openrc-services': ['etc/init.d/demo', 'etc/conf.d/demo', 'usr/share/openrc/demo'],
  'udev-rules': ['usr/lib/udev/rules.d/60-demo.rules', 'lib/udev/demo', 'etc/udev/rules.d/x'],
  'kernel-settings': ['usr/lib/sysctl.d/demo.conf', 'usr/lib/modules-load.d/demo.conf', 'etc/modprobe.d/x', 'usr/lib/binfmt.d/x.conf'],
  'made-at-boot': ['usr/lib/tmpfiles.d/demo.conf', 'usr/lib/sysusers.d/demo.conf', 'usr/share/user-tmpfiles.d/x'],
  'cron-jobs': ['etc/cron.daily/demo', 'etc/cron.d/demo', 'etc/logrotate.d/demo'],
  'initramfs-hooks': [
    'usr/lib/dracut/modules.d/90demo/module-setup.sh',
    'usr/lib/kernel/install.d/demo',
    'usr/share/initramfs-tools/hooks/demo',
  ],
  'boot-menu': ['etc/grub.d/40_demo', 'usr/share/grub/demo.cfg'],
  'network-hooks': ['usr/lib/NetworkManager/dispatcher.d/demo', 'etc/ppp/ip-up.d/demo'],
  'login-settings': ['etc/profile.d/demo.sh', 'etc/env.d/99demo', 'usr/lib/environment.d/demo.conf', 'etc/skel/.demo'],
  completions: [
    'usr/share/bash-completion/completions/demo',
    'usr/share/zsh/site-functions/_demo',
    'usr/share/fish/vendor_functions.d/demo.fish',
    'usr/share/fish/vendor_conf.d/demo.fish',
    'etc/bash_completion.d/demo',
  ],
  autostart: ['etc/xdg/autostart/demo.desktop', 'usr/share/gnome/autostart/demo.desktop'],
  'session-files': ['usr/share/xsessions/demo.desktop', 'etc/X11/xinit/xinitrc.d/demo', 'usr/share/X11/xorg.conf.d/demo.conf'],
  'session-bus': ['usr/share/dbus-1/services/org.example.Demo.service', 'usr/share/dbus-1/interfaces/x.xml'],
  'desktop-files': [
    'usr/share/applications/demo.desktop',
    'usr/share/mime/packages/demo.xml',
    'usr/share/metainfo/demo.xml',
    'usr/share/thumbnailers/demo.thumbnailer',
  ],
  'icon-caches': ['usr/share/icons/hicolor/icon-theme.cache', 'usr/share/icons/default/index.theme'],
  fonts: ['usr/share/fonts/demo/demo.ttf', 'usr/share/fontconfig/conf.avail/60-demo.conf', 'etc/fonts/conf.d/60-demo.conf'],
  'editor-plugins': [
    'usr/share/vim/vimfiles/plugin/demo.vim',
    'usr/share/emacs/site-lisp/demo/demo.el',
    'usr/share/nvim/site/plugin/x.lua',
  ],
  'browser-plugins': ['usr/lib64/mozilla/native-messaging-hosts/demo.json', 'etc/chromium/native-messaging-hosts/demo.json'],
  alternatives: ['usr/share/eselect/modules/demo.eselect', 'etc/alternatives/demo'],
  'include-folder': ['usr/include'],
  'debugger-hooks': ['usr/share/gdb/auto-load/demo.py', 'usr/lib64/valgrind/demo.supp'],
  'debug-files': ['usr/lib/debug/usr/bin/demo.debug', 'usr/src/debug/app-misc/demo/x.c'],
  'printer-filters': ['usr/libexec/cups/filter/demo', 'usr/share/ppd/demo.ppd', 'etc/sane.d/dll.d/demo'],
  'reference-documents': ['usr/share/gtk-doc/html/demo/index.html', 'usr/share/info/dir', 'usr/share/help/C/demo/x.page'],
  'keep-files': ['usr/lib64/other/.keep_app-misc_demo-0', 'var/lib/demo/.keep', 'opt/other/.keep'],
  'other-documents': ['usr/share/locale/locale.alias', 'usr/share/icons/demo/x.exe', 'usr/share/man/whatis'],
  settings: ['etc/demo.conf', 'etc/demo/demo.rc'],
}

/** Paths that each row refuses the package for. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  pam: ['usr/lib64/security/pam_demo.so', 'etc/pam.d/demo'],
  sudoers: ['etc/sudoers.d/demo', 'etc/doas.conf', 'usr/libexec/sudo/demo.so'],
  polkit: ['usr/share/polkit-1/actions/demo.policy', 'usr/share/polkit-1/rules.d/demo.rules'],
  'dbus-system': ['usr/share/dbus-1/system.d/demo.conf', 'usr/share/dbus-1/system-services/demo.service', 'etc/dbus-1/system.d/x.conf'],
  'security-policy': ['etc/apparmor.d/demo', 'usr/share/selinux/demo.pp'],
  certificates: [
    'usr/share/ca-certificates/demo.crt',
    'etc/ssl/certs/demo.pem',
    'usr/lib64/pkcs11/demo.so',
    'usr/share/p11-kit/modules/demo.module',
  ],
  'portage-files': ['etc/portage/bashrc', 'usr/share/portage/config/demo', 'usr/lib/portage/demo'],
  'kernel-modules': ['lib/modules/6.12.1/extra/demo.ko'],
  firmware: ['lib/firmware/demo.bin', 'usr/lib/firmware/demo.bin'],
  'boot-files': ['boot/demo'],
  'name-services': ['usr/lib64/libnss_demo.so.2', 'lib64/libnss_demo.so.2'],
  'loader-settings': ['etc/ld.so.conf.d/demo.conf', 'etc/ld.so.preload'],
  'libc-data': ['usr/lib64/gconv/DEMO.so', 'usr/lib/locale/demo/LC_CTYPE'],
  'toolchain-folders': ['usr/lib/gcc/x86_64-pc-linux-gnu/14/demo', 'usr/x86_64-pc-linux-gnu/bin/demo', 'usr/lib/llvm/19/bin/demo'],
  'python-startup': [
    'usr/lib/python3.13/site-packages/demo.pth',
    'usr/lib/python3.13/site-packages/sitecustomize.py',
    'usr/lib/python3.13/site-packages/usercustomize.py',
  ],
  'python-modules': ['usr/lib/python3.13/site-packages/demo/app.py', 'usr/lib/python-exec/python3.13/demo'],
  'perl-modules': ['usr/lib64/perl5/vendor_perl/5.40/Demo.pm', 'usr/lib64/perl5/site_perl/sitecustomize.pl'],
  'ruby-modules': ['usr/lib64/ruby/gems/3.3.0/gems/demo/demo.rb', 'usr/lib64/ruby/site_ruby/3.3.0/auto_gem.rb'],
  'java-machines': ['usr/lib64/jvm/openjdk-21/bin/java', 'usr/share/java-config-2/vm/openjdk-21', 'usr/share/java/demo.jar'],
  'language-modules': ['usr/lib64/node_modules/demo/index.js', 'usr/share/lua/5.4/demo.lua', 'usr/lib64/R/library/demo/INDEX'],
  'markup-catalogues': ['usr/share/xml/demo/catalog.xml', 'etc/sgml/demo.cat'],
  'tex-trees': ['usr/share/texmf-dist/tex/latex/demo/demo.sty'],
  'toolkit-modules': [
    'usr/lib64/gtk-3.0/modules/libdemo.so',
    'usr/lib64/qt6/plugins/demo.so',
    'usr/lib64/gdk-pixbuf-2.0/2.10.0/loaders/x.so',
    'usr/lib64/gio/modules/x.so',
  ],
  'media-modules': ['usr/lib64/gstreamer-1.0/libgstdemo.so', 'usr/lib64/alsa-lib/libasound_module_demo.so', 'usr/lib64/ladspa/demo.so'],
  'graphics-drivers': ['usr/lib64/dri/demo_dri.so', 'usr/share/vulkan/icd.d/demo.json', 'usr/lib64/xorg/modules/input/demo_drv.so'],
  'settings-schemas': ['usr/share/glib-2.0/schemas/org.example.demo.gschema.xml'],
  'root-folders': ['bin/demo', 'sbin/demo', 'lib64/libdemo.so.2'],
  state: ['var/lib/demo/seed', 'var/www/demo/index.php'],
}

/** What no row knows, and what only the last one keeps away. */
const ELSEWHERE = [
  'usr/local/bin/demo',
  'usr/share/demo',
  'usr/share/other/x',
  'usr/lib64/other/x',
  'usr/lib64/firefox/browser/extensions/demo.xpi',
  'usr/libexec/other/helper',
  'usr/libexec/other-helper',
  'opt/other/x',
  'usr/bin/deep/demo',
  'usr/share/demonstration/x',
  'home/demo/x',
  'run/demo',
  'dev/demo',
  'top',
]

/** All of these. */
export const KEPT_AWAY: readonly string[] = [...Object.values(LEFT), ...Object.values(REFUSED)].flat()

function at(path: string): Case['change'] {
  return (input) => {
    input.manifest.records = input.manifest.records.filter((record) => record.path !== path && !record.path.startsWith(`${path}/`))
    addFile(input, path)
  }
}

const kindAt = (path: string, content: string, facts: FileFacts | undefined): Case['change'] => {
  return (input) => {
    if (facts !== undefined) input.facts.set(sha256(content), facts)
    addFile(input, path, { mode: 0o755, sha256: sha256(content) })
  }
}

const plain = elf({ soname: 'plain', interpreter: undefined })

/** What each row takes that nothing else would. */
const TAKEN: readonly (readonly [rule: string, path: string])[] = [
  ['own-library-folder', 'usr/lib64/demo/deep/plugin'],
  ['own-library-folder', 'usr/lib/demo-2.0/x'],
  ['own-helpers', 'usr/libexec/demo-helper'],
  ['own-helpers', 'usr/libexec/demo/helper'],
  ['own-data', 'usr/share/Demo_2/x'],
  ['own-data', 'usr/share/demo-alias/x'],
  ['own-data', 'usr/share/org.example.Demo/x'],
  ['own-data', 'usr/share/games/demo/level'],
  ['own-opt', 'opt/demo-1.2/lib/x'],
  ['documents', 'usr/share/doc/demo-1.2-r1/README'],
  ['licences', 'usr/share/licenses/demo/COPYING'],
  ['manuals', 'usr/share/man/de/man1/demo.1.gz'],
  ['manuals', 'usr/share/info/demo.info'],
  ['translations', 'usr/share/locale/de/LC_MESSAGES/demo.mo'],
  ['icons', 'usr/share/icons/hicolor/48x48/apps/demo.png'],
  ['icons', 'usr/share/pixmaps/demo.xpm'],
  ['terminals', 'usr/share/terminfo/d/demo-256color'],
]

const shell = { kind: 'script', interpreter: '/usr/bin/sh', argument: undefined } as const

export const PLACE_CASES: readonly Case[] = [
  ...Object.entries(LEFT).flatMap(([rule, paths]) => paths.map((path) => leaves(rule, path))),
  ...Object.entries(REFUSED).flatMap(([rule, paths]) => paths.map((path) => refuses(rule, path, at(path)))),
  ...ELSEWHERE.map((path) => refuses('elsewhere', path, at(path))),
  ...TAKEN.map(([rule, path]) => takes(rule, path, at(path))),
  takes('commands', 'usr/sbin/script', kindAt('usr/sbin/script', 'a script', shell)),
  takes('commands', 'opt/bin/demo', kindAt('opt/bin/demo', 'a program', elf())),
  refuses('commands', 'data', kindAt('usr/bin/data', 'some data', undefined)),
  refuses('commands', 'a library', kindAt('usr/bin/libplain.so.1', 'plain', plain)),
  takes('libraries', 'usr/lib64/libplain-1.2.so', kindAt('usr/lib64/libplain-1.2.so', 'plain', { ...plain, soname: 'libplain-1.2.so' })),
  refuses('libraries', 'a library without a version', kindAt('usr/lib64/libplain.so', 'plain', plain)),
  refuses('libraries', 'a name with a version and another soname', kindAt('usr/lib64/libplain-1.2.so', 'plain', plain)),
  refuses('libraries', 'a program', kindAt('usr/lib64/plain', 'plain', elf())),
  refuses('libraries', 'data with the name of a library', kindAt('usr/lib64/libplain.so.1', 'text', undefined)),
  ...TAKEN.filter(([, path]) => /^usr\/share\/(doc|licenses|man|info|locale|icons|pixmaps|terminfo)\//.test(path)).map(([rule, path]) =>
    leaves(rule, path, kindAt(path, 'a program', elf())),
  ),
]

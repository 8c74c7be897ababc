/**
 * What packages of ::gentoo put where, shortened to one path of each sort: those that get a stand-in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { ListedPackage } from '../image.ts'

/** `left`: what of the list is left out, and by which rule; everything else is placed. */
export interface PlacedPackage extends ListedPackage {
  readonly left: Readonly<Record<string, string>>
}

const firefox: PlacedPackage = {
  name: 'www-client/firefox',
  list: `
    S usr/bin/firefox /bin/sh
    E usr/lib64/firefox/firefox
    > usr/lib64/firefox/firefox-bin firefox
    E usr/lib64/firefox/pingsender
    O usr/lib64/firefox/libxul.so libxul.so
    O usr/lib64/firefox/gmp-clearkey/0.1/libclearkey.so
    D usr/lib64/firefox/omni.ja
    D usr/lib64/firefox/browser/omni.ja
    D usr/lib64/firefox/browser/defaults/preferences/gentoo-prefs.js
    D usr/lib64/firefox/distribution/extensions/langpack-de@firefox.mozilla.org.xpi
    D usr/share/icons/hicolor/48x48/apps/firefox.png
    D usr/share/icons/hicolor/symbolic/apps/firefox-symbolic.svg
    D usr/share/applications/firefox.desktop
    D usr/share/doc/firefox-1/README.gentoo`,
  left: { 'usr/share/applications/firefox.desktop': 'desktop-files' },
}

const libreoffice: PlacedPackage = {
  name: 'app-office/libreoffice',
  list: `
    > usr/bin/soffice ../lib64/libreoffice/program/soffice
    S usr/bin/localc /bin/sh
    S usr/lib64/libreoffice/program/soffice /bin/sh
    E usr/lib64/libreoffice/program/soffice.bin
    O usr/lib64/libreoffice/program/libsofficeapp.so libsofficeapp.so
    D usr/lib64/libreoffice/program/pythonloader.py
    D usr/lib64/libreoffice/share/registry/main.xcd
    D usr/lib64/libreoffice/share/config/images_colibre.zip
    D usr/share/icons/hicolor/128x128/apps/libreoffice-writer.png
    D usr/share/mime/packages/libreoffice.xml
    D usr/share/application-registry/libreoffice.applications
    D usr/share/applications/libreoffice-writer.desktop
    D usr/share/bash-completion/completions/libreoffice
    D usr/share/metainfo/org.libreoffice.writer.appdata.xml
    D usr/include/LibreOfficeKit/LibreOfficeKit.h
    D usr/lib64/girepository-1.0/LOKDocView-0.1.typelib`,
  left: {
    'usr/include/LibreOfficeKit/LibreOfficeKit.h': 'no-header',
    'usr/lib64/girepository-1.0/LOKDocView-0.1.typelib': 'no-bindings',
    'usr/share/application-registry/libreoffice.applications': 'desktop-files',
    'usr/share/applications/libreoffice-writer.desktop': 'desktop-files',
    'usr/share/bash-completion/completions/libreoffice': 'completions',
    'usr/share/metainfo/org.libreoffice.writer.appdata.xml': 'desktop-files',
    'usr/share/mime/packages/libreoffice.xml': 'desktop-files',
  },
}

const mpv: PlacedPackage = {
  name: 'media-video/mpv',
  list: `
    E usr/bin/mpv
    L usr/lib64/libmpv.so.2.5.0 libmpv.so.2
    > usr/lib64/libmpv.so.2 libmpv.so.2.5.0
    > usr/lib64/libmpv.so libmpv.so.2
    D usr/lib64/pkgconfig/mpv.pc
    D usr/include/mpv/client.h
    D etc/mpv/encoding-profiles.conf
    D usr/share/man/man1/mpv.1.bz2
    D usr/share/icons/hicolor/scalable/apps/mpv.svg
    D usr/share/applications/mpv.desktop
    D usr/share/zsh/site-functions/_mpv
    D usr/share/doc/mpv-1/input.conf`,
  left: {
    'etc/mpv/encoding-profiles.conf': 'settings',
    'usr/include/mpv/client.h': 'no-header',
    'usr/lib64/libmpv.so': 'no-development-link',
    'usr/lib64/pkgconfig/mpv.pc': 'no-pkgconfig',
    'usr/share/applications/mpv.desktop': 'desktop-files',
    'usr/share/zsh/site-functions/_mpv': 'completions',
  },
}

const git: PlacedPackage = {
  name: 'dev-vcs/git',
  list: `
    E usr/bin/git
    > usr/bin/git-receive-pack git
    S usr/bin/git-cvsserver /usr/bin/perl
    > usr/libexec/git-core/git ../../bin/git
    > usr/libexec/git-core/git-add git
    E usr/libexec/git-core/git-http-fetch
    S usr/libexec/git-core/git-submodule /bin/sh
    D usr/libexec/git-core/git-sh-setup
    S usr/share/git-core/templates/hooks/pre-commit.sample /bin/sh
    D usr/share/git-gui/lib/about.tcl
    D usr/share/locale/de/LC_MESSAGES/git.mo
    D usr/share/man/man1/git.1.bz2
    D usr/share/bash-completion/completions/git
    D etc/conf.d/git-daemon
    S etc/init.d/git-daemon /sbin/openrc-run
    D usr/lib/systemd/system/git-daemon.socket
    S usr/share/doc/git-1/contrib/stats/packinfo.pl /usr/bin/perl`,
  left: {
    'etc/conf.d/git-daemon': 'openrc-services',
    'etc/init.d/git-daemon': 'openrc-services',
    'usr/lib/systemd/system/git-daemon.socket': 'systemd-units',
    'usr/share/bash-completion/completions/git': 'completions',
  },
}

const gimp: PlacedPackage = {
  name: 'media-gfx/gimp',
  list: `
    E usr/bin/gimp-3.0
    > usr/bin/gimp gimp-3.0
    L usr/lib64/libgimp-3.0.so.0.0.4 libgimp-3.0.so.0
    > usr/lib64/libgimp-3.0.so.0 libgimp-3.0.so.0.0.4
    > usr/lib64/libgimp-3.0.so libgimp-3.0.so.0
    O usr/lib64/gimp/3.0/modules/libcolorsel-water.so
    E usr/lib64/gimp/3.0/plug-ins/file-png/file-png
    S usr/lib64/gimp/3.0/plug-ins/python-console/python-console.py /usr/bin/python3
    E usr/libexec/gimp-debug-tool-3.0
    D usr/share/gimp/3.0/brushes/Basic/1-pixel.gbr
    D usr/share/locale/de/LC_MESSAGES/gimp30.mo
    D etc/gimp/3.0/gimprc
    D usr/share/gir-1.0/Gimp-3.0.gir
    D usr/share/vala/vapi/gimp-3.vapi
    D usr/share/aclocal/gimp-3.0.m4
    D usr/share/gtk-doc/html/libgimp-3.0/index.html`,
  left: {
    'etc/gimp/3.0/gimprc': 'settings',
    'usr/lib64/libgimp-3.0.so': 'no-development-link',
    'usr/share/aclocal/gimp-3.0.m4': 'no-aclocal',
    'usr/share/gir-1.0/Gimp-3.0.gir': 'no-bindings',
    'usr/share/gtk-doc/html/libgimp-3.0/index.html': 'reference-documents',
    'usr/share/vala/vapi/gimp-3.vapi': 'no-bindings',
  },
}

const vlc: PlacedPackage = {
  name: 'media-video/vlc',
  list: `
    E usr/bin/vlc
    S usr/bin/cvlc /bin/sh
    L usr/lib64/libvlc.so.5.6.1 libvlc.so.5
    > usr/lib64/libvlc.so.5 libvlc.so.5.6.1
    L usr/lib64/vlc/libvlc_pulse.so.0.0.0 libvlc_pulse.so.0
    O usr/lib64/vlc/plugins/codec/libavcodec_plugin.so
    D usr/lib64/vlc/plugins/plugins.dat
    D usr/lib64/vlc/lua/extensions/VLSub.luac
    E usr/libexec/vlc/vlc-cache-gen
    D usr/share/vlc/utils/audio-vlc-default.sh
    D usr/share/icons/hicolor/48x48/apps/vlc.png
    D usr/share/solid/actions/vlc-opendvd.desktop`,
  left: { 'usr/share/solid/actions/vlc-opendvd.desktop': 'desktop-files' },
}

const neovim: PlacedPackage = {
  name: 'app-editors/neovim',
  list: `
    E usr/bin/nvim
    O usr/lib64/nvim/parser/c.so
    D usr/share/nvim/runtime/syntax/c.vim
    D usr/share/nvim/runtime/lua/vim/lsp.lua
    D usr/share/icons/hicolor/128x128/apps/nvim.png
    D etc/vim/sysinit.vim
    > usr/share/nvim/sysinit.vim /etc/vim/sysinit.vim
    D usr/share/applications/nvim.desktop`,
  left: {
    'etc/vim/sysinit.vim': 'settings',
    'usr/share/applications/nvim.desktop': 'desktop-files',
    'usr/share/nvim/sysinit.vim': 'link-within',
  },
}

const simple: readonly PlacedPackage[] = [
  { name: 'app-misc/hello', list: 'E usr/bin/hello\nD usr/share/man/man1/hello.1.bz2\nD usr/share/info/hello.info.bz2', left: {} },
  {
    name: 'app-editors/nano',
    list: 'E usr/bin/nano\n> usr/bin/rnano nano\nD usr/share/nano/c.nanorc\nD etc/nanorc\nD usr/share/locale/de/LC_MESSAGES/nano.mo',
    left: { 'etc/nanorc': 'settings' },
  },
  {
    name: 'sys-process/htop',
    list: 'E usr/bin/htop\nD usr/share/pixmaps/htop.png\nD usr/share/applications/htop.desktop\nD usr/share/man/man1/htop.1.bz2',
    left: { 'usr/share/applications/htop.desktop': 'desktop-files' },
  },
  {
    name: 'sys-apps/ripgrep',
    list: 'E usr/bin/rg\nD usr/share/man/man1/rg.1.bz2\nD usr/share/fish/vendor_completions.d/rg.fish\nD usr/share/zsh/site-functions/_rg',
    left: { 'usr/share/fish/vendor_completions.d/rg.fish': 'completions', 'usr/share/zsh/site-functions/_rg': 'completions' },
  },
  { name: 'app-misc/tmux', list: 'E usr/bin/tmux\nD usr/share/man/man1/tmux.1.bz2\nD usr/share/doc/tmux-1/CHANGES.bz2', left: {} },
  {
    name: 'x11-terms/kitty',
    list: 'E usr/bin/kitty\nD usr/lib64/kitty/__main__.py\nO usr/lib64/kitty/kitty/fast_data_types.so\nD usr/share/terminfo/x/xterm-kitty\nD usr/lib64/kitty/terminfo/kitty.terminfo',
    left: {},
  },
]

export const PLACED: readonly PlacedPackage[] = [firefox, libreoffice, mpv, git, gimp, vlc, neovim, ...simple]

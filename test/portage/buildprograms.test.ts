/**
 * Programs that builds run are known, in each of their versions and for each target; what people run is not among them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isBuildProgram } from '../../src/portage/buildprograms.ts'

const namesIn = (text: string): string[] => text.trim().split(/\s+/)

const RUN = `
  [ sh bash sed gsed grep awk gawk find xargs install cp ln mv rm sort tr tar patch diff cmp date uname hostname nproc printf env test sha256sum
  gcc gcc-14 g++-14.2.1 x86_64-pc-linux-gnu-gcc aarch64-unknown-linux-gnu-ld i686-w64-mingw32-gcc cc c++ cpp clang clang++ clang-20 ld ld.bfd ld.lld lld as ar nm ranlib
  strip objcopy readelf gfortran ccache m4 m4-1.4 make gmake cmake ctest ninja meson scons autoconf autoconf-2.72 automake-1.17 aclocal autoreconf libtoolize libtool
  pkg-config pkgconf x86_64-pc-linux-gnu-pkg-config sdl2-config llvm-config-18 mysql_config pg_config perl perl5.40 python python3 python3.13 python3.13t pip3 cython ruby ruby33 rake lua lua5.4 luac tclsh8.6
  node npm npx yarn java javac jar ant go gofmt rustc cargo bindgen ghc ocamlfind valac-0.56 vapigen php8.3 erlc bison flex yacc re2c gperf swig protoc wayland-scanner
  glib-genmarshal glib-compile-resources gdbus-codegen g-ir-scanner gtk-update-icon-cache moc rcc uic qmake6 lrelease msgfmt xgettext intltool-merge itstool autopoint
  xsltproc xmllint xmlto asciidoc a2x asciidoctor sphinx-build sphinx-build-3.13 doxygen dot help2man pod2man makeinfo texi2any install-info groff man pdflatex convert rsvg-convert
  git svn curl bc file which gzip bzip2 xz zstd unzip nasm yasm rpcgen update-mime-database desktop-file-validate fc-cache emacs vim gpep517 ldd dwz scanelf
`
test('what builds run', () =>
  assert.deepEqual(
    namesIn(RUN).filter((name) => !isBuildProgram(name)),
    [],
  ))

const OTHERS = `
  firefox chromium google-chrome-stable thunderbird mpv vlc code steam wine docker podman kubectl ssh sshd htop tmux screen mutt irssi obs zoom
  signal-desktop yt-dlp emerge eix equery restic borg backup blender gimp libreoffice kitty alacritty sway i3 rofi sudo su mount fsck wpa_supplicant nginx
`
test('what no build runs', () => assert.deepEqual(namesIn(OTHERS).filter(isBuildProgram), []))

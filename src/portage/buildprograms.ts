/**
 * Knows by name the programs that builds run: what a browser is called like changes no build, what sed is called like changes most.
 *
 * One that is left out lets a build go for what its recipe says, one that is too many costs the recipes of whoever has it in /usr/local; so it is long.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/** By what they are for; `*` stands for anything. */
const NAMES: readonly string[] = [
  // Files, and what is in them.
  '[ b2sum base32 base64 basename basenc cat chattr chcon chgrp chmod chown cksum cmp comm cp cpio csplit cut dd df diff* dir dirname du ed egrep env',
  'expand fgrep file find fmt fold getcap getfacl getfattr grep head hexdump install join ln link ls lsattr lz4* lzip lzma* lzop md5sum mkdir mkfifo',
  'mknod mktemp mv nl od paste pathchk patch pr ptx pwd readlink realpath rename rev rm rmdir rsync sdiff sed gsed setcap setfacl setfattr sha*sum',
  'shred shuf sort split stat strings sum tac tail tar bsdtar gtar tee touch tr truncate tsort unexpand uniq unlink wc xargs xxd gzip gunzip uncompress',
  'zcat zcmp zdiff z*grep bz*grep pigz unpigz bzip2 bunzip2 bzcat lbzip2 pbzip2 xz* unxz zstd* unzstd zip* unzip* 7z* brotli rar unrar bc dc col column',
  'iconv uconv recode dos2unix unix2dos enca uudecode uuencode unifdef indent ctags etags cscope jq yq xq',
  // Shells, and what they ask.
  'sh bash dash ksh* mksh yash zsh csh tcsh busybox toybox awk gawk mawk nawk arch date echo expr factor false fakeroot* flock getconf getent getopt',
  'groups hostid hostname id kill locale localedef logname nice nohup nproc numfmt perl* pinky printenv printf ps pgrep seq setsid sleep stdbuf stty',
  'sync test timeout time true tput tic tty uname uptime users which whereis who whoami yes script unbuffer expect udevadm systemctl xvfb-run Xvfb',
  'dbus-* rc-* setarch linux32 linux64 i386 x86_64 chroot unshare taskset ionice run-parts tempfile dpkg* rpm* infocmp infotocap captoinfo hd look less',
  'more strace valgrind* gdb mke2fs mkfs*',
  // Compilers, linkers and what works on their files.
  'cc c++ c89* c99* gcc* g++* cpp* clang* llvm* lld* ld* mold wild gold as ar nm ranlib strip size objcopy objdump readelf addr2line elfedit gcov*',
  'gprof gp-* dwp dwz debugedit c++filt eu-* patchelf chrpath scanelf pax* dlltool windres windmc *-linux-* *-mingw32-* *-elf-* gfortran* f77 f95',
  'flang* fpc ppcx64 nasm yasm *asm ccache sccache distcc* icecc icecream pump opt llc lli FileCheck bindgen cbindgen rustc rustdoc rustup cargo* go',
  'gofmt go-* gccgo* javac java* jar jlink jmod kotlinc* scalac* scala node* npm npx yarn* pnpm* corepack esbuild tsc swc deno bun ghc* runghc*',
  'runhaskell cabal* stack hsc2hs* alex happy c2hs ocaml* dune opam coqc erl* escript rebar* elixir* mix gnat* gpr* dmd* ldc* ldmd* gdc* rdmd dub nim*',
  'crystal shards zig* vala* vapigen* sbcl ecl clisp ccl guile* racket* raco csi csc chicken* gsi gsc swipl gprolog R Rscript julia octave* mkoctfile*',
  'mono* mcs csc dotnet* msbuild xbuild gmcs php* pear pecl tclsh* wish* ruby* irb* gem* rake* bundle* erb* rdoc* asciidoctor* lua* python* pypy* pip*',
  'cython* f2py* 2to3* sip* pyrcc* pyuic* pyside* shiboken* gpep517 flit* poetry* hatch* maturin* meson* pytest* py.test* tox* nosetests* prove cpan*',
  'xsubpp enc2xs h2xs h2ph corelist instmodsh pl2pm ptar*',
  // What steers them, and what they are configured by.
  'make gmake bmake nmake remake cmake* ctest* cpack* ninja* samu muon scons* waf jam bjam b2 bazel* gn xmake premake* tup ant mvn* gradle* sbt lein',
  'qmake* qbs autoconf* autoheader* autom4te* automake* autopoint autoreconf* autoscan* autoupdate* aclocal* ifnames* libtool* glibtool* slibtool*',
  'rlibtool m4 gm4 imake xmkmf makedepend mkdep pkg-config* pkgconf* *-pkg-config *-pkgconf *-config *-config-* *_config* *-config[0-9]* apxs* git*',
  'svn* hg cvs bzr curl wget openssl gpg* certtool ldd ldconfig sln lsb_release',
  // What makes code, data, pictures and documents.
  'bison* yacc byacc flex* lex re2c* ragel gperf swig* protoc* *_cpp_plugin flatc capnp* thrift rpcgen soapcpp2 wsdl2h orcc omniidl* idl* mig dtc iasl',
  'gengetopt autogen* getdefs columns opts-* glib-* g-ir-* gdbus* gio* gobject-* gresource gsettings gtk* gdk-* gst-* moc* rcc* uic* qt* q*2* lrelease*',
  'lupdate* lconvert* qdbus* qdoc* kconfig* wayland-scanner* gi-* xsltproc xmllint xmlcatalog xmlto xml2* xmlif saxon* xalan* jing trang rnv docbook*',
  'db2* doxygen* dot neato fdp circo sphinx* asciidoc* a2x* help2man txt2man txt2tags go-md2man ronn* scdoc pod2* podchecker mandoc groff* troff nroff',
  'tbl gtbl eqn geqn pic gpic preconv grotty grops soelim man mandb makeinfo texi* install-info info tex* latex* pdf* xelatex xetex lualatex* luatex*',
  'luahbtex bibtex* biber makeindex mpost mktex* kpse* fmtutil* updmap* dvi* ps2* gs epstopdf pandoc* rst2* rst-* docutils* markdown* multimarkdown',
  'discount cmark* mkdocs* hotdoc gtkdoc* yelp-* itstool intltool* msg* xgettext gettext* ngettext envsubst po4a* po2* lynx w3m links elinks html2text',
  'tidy convert magick* identify mogrify montage rsvg-convert inkscape* icotool wrestool png* optipng oxipng jpegtran cwebp ffmpeg sox fc-* genrb',
  'genccode gencfu gencmn gencnval gendict gennorm2 genbrk gensprep pkgdata icu* pygettext* pygmentize json_pp piconv keytool jarsigner jdeps mkfont*',
  'bdf* ttf* fontforge* woff* hb-* sass* lessc uglifyjs* terser closure* update-* desktop-file-* appstream* gconftool* xdg-* sqlite3 gencat zic depmod',
  'kmod modinfo mkimage mcopy mformat xorriso* genisoimage mkisofs mksquashfs grub-* vim* nvim ex vi view emacs* etcat cpupower bpftool pahole',
]

const ESCAPED = /[.+?^${}()|\\]|\[(?!0-9\])/g

const PROGRAMS = new RegExp(
  `^(${NAMES.flatMap((line) => line.split(' '))
    .map((name) => name.replaceAll(ESCAPED, '\\$&').replaceAll('*', '.*'))
    .join('|')})$`,
)

/** Also by a name with a version behind it (`gcc-14`, `m4-1.4`). */
export function isBuildProgram(name: string): boolean {
  return PROGRAMS.test(name) || PROGRAMS.test(name.replace(/-?\d[\d.]*$/, ''))
}

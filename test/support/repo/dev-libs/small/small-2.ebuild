# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="A library with all that comes with one: header, static library, development link, pkg-config file"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0/${PV}"
KEYWORDS="~amd64"

src_compile() {
	local soname=libsmall.so.${PV}
	echo "int small(void) { return ${PV}; }" > small.c || die
	echo "int small(void);" > small.h || die
	${CHOST}-gcc ${CFLAGS} ${LDFLAGS} -fPIC -shared -Wl,-soname,${soname} -o ${soname} small.c || die
	${CHOST}-gcc ${CFLAGS} -c -o small.o small.c || die
	${CHOST}-ar rc libsmall.a small.o || die
	printf '%s\n' "Name: small" "Description: ${DESCRIPTION}" "Version: ${PV}" "Libs: -lsmall" > small.pc || die
	printf '%s\n' "#!/bin/sh" "echo -lsmall" > small-config || die
}

src_install() {
	dolib.so libsmall.so.${PV}
	dosym libsmall.so.${PV} /usr/$(get_libdir)/libsmall.so
	dolib.a libsmall.a
	doheader small.h
	insinto /usr/$(get_libdir)/pkgconfig
	doins small.pc
	dobin small-config
}

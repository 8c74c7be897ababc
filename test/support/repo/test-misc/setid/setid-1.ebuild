# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Installs a set-user-id program, and so must get no stand-in"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_compile() {
	echo 'int main(void) { return 0; }' > setid.c || die
	${CHOST}-gcc ${CFLAGS} ${LDFLAGS} -o setid setid.c || die
}

src_install() {
	dobin setid
	fperms 4711 /usr/bin/setid
}

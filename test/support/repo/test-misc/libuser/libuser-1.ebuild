# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="A program that is bound to the library it was built against"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

RDEPEND="dev-libs/small:="
DEPEND="${RDEPEND}"

src_compile() {
	echo '#include <stdio.h>
	#include <small.h>
	int main(void) { printf("small %d\n", small()); return 0; }' > libuser.c || die
	${CHOST}-gcc ${CFLAGS} ${LDFLAGS} -o libuser libuser.c -lsmall || die
}

src_install() {
	dobin libuser
}

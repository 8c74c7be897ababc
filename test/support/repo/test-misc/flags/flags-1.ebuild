# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Another output for other USE flags and for other CFLAGS"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
IUSE="+alpha beta"

src_compile() {
	cat > flags.c <<-END || die
		#include <stdio.h>
		int main(void)
		{
			puts("$(usev alpha) $(usev beta)");
		#ifdef __OPTIMIZE_SIZE__
			puts("small");
		#endif
			return 0;
		}
	END
	${CHOST}-gcc ${CFLAGS} ${LDFLAGS} -o flags flags.c || die
}

src_install() {
	dobin flags
	use beta && { echo "beta" | newdoc - BETA; }
}

# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Compiles as long as told: until the file SLOW_UNTIL of make.conf is there, or for SLOW_SECONDS, which is 5"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_compile() {
	if [[ -n ${SLOW_UNTIL} ]]; then
		until [[ -e ${SLOW_UNTIL} ]]; do sleep 0.05; done
	else
		sleep "${SLOW_SECONDS:-5}" || die
	fi
	echo 'int puts(const char *); int main(void) { puts("slow"); return 0; }' > slow.c || die
	${CHOST}-gcc ${CFLAGS} ${LDFLAGS} -o slow slow.c || die
}

src_install() {
	dobin slow
}

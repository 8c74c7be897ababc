# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="A program, a script, a link and a folder of its own: one of each thing that somebody may lay hands on"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_compile() {
	echo '#include <stdio.h>' > probe.c || die
	echo 'int main(void) { return puts("probe") < 0; }' >> probe.c || die
	${CHOST}-gcc ${CFLAGS} ${LDFLAGS} -o probe probe.c || die
}

src_install() {
	dobin probe
	printf '%s\n' '#!/bin/sh' 'echo theirs' | newbin - probe-script
	dosym probe /usr/bin/probe-link
	insinto /usr/share/probe
	echo theirs | newins - word
	echo theirs | newins - other
}

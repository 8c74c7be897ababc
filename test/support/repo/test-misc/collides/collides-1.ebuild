# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Collides with dev-libs/small in a header, which no stand-in has"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_install() {
	printf '%s\n' "#!/bin/sh" "echo collides" | newbin - collides
	echo "int collides(void);" > small.h || die
	doheader small.h
}

# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=7

DESCRIPTION="A program of one line, with the functions that EAPI 7 still has"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_install() {
	printf '%s\n' "#!/bin/sh" "echo eapi7" | newbin - eapi7
	keepdir /usr/share/eapi7
}

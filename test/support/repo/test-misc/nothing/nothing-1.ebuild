# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Nothing to build: one program of one line, one line of text"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_install() {
	printf '%s\n' "#!/bin/sh" "echo nothing" | newbin - nothing
	echo "nothing to build" | newdoc - README
}

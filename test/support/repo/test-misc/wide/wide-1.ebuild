# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Two hundred USE flags: what a hook has to tell of it passes one atomic write to a FIFO"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
WIDE=( +a_flag_with_a_long_name_{100..299} )
IUSE="${WIDE[*]}"
unset WIDE

src_compile() {
	echo "${USE}" > wide.txt || die
}

src_install() {
	printf '%s\n' "#!/bin/sh" "wc -w < /usr/share/wide/wide.txt" | newbin - wide
	insinto /usr/share/wide
	doins wide.txt
}

# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Many small files: 20000, or as many as MANY_FILES in make.conf says"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_compile() {
	local i
	for ((i = 0; i < ${MANY_FILES:-20000}; i++)); do
		((i % 200)) || mkdir -p "many/$((i / 200))" || die
		echo "file ${i}" > "many/$((i / 200))/${i}" || die
	done
}

src_install() {
	printf '%s\n' "#!/bin/sh" "find /usr/share/many -type f | wc -l" | newbin - many
	dodir /usr/share
	cp -R many "${ED}"/usr/share/ || die
}

# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Not reproducible: one of its files holds random bytes, or RANDOM_SEED where make.conf has it"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_compile() {
	echo "${RANDOM_SEED:-$(od -An -N16 -tx1 /dev/urandom)}" > seed || die
}

src_install() {
	printf '%s\n' "#!/bin/sh" "cat /usr/share/random/seed" | newbin - random
	insinto /usr/share/random
	doins seed
}

# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Much data that compresses to a half: 2 MB, or as many as BIG_MEGABYTES in make.conf says"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_compile() {
	mkdir data || die
	python3 - "${BIG_MEGABYTES:-2}" <<-'END' || die
		import hashlib, sys
		for number in range(int(sys.argv[1])):
		    with open(f"data/{number}", "w") as out:
		        out.write(hashlib.shake_128(str(number).encode()).hexdigest(500_000))
	END
}

src_install() {
	printf '%s\n' "#!/bin/sh" "du -sb /usr/share/big | cut -f1" | newbin - big
	insinto /usr/share/big
	doins -r data/.
}

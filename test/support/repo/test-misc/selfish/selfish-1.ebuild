# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Looks for an installed one of itself while it is built, as gettext does with msgfmt"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_compile() {
	local says=fresh
	type -P selfish > /dev/null && says=found
	printf '%s\n' "#!/bin/sh" "echo ${says}" > selfish || die
}

src_install() {
	dobin selfish
}

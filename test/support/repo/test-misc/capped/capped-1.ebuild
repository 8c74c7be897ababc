# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Gets a capability, a mode and a group once it is merged, as fcaps.eclass does it"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_install() {
	printf '%s\n' "#!/bin/sh" "echo capped" | newbin - capped
}

pkg_postinst() {
	chgrp 250 "${EROOT}/usr/bin/capped" || die
	chmod 0711 "${EROOT}/usr/bin/capped" || die
	setcap cap_net_raw=ep "${EROOT}/usr/bin/capped" || die
}

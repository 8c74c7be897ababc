# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="A slot for each version, which lie beside each other"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="${PV}"
KEYWORDS="amd64"

src_install() {
	printf '%s\n' "#!/bin/sh" "echo slotted ${PV}" | newbin - slotted${PV}
}

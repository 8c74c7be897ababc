# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Fails in its compile phase, or in the phase that FAILS_IN in make.conf names; FAILS_IN=none does not fail"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

fail_in() {
	[[ ${FAILS_IN:-compile} != "$1" ]] || die "failing in $1 as told"
}

src_configure() { fail_in configure; }
src_compile() { fail_in compile; }

src_install() {
	printf '%s\n' "#!/bin/sh" "echo fails" | newbin - fails
	fail_in install
}

pkg_preinst() { fail_in preinst; }

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

pkg_pretend() { fail_in pretend; }
pkg_setup() { fail_in setup; }
src_unpack() { fail_in unpack; }
src_prepare() { default; fail_in prepare; }
src_configure() { fail_in configure; }
src_compile() { fail_in compile; }
src_test() { fail_in test; }

src_install() {
	printf '%s\n' "#!/bin/sh" "echo fails" | newbin - fails
	fail_in install
}

pkg_preinst() { fail_in preinst; }
pkg_postinst() { fail_in postinst; }

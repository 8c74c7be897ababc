# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="A small language that is made to be put into other programs"
HOMEPAGE="https://www.lua.org/"
SRC_URI="https://www.lua.org/ftp/${P}.tar.gz"

LICENSE="MIT"
SLOT="5.4"
KEYWORDS="amd64"
IUSE="+readline"

RDEPEND="readline? ( sys-libs/readline:= )"
DEPEND="${RDEPEND}"

src_compile() {
	emake -C src \
		CC="${CHOST}-gcc -std=gnu99" \
		MYCFLAGS="${CFLAGS}" \
		MYLDFLAGS="${LDFLAGS}" \
		$(usex readline linux-readline linux)
}

src_install() {
	emake INSTALL_TOP="${ED}/usr" INSTALL_LIB="${ED}/usr/$(get_libdir)" INSTALL_MAN="${ED}/usr/share/man/man1" install
	dodoc README
}

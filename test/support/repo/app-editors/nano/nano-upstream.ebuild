# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="GNU nano, a friendly editor"
HOMEPAGE="https://www.nano-editor.org/"
SRC_URI="https://www.nano-editor.org/dist/v$(ver_cut 1)/${P}.tar.xz"

LICENSE="GPL-3+ LGPL-2.1+"
SLOT="0"
KEYWORDS="amd64"
IUSE="nls +unicode"

RDEPEND="sys-libs/ncurses:="
DEPEND="${RDEPEND}"

src_configure() {
	econf --disable-libmagic $(use_enable nls) $(use_enable unicode utf8)
}

src_install() {
	default
	rm -f "${ED}"/usr/share/info/dir || die
}

# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="GNU Readline, with which a line can be edited while it is typed"
HOMEPAGE="https://tiswww.case.edu/php/chet/readline/rltop.html"
SRC_URI="mirror://gnu/readline/${P}.tar.gz"

LICENSE="GPL-3+"
SLOT="0/8"
KEYWORDS="amd64"

RDEPEND="sys-libs/ncurses:="
DEPEND="${RDEPEND}"

src_configure() {
	econf --with-curses --disable-static --with-shared-termcap-library
}

src_compile() {
	emake SHLIB_LIBS="-ltinfo"
}

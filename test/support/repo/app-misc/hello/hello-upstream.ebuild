# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="GNU Hello, which greets"
HOMEPAGE="https://www.gnu.org/software/hello/"
SRC_URI="mirror://gnu/hello/${P}.tar.gz"

LICENSE="GPL-3+"
SLOT="0"
KEYWORDS="amd64"
IUSE="nls"

src_configure() {
	econf $(use_enable nls)
}

# SPDX-License-Identifier: GPL-2.0-or-later
# @ECLASS: acct-group.eclass
# @DESCRIPTION:
# Makes a system group as GLEP 81 describes. The ebuild sets ACCT_GROUP_ID, -1 for the next free one; the group's name is PN.

case ${EAPI} in
	8) ;;
	*) die "acct-group: EAPI ${EAPI} is not known" ;;
esac

DESCRIPTION="System group: ${PN}"
HOMEPAGE="https://www.gentoo.org/glep/glep-0081.html"
S=${WORKDIR}
LICENSE="public-domain"
SLOT="0"
KEYWORDS="amd64"

EXPORT_FUNCTIONS src_install pkg_preinst

acct-group_src_install() {
	local id=${ACCT_GROUP_ID}
	[[ ${id} == -1 ]] && id=-
	insinto /usr/lib/sysusers.d
	printf 'g %s %s\n' "${PN}" "${id}" | newins - "acct-group-${PN}.conf"
}

acct-group_pkg_preinst() {
	getent group "${PN}" > /dev/null && return
	local id=()
	[[ ${ACCT_GROUP_ID} == -1 ]] || id=(--gid "${ACCT_GROUP_ID}")
	groupadd --system "${id[@]}" "${PN}" || die "could not add the group ${PN}"
}

# SPDX-License-Identifier: GPL-2.0-or-later
# @ECLASS: acct-user.eclass
# @DESCRIPTION:
# Makes a system user as GLEP 81 describes. The ebuild sets ACCT_USER_ID (-1 for the next free one) and ACCT_USER_GROUPS, whose first one is
# the primary group, may set ACCT_USER_HOME, ACCT_USER_HOME_OWNER, ACCT_USER_HOME_PERMS and ACCT_USER_SHELL, and calls acct-user_add_deps.

case ${EAPI} in
	8) ;;
	*) die "acct-user: EAPI ${EAPI} is not known" ;;
esac

DESCRIPTION="System user: ${PN}"
HOMEPAGE="https://www.gentoo.org/glep/glep-0081.html"
S=${WORKDIR}
LICENSE="public-domain"
SLOT="0"
KEYWORDS="amd64"

: "${ACCT_USER_HOME:=/dev/null}"
: "${ACCT_USER_HOME_PERMS:=0755}"
: "${ACCT_USER_SHELL:=/sbin/nologin}"

EXPORT_FUNCTIONS src_install pkg_preinst

acct-user_add_deps() {
	local group
	for group in "${ACCT_USER_GROUPS[@]}"; do
		RDEPEND+=" acct-group/${group}"
	done
}

acct-user_src_install() {
	local id=${ACCT_USER_ID} group
	[[ ${id} == -1 ]] && id=-
	insinto /usr/lib/sysusers.d
	{
		printf 'u %s %s:%s "%s" %s %s\n' "${PN}" "${id}" "${ACCT_USER_GROUPS[0]}" "${DESCRIPTION}" "${ACCT_USER_HOME}" "${ACCT_USER_SHELL}"
		for group in "${ACCT_USER_GROUPS[@]:1}"; do printf 'm %s %s\n' "${PN}" "${group}"; done
	} | newins - "acct-user-${PN}.conf"
	[[ ${ACCT_USER_HOME} == /dev/null ]] || keepdir "${ACCT_USER_HOME}"
}

acct-user_pkg_preinst() {
	if ! getent passwd "${PN}" > /dev/null; then
		local options=(--system --no-create-home --no-user-group --gid "${ACCT_USER_GROUPS[0]}" --home-dir "${ACCT_USER_HOME}")
		options+=(--shell "${ACCT_USER_SHELL}" --comment "${DESCRIPTION//[:,=]/;}")
		[[ ${ACCT_USER_ID} == -1 ]] || options+=(--uid "${ACCT_USER_ID}")
		local more="${ACCT_USER_GROUPS[*]:1}"
		[[ -z ${more} ]] || options+=(--groups "${more// /,}")
		useradd "${options[@]}" "${PN}" || die "could not add the user ${PN}"
	fi
	if [[ ${ACCT_USER_HOME} != /dev/null ]]; then
		fowners "${ACCT_USER_HOME_OWNER:-${PN}:${ACCT_USER_GROUPS[0]}}" "${ACCT_USER_HOME}"
		fperms "${ACCT_USER_HOME_PERMS}" "${ACCT_USER_HOME}"
	fi
}

# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Run programs while Portage is still compiling them: prebuilt stand-ins from other users"
HOMEPAGE="https://wiki.gentoo.org/wiki/No_homepage"
SRC_URI="${P}.tar.xz"

# The second line is that of the packages bundled in the programs: LICENSES-OF-PACKAGES in the documentation folder.
LICENSE="GPL-2+
	Apache-2.0 BSD BSD-2 BlueOak-1.0.0 ISC MIT"
SLOT="0"
KEYWORDS="~amd64"
# The tarball comes with this repository (npm run dist makes both), so there is no place that Portage could fetch it from.
RESTRICT="fetch"

# setpriv comes with USE=caps: without it nobody could keep the peer from root.
RDEPEND="
	acct-group/standin
	acct-user/standin
	app-misc/pax-utils
	>=app-shells/bash-5
	>=net-libs/nodejs-22.18[ssl]
	sys-apps/portage
	sys-apps/util-linux[caps]
"

# Where it all goes does not depend on USE or on eclasses, so this ebuild needs no other repository than gentoo's packages.
UNITDIR=/usr/lib/systemd/system

pkg_nofetch() {
	einfo "${A} lies beside this ebuild repository where 'npm run dist' made both."
	einfo "Please copy it to your DISTDIR:"
	einfo "    cp ${A} \"\$(portageq envvar DISTDIR)\""
}

src_install() {
	dobin bin/standin

	insinto /usr/lib/standin
	doins lib/*.mjs lib/standin.bash
	insinto /usr/lib/standin/hooks
	doins lib/hooks/*.mjs
	exeinto /usr/lib/standin/bin
	doexe lib/bin/standin-daemon

	insinto /etc/portage
	doins etc-portage/standin.conf etc-portage/standin.policy

	newinitd openrc/standin.initd standin
	newconfd openrc/standin.confd standin
	insinto /etc/logrotate.d
	newins openrc/standin.logrotate standin
	insinto "${UNITDIR}"
	doins systemd/standin.service

	doman man/*
	insinto /usr/share/bash-completion/completions
	newins completions/standin.bash standin
	insinto /usr/share/zsh/site-functions
	doins completions/_standin

	dodoc README LICENSE LICENSES-OF-PACKAGES
	docinto examples
	newdoc lib/bashrc bashrc
}

pkg_postinst() {
	if [[ -z ${REPLACING_VERSIONS} ]]; then
		elog "Nothing is switched on yet. To use stand-ins:"
		elog "  1. STANDIN_FEATURES=\"install\" in /etc/portage/make.conf"
		elog "     (with publish to share what you build, with seed to pass on what you fetched)"
		elog "  2. name the keys that you trust in /etc/portage/standin.policy"
		elog "  3. standin hook --enable    (adds a marked line to /etc/portage/bashrc)"
		elog "  4. rc-update add standin default && rc-service standin start"
		elog "     or with systemd: systemctl enable --now standin.service"
		elog "standin doctor tells what is still missing; standin hook --disable switches it off again."
	else
		elog "The daemon goes on as the old version until it is restarted:"
		elog "  rc-service standin restart"
		elog "or with systemd: systemctl daemon-reload && systemctl restart standin.service"
	fi
}

pkg_prerm() {
	[[ -n ${REPLACED_BY_VERSION} || -n ${ROOT} ]] && return

	# The hooks are about to go, and with them all that takes a stand-in away before its own package is merged. So none may stay, and none may come.
	if [[ -d /run/systemd/system ]]; then
		systemctl --quiet stop standin.service
	elif [[ -e /run/openrc/softlevel ]]; then
		rc-service --quiet --ifstarted standin stop
	fi
	local said
	if ! said=$(timeout -k 5 120 standin purge --all --quiet 2>&1); then
		[[ -n ${said} ]] && ewarn "${said}"
		ewarn "So stand-ins may still be there, and nobody takes them away before their own packages are merged: Portage may refuse those."
		ewarn "Once that is mended (is it /usr/bin/node that does not run, or hangs?): emerge app-portage/standin, then standin purge --all"
	fi
}

pkg_postrm() {
	[[ -n ${REPLACED_BY_VERSION} ]] && return
	elog "Kept for another time: the key of this host in /var/lib/standin, archives in /var/cache/standin,"
	elog "and your settings in /etc/portage. Please remove STANDIN_FEATURES from make.conf and package.env, and"
	elog "only then the line in /etc/portage/bashrc: without it Portage saves them with each package that is built."
}

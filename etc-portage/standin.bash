# Tells the warden of standin which moment of an emerge this is; changes nothing else, defines nothing that stays, never fails.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Portage sources this about twenty times a package. Five moments matter; at all others, and whenever standin is switched off, bash returns
# without starting a process. Nothing may be defined at EBUILD_PHASE=depend, and any external command there masks every ebuild.

if [[ ${EBUILD_PHASE-} != depend && -n ${STANDIN_FEATURES-} && ${EUID} == 0 && ${ROOT:-/} == / && ${MERGE_TYPE-} == @(source|buildonly) ]]; then

__standin_moment() {
	local moment run=${EPREFIX-}/run/standin lib=${BASH_SOURCE[0]%/*}
	case " ${MISC_FUNCTIONS_ARGS-} :${EBUILD_PHASE-}" in
		*" preinst_mask "*) moment=purge ;;
		*" success_hooks "*) moment=publish ;;
		*" die_hooks "*) moment=abandon ;;
		"  :clean") moment=fetch ;;
		"  :setup") moment=install ;;
		*) return 0 ;;
	esac

	# The warden keeps one FIFO for each build that it follows, from `fetch` on: there it answers, and while it stands nothing may be merged unasked.
	local build=${PORTAGE_BUILDDIR-} door
	[[ -n ${build} ]] || return 0
	door=${build//%/%25}
	door=${run}/builds/${door//\//%2F}

	local LC_ALL=C names name value line=1$'\x1f'${moment}$'\x1f'${BASHPID}.${EPOCHREALTIME/[.,]/}
	names=( CATEGORY PF PORTAGE_BUILDDIR PORTAGE_TMPDIR MERGE_TYPE STANDIN_FEATURES )
	case ${moment} in
		fetch) names+=(
			PN PVR SLOT EAPI EBUILD EROOT PORTAGE_REPO_NAME PORTAGE_RESTRICT PORTAGE_PROPERTIES USE CHOST CC CXX EXTRA_ECONF EXTRA_EINSTALL
			EXTRA_EMAKE CFLAGS CXXFLAGS CPPFLAGS FFLAGS FCFLAGS LDFLAGS ABI ABI_X86 ASFLAGS CARGO_BUILD_TARGET CBUILD CTARGET GOAMD64 GOARM GOFLAGS
			LINGUAS MULTILIB_ABIS PORTAGE_COMPRESS PORTAGE_COMPRESS_EXCLUDE_SUFFIXES PORTAGE_COMPRESS_FLAGS PORTAGE_STRIP_FLAGS RUSTFLAGS STRIP_MASK )
			line+=$'\x1f'FEATURES=
			for name in compressdebug dedupdebug installsources nostrip splitdebug; do
				[[ " ${FEATURES} " == *" ${name} "* ]] && line+="${name} "
			done ;;
		purge) names+=( D ) ;;
		publish) names+=( PKGDIR PORTAGE_BINPKG_FILE ) ;;
	esac
	for name in "${names[@]}"; do
		[[ -v ${name} ]] || continue
		value=${!name}
		line+=$'\x1f'${name}=${value//[$'\n'$'\x1f']/ }
	done

	case ${moment} in
		purge) [[ -p ${door} ]] || return 0 ;;
		install) [[ -e ${run}/install_wait && -p ${door} ]] || return 0 ;;
	esac

	local warden=
	if [[ ${moment} == purge ]]; then
		[[ -r ${run}/warden.pid ]] && read -r warden <"${run}/warden.pid"
		if [[ -n ${warden} && -d /proc/${warden} ]]; then
			__standin_ask && return 0
		fi
		# Nobody answers: a stand-in that is still there goes by the journal, without the warden. libsandbox must not stop that.
		[[ -e ${EPREFIX-}/var/lib/standin/live${build}/.live ]] || return 0
		SANDBOX_ON=0 "${EPREFIX-}/usr/bin/node" "${lib}/hooks/purge.mjs" "${line}"
	elif [[ ${moment} != install && -p ${run}/hooks && ${#line} -lt 4000 ]]; then
		__standin_write "${run}/hooks"
	elif [[ -S ${run}/control.sock ]]; then
		SANDBOX_ON=0 "${EPREFIX-}/usr/bin/node" "${lib}/hooks/${moment}.mjs" "${line}"
	fi
	return 0
}

# One atomic write (PIPE_BUF is 4096) to a FIFO that the warden reads. In a subshell, so that the permission for libsandbox goes with it.
__standin_write() (
	SANDBOX_WRITE+=:${run}/
	export SANDBOX_WRITE
	[[ -O ${1} ]] && printf '%s\n' "${line}" 1<>"${1}"
) 2>/dev/null

# Asks for the way to be made and waits for the answer: a word within a second, the end of it within a minute.
__standin_ask() (
	SANDBOX_WRITE+=:${run}/
	export SANDBOX_WRITE
	[[ -O ${door} && -p ${run}/hooks ]] || exit 1
	exec {answers}<>"${door}" || exit 1
	printf '%s\n' "${line}" 1<>"${run}/hooks" || exit 1
	nonce=${line#*$'\x1f'*$'\x1f'}
	nonce=${nonce%%$'\x1f'*}
	patience=2
	while read -r -t "${patience}" -u "${answers}" word of; do
		[[ ${of} == "${nonce}" ]] || continue
		[[ ${word} == done ]] && exit 0
		patience=60
	done
	exit 1
) 2>/dev/null

__standin_moment
unset -f __standin_moment __standin_write __standin_ask

fi

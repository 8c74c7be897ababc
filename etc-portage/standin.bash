# Tells the warden of standin which moment of an emerge this is; changes nothing else, defines nothing that stays, never fails.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Portage sources this about twenty times a package. Five moments matter; at all others, and whenever standin is switched off, bash returns
# without starting a process. Nothing may be defined at EBUILD_PHASE=depend, and any external command there masks every ebuild.

if [[ ${EBUILD_PHASE-} != depend ]]; then

if [[ ${EUID} == 0 && ${ROOT:-/} == / && ( -d ${EPREFIX-}/run/standin/builds || -d ${EPREFIX-}/var/lib/standin/live ) ]]; then

__standin_moment() {
	local moment run=${EPREFIX-}/run/standin build=${PORTAGE_BUILDDIR-}
	case " ${MISC_FUNCTIONS_ARGS-} :${EBUILD_PHASE-}" in
		*" preinst_mask "*) moment=purge ;;
		*" success_hooks "*) moment=publish ;;
		*" die_hooks "*) moment=abandon ;;
		"  :clean") moment=fetch ;;
		"  :setup") moment=install ;;
		*) return 0 ;;
	esac
	[[ -n ${build} && -n ${CATEGORY-} && -n ${PN-} ]] || return 0

	# At one path for each build lies what is known of it: a file, once bash has told of it; a FIFO, where the warden answers, once that follows it.
	# And at one for each package, as long as any stand-in of it may be there, whichever emerge that is for: this merge would find its files.
	local door=${build//%/%25} live=${EPREFIX-}/var/lib/standin/live/${CATEGORY}/${PN} warden=
	door=${run}/builds/${door//\//%2F}
	# Where somebody has waited for the warden in vain nobody asks it again until it has removed that file.
	if [[ -r ${run}/warden.pid && ! -e ${run}/silent && ( ${MERGE_TYPE-} == @(source|buildonly) || ${moment} == purge ) ]]; then
		IFS= read -r warden <"${run}/warden.pid" || :
	fi
	# Clean and setup see processes of their own pid namespace only.
	[[ ${moment} == @(fetch|install) || -d /proc/${warden:-gone} ]] || warden=
	# `ebuild` by hand cleans without saying for what kind of merge, or not at all.
	[[ ${moment} == install && ! -e ${door} ]] && moment=fetch
	case ${moment} in
		fetch) [[ -n ${warden} && -n ${STANDIN_FEATURES-} ]] || return 0 ;;
		install) [[ -n ${warden} && -e ${door} && -e ${run}/install_wait ]] || return 0 ;;
		purge) [[ -d ${live} || ( -e ${door} && ${MERGE_TYPE-} != binary ) ]] || return 0 ;;
		publish|abandon) [[ -n ${warden} && -e ${door} ]] || return 0 ;;
	esac

	local locale=${LC_ALL-} told=${COLUMNS-unset}
	# A bash that waits writes the width of its terminal there: the phase is to keep its own.
	local LC_ALL=C line COLUMNS LINES
	__standin_line
	case ${moment} in
		fetch)
			[[ -e ${door} ]] || { : >"${door}"; } 2>/dev/null
			__standin_tell ;;
		install) __standin_node install || : ;;
		purge) __standin_make_way ;;
		publish|abandon) __standin_tell ;;
	esac
	return 0
}

# What the warden hears: fields between US (0x1f), in the order that moment.ts reads them.
__standin_line() {
	local name value answers= names=( CATEGORY PF PORTAGE_BUILDDIR PORTAGE_TMPDIR MERGE_TYPE )
	line=1$'\x1f'${moment}$'\x1f'${BASHPID}.${EPOCHREALTIME/[.,]/}
	case ${moment} in
		fetch) names+=( STANDIN_FEATURES
			PN PVR SLOT EAPI EBUILD EROOT PORTAGE_REPO_NAME PORTAGE_RESTRICT PORTAGE_PROPERTIES ALLOW_TEST USE CHOST CC CXX EXTRA_ECONF EXTRA_EINSTALL
			EXTRA_EMAKE MYCMAKEARGS MYMESONARGS MYQMAKEARGS MYPERLARGS CFLAGS CXXFLAGS CPPFLAGS FFLAGS FCFLAGS LDFLAGS ABI ABI_X86 AR AS ASFLAGS CARGO_BUILD_TARGET CBUILD CFLAGS_amd64 CFLAGS_x32 CFLAGS_x86 CPP CTARGET CXXSTDLIB DEFAULT_ABI GOAMD64 GOARM GOFLAGS LD
			LDFLAGS_amd64 LDFLAGS_x32 LDFLAGS_x86 LIBDIR_amd64 LIBDIR_x32 LIBDIR_x86 LANG LANGUAGE LC_COLLATE LC_CTYPE LC_MESSAGES LC_MONETARY LC_NUMERIC LC_TIME LINGUAS LLVM_USE_LIBCXX MULTILIB_ABIS NM OBJCFLAGS OBJCOPY OBJCXXFLAGS OBJDUMP PKG_CONFIG PKG_INSTALL_MASK PORTAGE_COMPRESS PORTAGE_COMPRESS_EXCLUDE_SUFFIXES PORTAGE_COMPRESS_FLAGS PORTAGE_STRIP_FLAGS RANLIB READELF RUSTFLAGS STRIP STRIP_MASK "${!CCACHE_@}" )
			line+=$'\x1f'LC_ALL=${locale//[[:cntrl:]]/ }$'\x1f'PATH=${PATH//[[:cntrl:]]/ }$'\x1f'FEATURES=
			for name in binpkg-docompress binpkg-dostrip compressdebug dedupdebug distcc distcc-pump icecream installsources nostrip splitdebug strict-keepdir test; do
				[[ " ${FEATURES} " == *" ${name} "* ]] && line+="${name} "
			done
			# Portage has them on by default.
			for name in fixlafiles network-sandbox sandbox userpriv usersandbox; do
				[[ " ${FEATURES} " == *" ${name} "* ]] || line+="-${name} "
			done
			[[ ${EBUILD_FORCE_TEST-} != 1 ]] || line+='test '
			# Of xz Portage asks for as many threads.
			[[ ${PORTAGE_COMPRESS-} != xz || -v PORTAGE_COMPRESS_FLAGS ]] || names+=( MAKEOPTS )
			# Set, whatever to, they make a build that no recipe names.
			line+=$'\x1f'UNNAMED=
			for name in BUILD_{CC,CFLAGS,CXX,CXXFLAGS,LDFLAGS} {AR,AS,CC,CFLAGS,CXX,CXXFLAGS,LD,LDFLAGS}_FOR_BUILD HOST{CC,CFLAGS,CXX,CXXFLAGS,LDFLAGS} \
				ACLOCAL_{FLAGS,PATH} ADAFLAGS ANT_{ARGS,OPTS} ARFLAGS BISON_PKGDATADIR BZIP{,2} CCC_OVERRIDE_OPTIONS CCLD CLASSPATH COMPILER_PATH CONFIG_S{HELL,ITE} \
				CPATH {C,CPLUS,OBJC}_INCLUDE_PATH CXX{CPP,LD} {DMD,GDC,LDC}FLAGS F77 FC GCC_{EXEC_PREFIX,SPECS} GO{111MODULE,ARCH,ENV,EXPERIMENT,OS,ROOT,TOOLCHAIN,WORK} GZIP \
				HCFLAGS JAVA{CFLAGS,_TOOL_OPTIONS} _JAVA_OPTIONS KC{,PP}FLAGS LD{_AUDIT,_LIBRARY_PATH,_RUN_PATH,LIBS} LEX LIBRARY_PATH LIBS LOCPATH LUA_{CPATH,INIT,PATH} \
				M4PATH MAKE{,FILES} MAVEN_OPTS NODE_{OPTIONS,PATH} OCAMLPARAM PERL{LIB,_HASH_SEED,_MB_OPT,_MM_OPT} PYTHON{HASHSEED,HOME,OPTIMIZE,PATH,USERBASE} RUBY{LIB,OPT} \
				RUST{C{,_BOOTSTRAP,_WORKSPACE_WRAPPER,_WRAPPER},DOC,DOCFLAGS} SOURCE_DATE_EPOCH VALAFLAGS XZ_{DEFAULTS,OPT} YACC ZSTD_{CLEVEL,NBTHREADS} \
				"${!CARGO_@}" "${!CGO_@}" "${!CMAKE_@}" "${!EXTRA_@}" "${!MESON@}" "${!PERL5@}" "${!PKG_CONFIG_@}" "${!QMAKE@}"; do
				# The last is what Gentoo's rubygems puts into everybody's environment.
				[[ -n ${!name-} && ${name} != @(CARGO_BUILD_@(JOBS|TARGET)|CARGO_@(NET|TERM)_*|CMAKE_@(BUILD_PARALLEL_LEVEL|COLOR_DIAGNOSTICS|VERBOSE)) &&
					${name}=${!name} != RUBYOPT=-rauto_gem ]] && line+="${name} "
			done
			__standin_guesses
			for name in MAKEOPTS MAKEFLAGS GNUMAKEFLAGS MFLAGS NINJAOPTS; do
				__standin_only_how "${!name-}" || line+="${name} "
			done
			# Portage puts its own sandbox there.
			for value in ${LD_PRELOAD//:/ }; do
				[[ ${value} == ?(*/)libsandbox.so ]] || { line+='LD_PRELOAD '; break; }
			done
			for value in ${PATH//:/ }; do
				[[ ${value#"${EPREFIX-}"} == /@(usr|opt|bin|sbin|etc/eselect)?(/*) ]] || { line+='PATH '; break; }
			done
			# Its tarball is named by the number of the build.
			[[ " ${FEATURES} " == *" packdebug "* ]] && line+='FEATURES=packdebug '
			line+=${answers:+$'\x1f'ANSWERS=${answers}}
			# At clean they are still there, and stay where FEATURES says so.
			if [[ ${EBUILD_PHASE} == setup || " ${FEATURES} " == *" keepwork "* ]]; then
				for name in .{setuped,unpacked,prepared,configured,compiled}; do
					[[ -e ${build}/${name} ]] && line+=$'\x1f'KEPT=${name} && break
				done
			fi ;;
		purge|publish)
			names+=( D PKGDIR )
			# There with a binary package that Portage has just written.
			for name in BUILD_ID BINPKGMD5; do
				[[ -r ${build}/build-info/${name} ]] && IFS= read -r value <"${build}/build-info/${name}" && line+=$'\x1f'${name}=${value}
			done ;;
	esac
	# What the user's bashrc does around a phase, nobody else's build does. Functions that it defines in one phase are there from then on.
	if [[ ${moment} == @(fetch|purge|publish) ]]; then
		__standin_width
		line+=$'\x1f'PHASE_HOOKS=
		for name in {pre,post}_{pkg_setup,src_{unpack,prepare,configure,compile,test,install}}; do
			declare -F "${name}" >/dev/null && line+="${name} "
		done
	fi
	for name in "${names[@]}"; do
		[[ -v ${name} ]] || continue
		value=${!name}
		line+=$'\x1f'${name}=${value//[[:cntrl:]]/ }
	done
}

# As wide as COLUMNS says programs are to print, and each script of bash as wide as the terminal that Portage gives a phase; what helps say may be installed.
__standin_width() {
	local width='[1-9]?([0-9])?([0-9])?([0-9])'
	[[ ${told} == @(unset|${width}) ]] || told=
	[[ ${told} == unset ]] || line+=$'\x1f'COLUMNS=${told}
	[[ -t 2 ]] || return 0
	# At clean Portage is in a subshell, where bash does not look how wide it is.
	if [[ ${BASH_SUBSHELL} == 0 ]]; then ( : ); else COLUMNS=$(command -p stty size <&2 2>/dev/null) COLUMNS=${COLUMNS##* }; fi
	[[ ${COLUMNS-} != ${width} ]] || line+=$'\x1f'WINDOW=${COLUMNS}
}

# Answers that configure finds in its environment instead of asking: each macro library has a prefix of its own for them. Profiles give some to everybody.
__standin_guesses() {
	local all=() name
	for name in {a..z}; do
		eval "all+=( \"\${!${name}@}\" )"
	done
	for name in "${all[@]}"; do
		[[ ${name} == @(*_cv_*|enable_*|with_*|without_*|disable_*|ac_*) && -n ${!name-} && ${!name@a} == *x* ]] || continue
		# What names a place says nothing of what lies there.
		if [[ ${!name} == +([A-Za-z0-9_.,:+-]) ]]; then answers+="${name}=${!name} "; else line+="${name} "; fi
	done
}

# Whether make and ninja are told nothing but how many jobs to run, and what to print.
__standin_only_how() {
	local word before=
	for word in ${1}; do
		[[ ${word} == -@([jl]*([0-9.])|[kswv]|O?(none|line|target|recurse)) || ${word} == --@(jobs|load-average|max-load|output-sync)?(=*) ||
			${word} == --@(silent|quiet|verbose|print-directory|no-print-directory|keep-going|jobserver-@(auth|fds|style)=*) || ${word} == @(V=[012]|VERBOSE=[01]) ||
			( ${word} == +([0-9.]) && ${before} == @(-j|-l|--jobs|--load-average|--max-load) ) ]] || return 1
		before=${word}
	done
}

# Hands the line over: to the FIFO when the warden has read what was in it, so that a warden which hangs never blocks anybody, or else by the socket.
__standin_tell() {
	__standin_write && return 0
	# Who went on alone once has waited for the warden already.
	[[ -e ${door}.alone ]] || __standin_node "${moment}" || :
}

# One atomic write (PIPE_BUF is 4096). In a subshell, as each that opens or makes something here: the permission for libsandbox goes with it.
__standin_write() (
	SANDBOX_WRITE+=:${run}/
	export SANDBOX_WRITE
	[[ ${#line} -lt 4000 && -O ${run}/hooks && -p ${run}/hooks ]] && exec {hooks}<>"${run}/hooks" || exit 1
	read -r -t 0 -u "${hooks}" && exit 1
	printf '%s\n' "${line}" >&"${hooks}"
) 2>/dev/null

# The merge waits here until the warden has made way, and no longer than is bearable.
__standin_make_way() {
	# A door can only be that of an earlier build then.
	[[ ${MERGE_TYPE-} != binary ]] || door=
	if [[ -n ${warden} && -p ${run}/hooks && ( -p ${door} || -d ${live} ) ]]; then
		[[ -p ${door} ]] || __standin_leave
		__standin_ask && return 0
		warden=
	fi
	# Whoever wakes up later must see that it is too late.
	[[ -n ${warden} ]] || __standin_leave
	# Without an answer a stand-in that is still there goes by the journal.
	local code=0 why remedy="make ${EPREFIX-}/usr/bin/node run again, "
	[[ -z ${warden} && ! -d ${live} ]] || __standin_node purge "${warden:+ask}" || code=$?
	[[ ${code} == 0 ]] || __standin_leave
	[[ -d ${live} ]] || return 0
	case ${code} in
		0) why='the reason is said above' remedy= ;;
		124|137) why='the daemon did not take it away, and Node took too long and was stopped' ;;
		*) why='the daemon did not take it away, and Node does not run' ;;
	esac
	printf ' * standin: %s\n' >&2 "${CATEGORY}/${PF}: the stand-in of ${CATEGORY}/${PN} is still in the way of this merge: ${why}" \
		"if Portage refuses it: ${remedy}\`standin purge --all\`, and emerge once more"
}

# As long as there is a warden: two seconds for a first word, then as long as purge_wait says. Where it follows no such build it has no door to
# answer at, and the marker that goes is the answer.
__standin_ask() (
	SANDBOX_WRITE+=:${run}/
	export SANDBOX_WRITE
	answers=
	[[ -O ${run}/hooks ]] && exec {hooks}<>"${run}/hooks" || exit 1
	[[ ! -p ${door} ]] || { [[ -O ${door} ]] && exec {answers}<>"${door}"; } || exit 1
	nonce=${line#*$'\x1f'*$'\x1f'}
	nonce=${nonce%%$'\x1f'*}
	seconds=30 asked=
	[[ -r ${run}/purge_wait ]] && IFS= read -r seconds <"${run}/purge_wait"
	for (( left = 10; left > 0; left-- )); do
		[[ -d /proc/${warden} ]] || exit 1
		if [[ -z ${asked} ]] && ! read -r -t 0 -u "${hooks}"; then
			printf '%s\n' "${line}" >&"${hooks}" || exit 1
			asked=1
		fi
		if [[ -n ${answers} ]]; then
			IFS=' ' read -r -t 0.2 -u "${answers}" word of && [[ ${of} == "${nonce}" ]] || continue
			[[ ${word} == done ]] && exit 0
		else
			[[ -d ${live} ]] || exit 0
			sleep 0.2
			[[ ${asked} == 1 ]] && ! read -r -t 0 -u "${hooks}" || continue
			asked=heard
		fi
		left=$(( seconds * 5 ))
	done
	: >"${run}/silent"
	exit 1
) 2>/dev/null

__standin_leave() (
	SANDBOX_WRITE+=:${run}/
	export SANDBOX_WRITE
	[[ -e ${door} ]] && : >"${door}.alone"
) 2>/dev/null

# Gives 0 when Node has done what it could, which a hook says itself. One that hangs is stopped: 124, or 137.
__standin_node() {
	[[ -x ${EPREFIX-}/usr/bin/node ]] || return 127
	local seconds=5 bound=()
	case ${1} in
		install) IFS= read -r seconds <"${run}/install_wait" && seconds=$(( seconds + 5 )) ;;
		purge)
			[[ -r ${run}/purge_wait ]] && IFS= read -r seconds <"${run}/purge_wait"
			(( seconds >= 20 )) || seconds=20 ;;
	esac
	[[ ! -x ${EPREFIX-}/usr/bin/timeout ]] || bound=( "${EPREFIX-}/usr/bin/timeout" --foreground -k 1 "${seconds}" )
	# In the foreground, where Ctrl-C reaches both. bash tells of everybody who was killed: nobody needs to read that.
	{
		(
			# What the user, package.env or the ebuild has exported is for their Node: NODE_OPTIONS ends this one, or opens a debugger.
			unset "${!NODE_@}" "${!LD_@}" OPENSSL_CONF SSLKEYLOGFILE 2>/dev/null
			export SANDBOX_ON=0
			clean=()
			[[ ! -x ${EPREFIX-}/usr/bin/env ]] || clean=( "${EPREFIX-}/usr/bin/env" -i SANDBOX_ON=0 PATH=/usr/bin:/bin "EPREFIX=${EPREFIX-}" )
			exec "${clean[@]}" "${bound[@]}" "${EPREFIX-}/usr/bin/node" --disable-warning=ExperimentalWarning \
				"${BASH_SOURCE[0]%/*}/hooks/${1}.mjs" "${line}" "${2-}"
		) 2>&3 3>&-
	} 3>&2 2>/dev/null
}

__standin_moment
unset -f __standin_moment __standin_line __standin_width __standin_guesses __standin_only_how __standin_tell __standin_write __standin_make_way __standin_ask __standin_leave __standin_node

fi

# Portage saves the environment after setup and builds with what it has saved: neither a build nor environment.bz2 is to know of standin.
unset STANDIN_FEATURES

fi

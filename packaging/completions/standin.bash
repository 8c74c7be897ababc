# Completes the command line of standin in bash.
# SPDX-License-Identifier: GPL-2.0-or-later

_standin() {
	local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command='' one
	local commands='status list why purge hook doctor key daemon'
	local words='--pretend --verbose --quiet --color= --json --help --version'
	COMPREPLY=()

	# bash cuts words at "=".
	if [[ ${previous} == --color || ( ${previous} == = && ${COMP_WORDS[COMP_CWORD-2]-} == --color ) ]]; then
		COMPREPLY=( $(compgen -W 'yes no auto' -- "${word#=}") )
		return
	fi

	for one in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		if [[ " ${commands} " == *" ${one} "* ]]; then
			command=${one}
			break
		fi
	done

	case ${command} in
		'') words+=" ${commands}" ;;
		status) words+=' --watch' ;;
		list | why) ;;
		purge) words+=' --all' ;;
		hook) words+=' --enable --disable --status' ;;
		daemon) return ;;
	esac
	if [[ ${command} == @(list|why|purge) && ${word} != -* ]]; then
		# Names without version: a version needs an operator.
		words=''
		while read -r one; do
			words+=" ${one%-[0-9]*}"
		done < <(standin list --quiet --color=no 2>/dev/null)
	fi
	COMPREPLY=( $(compgen -W "${words}" -- "${word}") )
	if [[ ${COMPREPLY[0]-} == *= ]]; then
		compopt -o nospace 2>/dev/null
	fi
}

complete -F _standin standin

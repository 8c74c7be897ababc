# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

DESCRIPTION="Holds what TRACES names of the host that builds it: assert debug config pc doc user host lzma war; nothing without it"
HOMEPAGE="https://example.org/"
S="${WORKDIR}"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

traces() {
	[[ " ${TRACES} " == *" ${1} "* ]]
}

src_compile() {
	echo '#include <stdio.h>' > traces.c || die
	echo 'int main(void) { return puts(WHERE) < 0; }' >> traces.c || die
	local where='"nowhere"' flags=
	traces assert && where=__FILE__
	traces debug && flags=-g
	${CHOST}-gcc ${CFLAGS} ${flags} -DWHERE="${where}" ${LDFLAGS} -o traces "${S}/traces.c" || die
}

src_install() {
	dobin traces
	traces config && { printf '%s\n' '#!/bin/sh' "echo -L${D}/usr/lib" | newbin - traces-config; }
	traces pc && { echo "srcdir=${WORKDIR}" > traces.pc; insinto /usr/lib/pkgconfig; doins traces.pc; }
	traces doc && { printf '%s\n' {1..200} "made in ${T}" > NOTES; dodoc NOTES; }
	traces user && { echo "made by ${SUDO_USER}" | newdoc - MAKER; }
	traces host && { echo "made on $(< /etc/hostname)" | newdoc - PLACE; }
	traces lzma && { printf '%s\n' {1..200} "made in ${T}" | xz --format=lzma | newdoc - LIST.lzma; }
	traces war && { packed || die; insinto /usr/share/traces; doins traces.war; }
	return 0
}

# A jar in a war, as programs in Java are installed.
packed() {
	printf '%s\n' {1..200} "Built-In: ${WORKDIR}" > MANIFEST.MF || return
	python3 - <<-END
		from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile
		with ZipFile("inner.jar", "w", ZIP_DEFLATED) as jar:
		    jar.write("MANIFEST.MF")
		with ZipFile("traces.war", "w", ZIP_STORED) as war:
		    war.write("inner.jar")
	END
}

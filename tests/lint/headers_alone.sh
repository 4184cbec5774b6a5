#!/bin/sh
# Goal: each header can be read by itself.  It compiles alone, twice in a row,
# without a warning: it includes what it needs and is guarded.
# usage: headers_alone.sh [SOURCE_DIRECTORY]; CC and CPPFLAGS are honoured
cd "${1:-${srcdir:-.}}" || exit 99
: "${CC:=cc}"
n=0 bad=0
for header in $(find lib cmd tests -name '*.h' | LC_ALL=C sort); do
	n=$((n + 1))
	# shellcheck disable=SC2086
	if said=$(printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
	    $CC -std=gnu17 -D_GNU_SOURCE ${CPPFLAGS-} -I. -Ilib -Icmd \
	    -Itests/unit -Wall -Wextra -Wstrict-prototypes -Werror \
	    -fsyntax-only -x c - 2>&1); then
		echo "ok $n - $header"
	else
		echo "$said" | sed 's/^/# /'
		echo "not ok $n - $header"
		bad=1
	fi
done
echo "1..$n"
[ $n -gt 0 ] || { echo "Bail out! no header found"; exit 99; }
exit $bad

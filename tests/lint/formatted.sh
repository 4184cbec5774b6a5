#!/bin/sh
# Goal: nobody discusses layout.  Every .c and .h file is as clang-format writes
# it with the tree's .clang-format.
# usage: formatted.sh [SOURCE_DIRECTORY]; CLANG_FORMAT is honoured
cd "${1:-${srcdir:-.}}" || exit 99
: "${CLANG_FORMAT:=clang-format}"
if ! command -v "$CLANG_FORMAT" >/dev/null 2>&1; then
	echo "1..0 # SKIP $CLANG_FORMAT is absent: the layout was not looked at"
	exit 0
fi
[ -f .clang-format ] || { echo "Bail out! .clang-format is absent"; exit 99; }
n=0 bad=0
for file in $(find lib cmd tests -name '*.[ch]' | LC_ALL=C sort); do
	n=$((n + 1))
	if "$CLANG_FORMAT" --style=file --dry-run -Werror "$file" 2>/dev/null
	then
		echo "ok $n - $file"
	else
		echo "not ok $n - $file # run: $CLANG_FORMAT -i $file"
		bad=1
	fi
done
echo "1..$n"
[ $n -gt 0 ] || { echo "Bail out! no source found"; exit 99; }
exit $bad

#!/bin/sh
# Goal: names say what a thing is, no work is parked in the source, and the
# tree speaks of itself alone.  Looks at every tracked file, or at every file
# when there is no git here.
# usage: names.sh [SOURCE_DIRECTORY]
cd "${1:-${srcdir:-.}}" || exit 99
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
n=0 bad=0

# What is in the tarball is also what git knows, give or take build products.
if [ -e .git ] && git ls-files -z >"$tmp/files" 2>"$tmp/git" &&
    [ -s "$tmp/files" ]; then
	:
else
	echo "# no git here: every file of the source directories is read"
	find lib cmd tests man po keys examples systemd ./*.md configure.ac \
	    Makefile.am demo.sh check.sh -type f -print0 >"$tmp/files" \
	    2>"$tmp/find"
fi
[ -s "$tmp/files" ] || { echo "Bail out! no file found"; exit 99; }

# report NAME FILE: fails when the file has lines, and shows them.
report()
{
	n=$((n + 1))
	if [ -s "$2" ]; then
		sed 's/^/# /' "$2"
		echo "not ok $n - $1"
		bad=1
	else
		echo "ok $n - $1"
	fi
}

tr '\0' '\n' <"$tmp/files" |
    grep -E '(^|/)(utils?|misc|commons?|helpers?|extern)(\.[^/]*)?(/|$)' >"$tmp/1"
report "no room or file without a noun" "$tmp/1"

# The brackets keep these lines from finding themselves.
xargs -0 grep -nIwE -e 'F[I]XME|T[O]DO|X[X]X' -- <"$tmp/files" >"$tmp/2" \
    2>"$tmp/err"
report "no work parked in the source" "$tmp/2"

xargs -0 grep -nIE -e '(^|[^A-Za-z0-9_.])/wor[k]/' -- <"$tmp/files" >"$tmp/3" \
    2>>"$tmp/err"
report "no path of a workplace" "$tmp/3"

# A tracked file that cannot be read would pass unseen.
grep -v 'Is a directory' "$tmp/err" >"$tmp/4"
report "every file could be read" "$tmp/4"
echo "1..$n"
exit $bad

#!/bin/sh
# Goal: the code layout at the end of README.md is the tree.  Every .c and .h
# file below lib, cmd and tests has its line (NAME.[ch] is two files); a
# directory named without any of its files stands for all of them; nothing is
# named that is gone.
# usage: layout.sh [SOURCE_DIRECTORY]
cd "${1:-${srcdir:-.}}" || exit 99
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
bad=0

# The lines of the section's code blocks; the path is the first word.
awk '/^## / { in_section = tolower($0) ~ /code layout/; next }
    !in_section { next }
    /^```/ { block = !block; next }
    block && NF && $1 !~ /^#/ { print $1 }' README.md >"$tmp/words"
[ -s "$tmp/words" ] || { echo "Bail out! README.md has no code layout"; exit 99; }
sed -n -e 's/^\(.*\)\.\[ch\]$/\1.c\
\1.h/p' -e t -e p "$tmp/words" >"$tmp/named"

while read -r path; do
	case $path in
	*/) [ -d "$path" ] ;;
	*) [ -f "$path" ] ;;
	esac || { echo "# README.md names $path, which is gone"; bad=1; }
done <"$tmp/named"
sort "$tmp/named" | uniq -d | sed 's/^/# named twice: /' | grep . && bad=1

find lib cmd tests -name '*.[ch]' | LC_ALL=C sort >"$tmp/files"
awk 'NR == FNR {
	if ($0 ~ /\/$/)
		dir[$0] = 1
	else {
		file[$0] = 1
		up = $0
		while (sub(/[^\/]*\/?$/, "", up) && up != "")
			listed[up] = 1
	}
	next
}
!($0 in file) {
	up = $0
	found = 0
	while (!found && sub(/[^\/]*\/?$/, "", up) && up != "")
		found = (up in dir) && !(up in listed)
	if (!found)
		print "# README.md does not name " $0
}' "$tmp/named" "$tmp/files" >"$tmp/missing"
[ -s "$tmp/missing" ] && { cat "$tmp/missing"; bad=1; }

[ $bad -eq 0 ] || printf 'not '
echo "ok 1 - README's code layout is the tree"
echo "1..1"
exit $bad

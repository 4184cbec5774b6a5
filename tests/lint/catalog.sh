#!/bin/sh
# Goal: nothing a person reads misses the catalogue.  po/POTFILES.in names every
# source that marks a message and no other; each catalogue is well formed and
# keeps the conversions of its originals.
# usage: catalog.sh [SOURCE_DIRECTORY]
cd "${1:-${srcdir:-.}}" || exit 99
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
LC_ALL=C export LC_ALL
n=0 bad=0

# verdict NAME FILE: fails when the file has lines, and shows them.
verdict()
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

grep -v -e '^#' -e '^$' po/POTFILES.in | sort >"$tmp/named"
find cmd lib -name '*.[ch]' ! -name intl.h -exec \
    grep -lE '(^|[^A-Za-z0-9_])N?_\(([^)]|$)' {} + | sort >"$tmp/marked"
comm -13 "$tmp/named" "$tmp/marked" >"$tmp/wrong"
verdict "po/POTFILES.in names every source with messages" "$tmp/wrong"
comm -23 "$tmp/named" "$tmp/marked" >"$tmp/wrong"
verdict "po/POTFILES.in names no other file" "$tmp/wrong"

# shellcheck disable=SC2013
for language in $(grep -v '^#' po/LINGUAS); do
	if command -v msgfmt >/dev/null 2>&1; then
		msgfmt --check --statistics -o /dev/null \
		    "po/$language.po" >"$tmp/wrong" 2>&1 && {
			sed 's/^/# /' "$tmp/wrong"
			: >"$tmp/wrong"
		}
		verdict "po/$language.po is well formed" "$tmp/wrong"
	else
		n=$((n + 1))
		echo "ok $n # SKIP msgfmt is absent: po/$language.po not read"
	fi
done
echo "1..$n"
exit $bad

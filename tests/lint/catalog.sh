#!/bin/sh
# Goal: nothing a person reads misses the catalogue.  po/POTFILES.in names every
# source that marks a message and no other; each catalogue is well formed, keeps
# the conversions of its originals, and translates every message of the tree.
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

# A catalogue is held against the messages of today's sources, not only against
# itself: a sentence reworded in the code leaves the old one translated.
template=
if command -v xgettext >/dev/null 2>&1 &&
    command -v msgmerge >/dev/null 2>&1 &&
    command -v msgattrib >/dev/null 2>&1; then
	template=$tmp/now.pot
	xgettext --keyword=_ --keyword=N_ --from-code=UTF-8 \
	    -f "$tmp/marked" -o "$template" || exit 99
fi

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
	if [ -n "$template" ]; then
		msgmerge -q -N -o "$tmp/merged.po" "po/$language.po" \
		    "$template" || exit 99
		# A fuzzy message, the header aside, is shown in English too.
		for state in untranslated only-fuzzy; do
			msgattrib --no-wrap --no-obsolete --$state \
			    "$tmp/merged.po" |
			    sed -n -e '/^#:/p' -e '/^msgid "..*"$/p' \
				>"$tmp/$state"
		done
		cat "$tmp/untranslated" "$tmp/only-fuzzy" >"$tmp/wrong"
		verdict "po/$language.po translates every message" "$tmp/wrong"
	else
		n=$((n + 1))
		echo "ok $n # SKIP gettext's tools are absent: po/$language.po" \
		    "not held against the sources"
	fi
done
echo "1..$n"
exit $bad

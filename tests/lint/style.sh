#!/bin/sh
# Goal: the numbers of STYLE.md are seen.  Warns of a function above 60 lines, a
# file above 600, a line above 80 columns; fails above 120 and 800.
# usage: style.sh [SOURCE_DIRECTORY]
cd "${1:-${srcdir:-.}}" || exit 99
LC_ALL=C export LC_ALL
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
find lib cmd tests -name '*.[ch]' | sort >"$tmp/files"
[ -s "$tmp/files" ] || { echo "Bail out! no source found"; exit 99; }

# "LINES FILE:LINE NAME" of each function, from its name to its brace.
if ctags --version 2>/dev/null | grep -q Universal; then
	ctags --quiet --languages=C --kinds-C=f --fields=+ne -o - \
	    -L "$tmp/files" 2>/dev/null |
	    awk -F '\t' '!/^!/ {
		line = end = 0
		for (i = 4; i <= NF; i++) {
			if ($i ~ /^line:/)
				line = substr($i, 6)
			if ($i ~ /^end:/)
				end = substr($i, 5)
		}
		print end - line + 1, $2 ":" line, $1
	    }' >"$tmp/functions"
else
	echo "# no Universal Ctags: functions are measured by their layout"
	# shellcheck disable=SC2016
	# KNF: the name begins a line, the braces stand in the first column.
	xargs awk '
	    /^[a-z_][A-Za-z0-9_]*\(/ { line = FNR; name = $0; open = 0 }
	    /^{/ { open = line > 0 }
	    /^}/ {
		if (open) {
			sub(/\(.*/, "", name)
			print FNR - line + 1, FILENAME ":" line, name
		}
		line = open = 0
	    }' <"$tmp/files" >"$tmp/functions"
fi
sort -rn "$tmp/functions" -o "$tmp/functions"
xargs wc -l <"$tmp/files" | awk '$2 != "total" { print $1, $2 }' |
    sort -rn >"$tmp/sizes"

# Columns are counted as a terminal shows them: tabs at 8, a character as one.
while read -r file; do
	tr -d '\200-\277' <"$file" | expand | awk -v file="$file" \
	    'length > 80 { print length, file ":" FNR }'
done <"$tmp/files" >"$tmp/wide"

awk '$1 > 60 { print "# function of " $1 " lines: " $3 " (" $2 ")" }' \
    "$tmp/functions"
awk '$1 > 600 { print "# file of " $1 " lines: " $2 }' "$tmp/sizes"
awk '{ print "# line of " $1 " columns: " $2 }' "$tmp/wide" | head -n 40

# Whole-line comments of what is not blank, in .c files.
grep '\.c$' "$tmp/files" | xargs awk '
    FNR == 1 { inside = 0 }
    NF == 0 { next }
    { all++ }
    inside { comment++; if (/\*\//) inside = 0; next }
    /^[ \t]*\/\*/ { comment++; if (!/\*\//) inside = 1 }
    END { if (all) printf("# comments in .c files: %d %%\n",
	100 * comment / all + 0.5) }'
awk -v longest="$(head -n 1 "$tmp/functions")" '
    { n++; over += $1 > 60 }
    END { printf("# %d functions, %d above 60 lines; longest: %s\n", n, over,
	longest) }' "$tmp/functions"
awk '{ n++; sum += $1; over += $1 > 600 }
    END { printf("# %d files, %d lines, %d above 600\n", n, sum, over) }' \
    "$tmp/sizes"
echo "# $(wc -l <"$tmp/wide") lines above 80 columns"

n=0 bad=0
# limit MAXIMUM WHAT FILE
limit()
{
	n=$((n + 1))
	if awk -v max="$1" '$1 > max { exit 1 }' "$3"; then
		echo "ok $n - no $2 above $1 lines"
	else
		echo "not ok $n - no $2 above $1 lines"
		bad=1
	fi
}
limit 120 function "$tmp/functions"
limit 800 file "$tmp/sizes"
echo "1..$n"
exit $bad

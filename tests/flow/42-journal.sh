#!/bin/sh
# Goal: the journal that the programs wrote verifies with sha256sum and the ten
# lines that the manual prints; both they and saksi find every edited, removed
# or swapped line; the index is rebuilt from the journal by one command.
. "${srcdir:-.}/tests/flow/lib.sh"

WORLD_DROP=file
world
send "$T/warga.csv" >"$T/out" 2>&1
receive >"$T/out" 2>&1
collect >"$T/out" 2>&1

# The lines between "# verify-journal" and the end of the literal block.
sed -n '/^# verify-journal/,/^\.Ed/p' "$srcdir/man/serahterima-journal.5" |
    sed -e '/^\.Ed/d' -e 's/\\e/\\/g' -e 's/\\&//g' >"$T/verify.sh"
lines=$(grep -cv '^#' "$T/verify.sh")
check 'the manual prints at most ten lines' [ "$lines" -gt 0 -a "$lines" -le 10 ]

by_hand() { # HOME
	(cd "$T/$1/journal" && sh "$T/verify.sh")
}
for p in kemlu kpu dukcapil; do
	expect 0 "$p: by hand" by_hand $p
	expect 0 "$p: by saksi" saksi --home "$T/$p" journal verify --json
done
expect_said 'and says how long it is' '"entries":'

file=$T/kpu/journal/000000000001.jsonl
cp "$file" "$T/whole"
total=$(wc -l <"$file")
broken() { # NAME
	status=0
	by_hand kpu >"$T/out" 2>"$T/err" || status=$?
	if [ $status -ne 0 ]; then
		ok "$1: found by hand"
	else
		not_ok "$1: found by hand"
	fi
	expect 3 "$1: found by saksi" saksi --home "$T/kpu" journal verify --json
	expect_code 304 "$1: with its code"
	cp "$T/whole" "$file"
}
sed '2s/"event":"[a-z]*"/"event":"nothing"/' "$T/whole" >"$file"
broken 'an edited line'
sed 3d "$T/whole" >"$file"
broken 'a removed line'
awk 'NR == 2 { held = $0; next } { print } NR == 3 { print held }' \
    "$T/whole" >"$file"
broken 'two swapped lines'
sed '2{p;}' "$T/whole" >"$file"
broken 'a repeated line'

# Cut at the end the chain itself is whole; the signed head knows better.
sed "${total}d" "$T/whole" >"$file"
expect 3 'the last line cut off: found by the signed head' \
    saksi --home "$T/kpu" journal verify --json
expect_code 304 'with its code'
cp "$T/whole" "$file"

# A torn last line is a write that nobody was told of: it heals.
printf '{"n":' >>"$file"
expect 0 'a torn last line: work goes on' receive
expect 0 'and the journal is whole' saksi --home "$T/kpu" journal verify

# ---- the index ----
terima --home "$T/kpu" status --json >"$T/before"
rm -f "$T/kpu/journal/index.sqlite"
expect 0 'rebuilt by one command' saksi --home "$T/kpu" journal index
terima --home "$T/kpu" status --json >"$T/after"
check 'with the same answers' cmp "$T/before" "$T/after"
rm -f "$T/kpu/journal/index.sqlite"
expect 0 'or by itself' terima --home "$T/kpu" status --json
check 'with the same answers, too' cmp "$T/before" "$T/out"
head -c 4096 /dev/urandom >"$T/kpu/journal/index.sqlite"
expect 0 'a damaged one is made anew' terima --home "$T/kpu" status --json
expect_said 'with the staged parcel' '"state":"staged"'
plan 30

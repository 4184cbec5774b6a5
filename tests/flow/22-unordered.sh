#!/bin/sh
# Goal of this test: whether an extract comes in the order of its key, nearly
# so, or in none, it is handed over as it is; and equal keys are found wherever
# they stand, on both sides of several blocks.

# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"
# shellcheck disable=SC2034
WORLD_DROP=file
world
mkdir "$T/late" "$T/none"
write_good 30000 >"$T/rows"
head -n 1 "$T/rows" >"$T/head"
tail -n +2 "$T/rows" >"$T/body"
# The last two change places.
{ head -n -2 "$T/rows"; tail -n 1 "$T/rows"; tail -n 2 "$T/rows" |
    head -n 1; } >"$T/late/warga.csv"
# By the last digits of the key: in no order of it.
{ cat "$T/head"; rev "$T/body" | sort -t ';' -k 5 | rev; } >"$T/none/warga.csv"
number=0
for order in late none; do
	number=$((number + 1))
	expect 0 "$order: sent" send "$T/$order/warga.csv"
	expect 0 "$order: received" receive
	expect_staged "$order: staged" $number "$T/$order/warga.csv"
	collect >/dev/null 2>&1
done

# One more row with the key of another: beside it, and far from it.
mkdir "$T/twice"
for order in rows late/warga.csv none/warga.csv; do
	{ cat "$T/$order"; sed -n 5p "$T/$order"; } >"$T/twice/warga.csv"
	expect 3 "$order: a row comes again at the end" \
	    serah --home "$T/kemlu" check --json $A/warga "$T/twice/warga.csv"
	expect_code 410 "$order: both rows are named"
	expect_json "$order: row 30002" 'any(.[]; .row == 30002)'
	sed '15000p' "$T/$order" >"$T/twice/warga.csv"
	expect 3 "$order: a row comes twice in the middle" \
	    serah --home "$T/kemlu" check --json $A/warga "$T/twice/warga.csv"
	expect_json "$order: row 15001" 'any(.[]; .row == 15001)'
done
plan 21

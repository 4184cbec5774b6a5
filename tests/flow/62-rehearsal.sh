#!/bin/sh
# Goal: a test goes the whole way and leaves no trace among production data: its
# own numbers, its own place on the drop and at the receiver; nobody can make
# one out of the other.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"
# shellcheck source=tests/flow/evidence.sh
. "$srcdir/tests/flow/evidence.sh"

WORLD_DROP='file'
world
stream=$DROP/$A/warga/KEMLU
tests=$DROP/$A/warga~test/KEMLU
saksi --home "$T/kemlu" agreement sample $A/warga --rows 200 \
    --out "$T/coba.csv" -q

# ---- there and back ----

expect 0 "a test is sent" send --test "$T/coba.csv"
expect_json "with a name of its own" \
    ".[-1].parcel == \"$A/warga~test/KEMLU/1\""
check "in a place of its own" test -d "$tests/00000001"
expect_absent "not production's" "$stream"
check "the manifest says so" eval \
    '[ "$(jq -r .purpose "$tests/00000001/manifest.json")" = test ]'
expect 0 "it is received" receive
expect_json "and staged" \
    ".[0].result == \"staged\" and .[0].parcel == \"$A/warga~test/KEMLU/1\""
check "apart" cmp "$T/coba.csv" \
    "$T/kpu/staged-test/$A/warga~test/KEMLU/00000001/coba.csv"
check "nothing is among production's" eval \
    '[ -z "$(find "$T/kpu/staged" -type f)" ]'
check "the receipt says test" eval 'jq -r .parcel \
    "$tests/00000001/receipt.KPU.staged.json" | grep -q "~test/"'
expect 0 "the receiver's list" terima --home "$T/kpu" list --json
expect_json "marks it" '.[0].purpose == "test" and
    (.[0].directory | contains("/staged-test/"))'
expect 0 "for people too" terima --home "$T/kpu" list
expect_said "by name and place" 'warga~test/KEMLU/1 .*/staged-test/'
expect 0 "the receipt is collected" serah --home "$T/kemlu" run
expect 0 "the sender's status" serah --home "$T/kemlu" status --json \
    "$A/warga~test/KEMLU/1"
expect_json "released, a test" '.[0].state == "released" and
    .[0].purpose == "test"'
expect 0 "its record" saksi --home "$T/kemlu" record "$A/warga~test/KEMLU/1"
expect_said "is no hand-over" 'a test: no data was handed over'

# ---- numbers of their own ----

expect 0 "then production" send "$T/warga.csv"
expect_json "begins at 1" ".[-1].parcel == \"$A/warga/KEMLU/1\""
expect 0 "another test" send --test "$T/coba.csv"
expect_json "is the second" ".[-1].parcel == \"$A/warga~test/KEMLU/2\""
expect 0 "both are received" receive
check "each where it belongs" test -d "$T/kpu/staged/$A/warga/KEMLU/00000001" \
    -a -d "$T/kpu/staged-test/$A/warga~test/KEMLU/00000002"
expect_absent "and nowhere else" "$T/kpu/staged/$A/warga/KEMLU/00000002" \
    "$T/kpu/staged/$A/warga~test"
expect 0 "journals hold" saksi --home "$T/kpu" journal verify
rm -f "$T/kpu/journal/index.sqlite"
expect 0 "the index made anew" terima --home "$T/kpu" list --json
expect_json "knows both" 'map(.parcel) | sort == ["'$A'/warga/KEMLU/1",
    "'$A'/warga~test/KEMLU/1", "'$A'/warga~test/KEMLU/2"]'

# ---- one made out of the other ----

expect 0 "a third test" send --test "$T/coba.csv"
cp -r "$tests/00000003" "$T/third"
mv "$tests/00000003" "$stream/00000002"
expect 3 "a test in production's place" receive
expect_code 205 "is refused: 205"
expect_said "and it is said why" 'it is a test'
expect_absent "it is not staged" "$T/kpu/staged/$A/warga/KEMLU/00000002" \
    "$T/kpu/staged-test/$A/warga~test/KEMLU/00000003"
rm -rf "$stream/00000002"
cp -r "$T/third" "$stream/00000002"
sed -i 's/"purpose": *"test"/"purpose": "production"/' \
    "$stream/00000002/manifest.json"
check "a manifest that is edited" grep -q '"production"' \
    "$stream/00000002/manifest.json"
expect 3 "is refused" receive
expect_code 201 "by its signature: 201"
rm -rf "$stream/00000002"
cp -r "$T/third" "$tests/00000003"
expect 0 "in its own place it is taken" receive
expect 0 "a second production parcel" send "$T/warga.csv"
mv "$stream/00000002" "$tests/00000004"
expect 3 "production in a test's place" receive
expect_code 205 "is refused: 205"
mv "$tests/00000004" "$stream/00000002"
expect 0 "and taken in its own" receive
plan 42

#!/bin/sh
# Goal of this test: parcels of a stream are taken once each, in their order, in
# one unbroken chain.  A replay changes nothing and gets the same answer, two
# manifests with one number are an alarm, a gap waits, a wrong chain is refused.

# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"
# shellcheck disable=SC2034
WORLD_DROP=file
world
for n in 500 600 700 800; do
	mkdir "$T/$n" && write_good $n >"$T/$n/warga.csv"
done
stream=$DROP/$A/warga/KEMLU
cp -a "$T/kemlu" "$T/backup"

# ---- replay ----

send "$T/500/warga.csv" >/dev/null 2>&1 || exit 99
cp -a "$(parcel_dir 1)" "$T/one"
expect 0 'parcel 1 is staged' receive
expect_staged 'parcel 1 is staged once' 1 "$T/500/warga.csv"
before=$(cat "$T/kpu"/journal/*.jsonl | sha256sum)
answers=$(sha256sum "$(parcel_dir 1)"/receipt.*)
staged=$(snapshot "$T/kpu/staged")
expect 0 'seen again: no work' receive
expect_json 'seen again: duplicate' 'map(.result) == ["duplicate"]'

# The drop is set back: payload again there, the answers gone.
rm -rf "$(parcel_dir 1)" && cp -a "$T/one" "$(parcel_dir 1)"
expect 0 'replayed: no work' receive
expect_json 'replayed: duplicate, 301' 'length == 1 and
    all(.[]; .result == "duplicate" and .code == 301)'
check 'replayed: the same answers, byte for byte' \
    [ "$answers" = "$(sha256sum "$(parcel_dir 1)"/receipt.*)" ]
check 'replayed: the payload is removed again' \
    [ ! -e "$(parcel_dir 1)/payload.tar.zst.age" ]
check 'replayed: staged as before' \
    [ "$staged" = "$(snapshot "$T/kpu/staged")" ]
check 'replayed: the journal as before' \
    [ "$before" = "$(cat "$T/kpu"/journal/*.jsonl | sha256sum)" ]

# Staged data was taken away by its users: a replay does not bring it back.
cp -a "$T/kpu" "$T/kpu.whole"
rm -rf "$(staged_dir 1)" "$(parcel_dir 1)" && cp -a "$T/one" "$(parcel_dir 1)"
expect 0 'replayed after the data was used up: no work' receive
expect_absent 'it does not come back' "$(staged_dir 1)"
rm -rf "$T/kpu" && mv "$T/kpu.whole" "$T/kpu"
collect >/dev/null 2>&1

# ---- two manifests, one number ----

# The sender's home is restored from a backup that knows nothing of parcel 1.
mv "$T/kemlu" "$T/kemlu.now" && cp -a "$T/backup" "$T/kemlu"
expect 3 'a restored sender: its own upload refuses' send "$T/600/warga.csv"
expect_code 302 'a restored sender: 302'
check 'the parcel on the drop is the first one' cmp \
    "$(parcel_dir 1)/manifest.json" "$T/one/manifest.json"
check 'no part of the second is on the drop' \
    [ -z "$(find "$stream" -name '.*.part')" ]

# The drop lost the first, so the second could be published.
mv "$(parcel_dir 1)" "$T/one.answered"
expect 0 'a restored sender and an empty drop: it is published' \
    serah --home "$T/kemlu" run --json
expect 3 'the receiver: refused' receive
expect_code 302 'the receiver: equivocation'
expect_said 'both are named' "$(sha256sum <"$T/one/manifest.json" |
    cut -c1-16).*$(sha256sum <"$(parcel_dir 1)/manifest.json" | cut -c1-16)"
check 'what is staged is the first' cmp "$(staged_dir 1)/warga.csv" \
    "$T/500/warga.csv"
check 'staged as before' [ "$staged" = "$(snapshot "$T/kpu/staged")" ]
check 'the alarm is in the journal' [ "$(noted kpu equivocation 1)" -eq 1 ]
check 'the second manifest is kept as evidence' cmp \
    "$T/kpu/refused/$A/warga/KEMLU/00000001.302/manifest.json" \
    "$(parcel_dir 1)/manifest.json"
check 'its signature too: it proves who signed twice' minisign -Vm \
    "$T/kpu/refused/$A/warga/KEMLU/00000001.302/manifest.json" \
    -p "$T/kemlu/keys/signing.pub"
expect_absent 'no "staged" for the second' \
    "$(parcel_dir 1)/receipt.KPU.staged.json"
expect 3 'looked at again: refused again' receive
check 'but noted once' [ "$(noted kpu equivocation 1)" -eq 1 ]
check 'status of parcel 1 is still staged' sh -c 'terima --home "$1" status \
    --json $2 | jq -e ".state == \"staged\""' - "$T/kpu" $A/warga/KEMLU/1
rm -rf "$(parcel_dir 1)" "$T/kemlu"
mv "$T/one.answered" "$(parcel_dir 1)" && mv "$T/kemlu.now" "$T/kemlu"

# ---- gaps ----

for n in 600 700 800; do
	send "$T/$n/warga.csv" >/dev/null 2>&1 || exit 99
done
mv "$(parcel_dir 2)" "$(parcel_dir 3)" "$T"
expect 4 'parcels 2 and 3 are missing: 4 waits' receive
expect_code 303 'parcels 2 and 3 are missing: 303'
expect_said 'both numbers are named' '2 to 3'
expect_unstaged 'parcels 2 and 3 are missing: 4 is not staged' 4
expect_absent 'a gap is no refusal: no receipt' "$(parcel_dir 4)"/receipt.*
mv "$T/00000002" "$(parcel_dir 2)"
expect 4 'parcel 2 comes: it is staged, 4 waits' receive
expect_said 'the missing number is named' 'number 3 is missing'
expect_staged 'parcel 2 is staged' 2 "$T/600/warga.csv"
expect_unstaged 'parcel 4 is not' 4
mv "$T/00000003" "$(parcel_dir 3)"
expect 0 'parcel 3 comes: both are taken' receive
expect_json 'in their order' 'map(select(.result == "staged").parcel) ==
    ["UJI-2026/warga/KEMLU/3", "UJI-2026/warga/KEMLU/4"]'
expect_staged 'parcel 3 is staged once' 3 "$T/700/warga.csv"
expect_staged 'parcel 4 is staged once' 4 "$T/800/warga.csv"

# ---- the chain ----

craft_begin
cp "$T/500/warga.csv" "$T/craft/warga.csv"
craft_page warga.csv
craft_tar contents.json warga.csv
chained() { # WHAT FILTER
	rm -rf "$(parcel_dir 5)"
	craft_seal 5 "$2"
	expect 3 "$1: refused" receive
	expect_code 304 "$1: 304"
	expect_unstaged "$1: nothing staged" 5
}
chained 'previous hash of nothing' '.previous = ("a" * 64)'
chained 'previous hash of parcel 3' '.previous = "'"$(sha256sum \
    <"$(parcel_dir 3)/manifest.json" | cut -c1-64)"'"'
rm -rf "$(parcel_dir 5)"
send "$T/600/warga.csv" >/dev/null 2>&1 || exit 99
expect 0 'the true parcel 5 is taken: a wrong one did not use its number up' \
    receive
expect_staged 'parcel 5 is staged once' 5 "$T/600/warga.csv"
expect 0 'the sender collects' collect
check 'and has nothing left in the outbox' \
    [ -z "$(find "$T/kemlu/outbox" -type f)" ]
check "the sender's journal verifies" saksi --home "$T/kemlu" journal verify

plan 53

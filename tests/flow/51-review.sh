#!/bin/sh
# Goal of this test: what went wrong in a review stays mended: a step that fails
# is never "done", a parcel given up leaves nothing on the drop, what was begun
# and interrupted is ended by the next run.

# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"

# ---- the command line, and what a failure says of itself ----

escape=$(printf 'a\033b')
expect 2 'a name with control bytes makes no home' saksi --home "$T/none" \
    init --party X --name "$escape" --no-passphrase
expect_said 'and the reason is told' 'printable'
expect_absent 'nothing is made' "$T/none"
make_party kemlu KEMLU Kemlu || exit 99
if [ -c /dev/full ]; then
	full() {
		"$@" >/dev/full
	}
	expect 1 'lost text output is a failure' full saksi --home "$T/kemlu" \
	    card
	expect 1 'lost JSON output is a failure' full saksi --home "$T/kemlu" \
	    --json card
else
	ok 'lost text output # SKIP no /dev/full'
	ok 'lost JSON output # SKIP no /dev/full'
fi
expect 2 'an unknown letter in a cluster' saksi -xq
expect_said 'the letter is named, not the program' ' -x is no option'
expect 2 'an unknown letter behind the command' saksi card -qx
expect_said 'the letter is named, not the command' ' -x is no option'


# ---- receipts: mended until it is done, and one never silences another ----

rm -rf "$T/kemlu" "$T/kemlu.card.json"*
# shellcheck disable=SC2034
WORLD_DROP=file
world
away() { # the drop cannot be reached
	mv "$DROP" "$T/away"
}
back() {
	rm -rf "$DROP" && mv "$T/away" "$DROP"
}

send "$T/warga.csv" >/dev/null 2>&1 || exit 99
d=$(parcel_dir 1)
cp "$d/payload.tar.zst.age" "$T/good.age"
flip "$d/payload.tar.zst.age" 300
receive >"$T/said" 2>&1
[ -e "$d/receipt.KPU.refused.json" ] || exit 99
# The upload that mends cannot be made: a directory stands in its place.
mkdir "$d/payload.tar.zst.age.part"
expect 1 'a damaged payload that cannot be mended now' collect
check 'the refusal is not settled' [ "$(noted kemlu receipt 1)" -le 1 ]
rmdir "$d/payload.tar.zst.age.part"
expect 0 'the next run mends it' collect
expect_json 'and says so' 'any(.[]; .result == "mended")'
check 'the payload is whole again' cmp "$T/good.age" "$d/payload.tar.zst.age"
expect 0 'and once' collect
expect_json 'it waits for the receipt' 'any(.[]; .result == "refused")'
check 'mended once' [ "$(noted kemlu mended 1)" -eq 1 ]
receive >"$T/said" 2>&1 || exit 99

# "received" sorts before "staged": the bad one comes first.
cp -a "$d" "$T/true"
send "$T/warga.csv" >/dev/null 2>&1 || exit 99
d2=$(parcel_dir 2)
receive >"$T/said" 2>&1 || exit 99
flip "$d2/receipt.KPU.received.json" 100
expect 5 'a bad receipt is told' collect
expect_code 201 'with its code'
check 'and keeps no good one out' [ "$(cat "$T/kemlu"/journal/*.jsonl |
    jq -s 'map(select(.stage == "staged")) | length')" -eq 2 ]
check 'the sealed copy stays until all is clear' [ -s \
    "$T/kemlu/outbox/$A/warga/KEMLU/00000002/payload.tar.zst.age" ]
rm "$d2/receipt.KPU.received.json"
expect 0 'without it the parcel is let go' collect

send "$T/warga.csv" >/dev/null 2>&1 || exit 99
receive >"$T/said" 2>&1 || exit 99
mv "$(parcel_dir 3)/receipt.KPU.staged.json.minisig" "$T/late.minisig"
expect 0 'a receipt whose signature is still to come' collect
expect_json 'is waited for' 'any(.[]; .result == "waiting")'
mv "$T/late.minisig" "$(parcel_dir 3)/receipt.KPU.staged.json.minisig"
expect 0 'and taken when it is there' collect
expect_json 'acknowledged' 'any(.[]; .result == "acknowledged")'

# ---- where to, and under which paper ----

expect 2 'a URL that is none is found before anything is sealed' send \
    --to http://drop.example/x "$T/warga.csv"
check 'nothing is sealed' [ -z "$(find "$T/kemlu/outbox" -type f)" ]
expect 2 'the same for run' serah --home "$T/kemlu" run --to x

away
expect 4 'sealed while the drop is away' send "$T/warga.csv"
write_paper ".version = 2 | .replaces = \"$(sha256sum \
    <"$T/paper/agreement.json" | cut -c1-64)\" |
    .datasets[0].to = [\"DUKCAPIL\"]" && rm "$T"/paper/*.minisig &&
    sign_paper kemlu kpu dukcapil && import_paper || exit 99
back
expect 3 'a parcel of a paper that was replaced does not leave' collect
expect_code 101 'it says why'
expect_absent 'nothing of it on the drop' "$(parcel_dir 4)"
check 'not even hidden' [ -z "$(find "$DROP" -name '.*.part')" ]

plan 34

#!/bin/sh
# Goal of this test: a receiver that was cut short between two steps, or whose
# drop changes bytes under its hands, still comes to one end, and tells it.
#
# A crash is made by taking away what a run does after the point of the crash:
# the journal's last entries, or files.

# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"
# shellcheck disable=SC2034
WORLD_DROP=file
world
write_good 500 >"$T/small.csv"
mkdir "$T/two" && mv "$T/small.csv" "$T/two/warga.csv"
kept=$T/kpu/records/$A/warga/KEMLU
fresh() { # NUMBER: the receipt of a stage is there, signed
	minisign -Vm "$(parcel_dir "$1")/receipt.KPU.$2.json" \
	    -p "$T/kpu/keys/signing.pub"
}

# Takes the last entries of the receiver's journal away, from an event on.
cut_journal() { # EVENT
	file=$(find "$T/kpu/journal" -name '0*.jsonl' | sort | tail -n 1)
	n=$(grep -n "\"event\":\"$1\"" "$file" | tail -n 1 | cut -d: -f1)
	head -n $((n - 1)) "$file" >"$T/cut" && cat "$T/cut" >"$file"
	rm -f "$T/kpu/journal"/head.json* "$T/kpu/journal"/index.sqlite*
}

# ---- a crash between "staged" in the journal and the receipt ----

send "$T/warga.csv" >/dev/null 2>&1 || exit 99
cp -a "$(parcel_dir 1)" "$T/one"
expect 0 'parcel 1 is staged' receive
rm -rf "$(parcel_dir 1)" && cp -a "$T/one" "$(parcel_dir 1)"
rm "$kept/00000001"/receipt.KPU.staged.*
mkdir -p "$T/kpu/inbox/$A/warga/KEMLU/00000001"
cp "$T/one/payload.tar.zst.age" \
    "$T/kpu/inbox/$A/warga/KEMLU/00000001/payload.part"
expect 0 'staged on record, no receipt yet: the next run ends well' receive
check 'it gives the receipt' fresh 1 staged
check 'with the rows that were counted' jq -e '.rows == 1000' \
    "$(parcel_dir 1)/receipt.KPU.staged.json"
expect_staged 'nothing is left in the inbox' 1 "$T/warga.csv"

# ---- a crash between the receipt and its signature on the drop ----

flip "$(parcel_dir 1)/receipt.KPU.staged.json.minisig" 100
expect 0 'a damaged signature on the drop' receive
check 'is put right' fresh 1 staged
rm "$(parcel_dir 1)/receipt.KPU.staged.json.minisig"
expect 0 'a lost signature' receive
check 'is put there again' fresh 1 staged
expect 0 'the sender collects' collect

# ---- a crash around a refusal for good ----

craft_begin
write_good 50 | sed '7s/;A;/;X;/;7s/;B;/;X;/' >"$T/craft/warga.csv"
craft_page warga.csv '.files[0].totals[1].values |= with_entries(select(
    .key == "A" or .key == "B"))'
craft_tar contents.json warga.csv
craft_seal 2
expect 3 'parcel 2 is refused for good' receive
expect_code 402 'for a value'
expect_absent 'the inbox keeps nothing of it' \
    "$T/kpu/inbox/$A/warga/KEMLU/00000002"
told=$(jq -c .refusal "$(parcel_dir 2)/receipt.KPU.refused.json")

cut_journal refused
rm -f "$kept/00000002"/receipt.KPU.refused.* \
    "$(parcel_dir 2)"/receipt.KPU.refused.*
expect 3 'cut short before the journal had it: refused again' receive
check 'now the journal has it' [ "$(noted kpu refused 2)" -eq 1 ]
check 'its receipt lies there' fresh 2 refused

rm -f "$kept/00000002"/receipt.KPU.refused.* \
    "$(parcel_dir 2)"/receipt.KPU.refused.*
expect 3 'cut short before the receipt: found once more' receive
check 'the receipt lies there' fresh 2 refused
check 'and tells as much as the first one' [ "$told" = "$(jq -c .refusal \
    "$(parcel_dir 2)/receipt.KPU.refused.json")" ]
check 'noted once' [ "$(noted kpu refused 2)" -eq 1 ]
expect 0 'from then on it is a duplicate' receive

# ---- a drop that takes no receipts ----

craft_begin
cp "$T/two/warga.csv" "$T/craft/warga.csv"
craft_page warga.csv
craft_tar contents.json warga.csv
craft_seal 3
mkdir "$(parcel_dir 3)/receipt.KPU.received.json" \
    "$(parcel_dir 3)/receipt.KPU.staged.json"
receive >"$T/out" 2>"$T/err"
expect_json 'the drop takes no receipt: staged all the same' 'any(.[];
    .parcel == "UJI-2026/warga/KEMLU/3" and .result == "staged" and
    .rows == 500)'
expect_json 'and the trouble is told' 'any(.[]; .subject ==
    "UJI-2026/warga/KEMLU/3")'
check 'it is noted once' [ "$(noted kpu staged 3)" -eq 1 ]
rmdir "$(parcel_dir 3)/receipt.KPU.received.json" \
    "$(parcel_dir 3)/receipt.KPU.staged.json"
expect 0 'the drop takes receipts again: no more trouble' receive
check 'the first receipt is made good' fresh 3 received
check 'and the second' fresh 3 staged
expect_staged 'parcel 3 is staged once' 3 "$T/two/warga.csv"

# ---- names that are ours ----

for n in 4 5; do
	file=manifest.json
	[ $n -eq 4 ] || file=Load.SQL
	craft_begin
	write_good 50 >"$T/craft/warga.csv"
	cp "$T/craft/warga.csv" "$T/craft/$file"
	craft_page "$file"
	craft_tar contents.json "$file"
	craft_seal $n
	expect 3 "a data file named $file: refused" receive
	expect_code 406 "a data file named $file: 406"
	expect_unstaged "a data file named $file: nothing staged" $n
done

# ---- one good parcel at the end: the stream goes on ----

craft_begin
cp "$T/two/warga.csv" "$T/craft/warga.csv"
craft_page warga.csv
craft_tar contents.json warga.csv
craft_seal 6
expect 0 'parcel 6 is taken' receive
expect_staged 'parcel 6 is staged once' 6 "$T/two/warga.csv"
check "the receiver's journal verifies" saksi --home "$T/kpu" journal verify

plan 37

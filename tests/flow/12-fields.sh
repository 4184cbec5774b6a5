#!/bin/sh
# Goal: what the agreement demands beside the rows: agreed manifest fields, the
# data set, the direction, the limits; asked before the data is read, and asked
# again by the receiver of whoever did not.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"
# shellcheck source=tests/flow/evidence.sh
. "$srcdir/tests/flow/evidence.sh"

# "warga" as ever; "kecil" is small; "balik" goes the other way; "batch" wants
# more fields.
WORLD_DROP='file'
world '.datasets += [
    (.datasets[0] | .id = "kecil" | .limits = {rows: 10, bytes: 800}),
    (.datasets[0] | .id = "balik" | .from = "KPU" | .to = ["KEMLU"]),
    (.datasets[0] | .id = "batch" | .manifest_fields += [
	{name: "batch", type: "integer",
	 constraints: {required: true, minimum: 1}},
	{name: "bulan", type: "date", format: "%Y-%m-%d"}])]'

serah_send() { # DATASET ARGUMENT...
	dataset=$1
	shift
	serah --home "$T/kemlu" send --json "$A/$dataset" "$@"
}

# ---- agreed manifest fields ----

refused 107 "no field" serah_send warga "$T/warga.csv"
expect_said "it is named, with its clause" \
    'datasets\[warga\]\.manifest_fields\[surat\]'
refused 107 "a field against its pattern" serah_send warga \
    --field surat=rahasia-2026 "$T/warga.csv"
check "the value is not said" eval \
    '! cat "$T/out" "$T/err" | grep -q rahasia-2026'
refused 107 "an empty field" serah_send warga --field surat= "$T/warga.csv"
refused 107 "a field too many" serah_send warga --field surat=1/UJI \
    --field nomor=2 "$T/warga.csv"
expect_said "it is named" 'nomor'
refused 107 "a field in other letters" serah_send warga \
    --field Surat=1/UJI "$T/warga.csv"
refused 107 "a value of two lines" serah_send warga --field "surat=1/UJI
" "$T/warga.csv"
remember
expect 2 "a field without a value" serah_send warga --field surat \
    "$T/warga.csv"
expect 2 "a value without a field" serah_send warga --field =1/UJI \
    "$T/warga.csv"
expect_unchanged "neither"
remember
status=0
serah_send warga --field surat=1/UJI --field surat=2/UJI "$T/warga.csv" \
    >"$T/out" 2>"$T/err" || status=$?
check "a field twice: refused" test "$status" -eq 2 -o "$status" -eq 3
expect_unchanged "a field twice"

refused 107 "one of two fields missing" serah_send batch \
    --field surat=1/UJI "$T/warga.csv"
refused 107 "a number that is none" serah_send batch --field surat=1/UJI \
    --field batch=dua "$T/warga.csv"
refused 107 "a number too small" serah_send batch --field surat=1/UJI \
    --field batch=0 "$T/warga.csv"
refused 107 "a day that does not exist" serah_send batch \
    --field surat=1/UJI --field batch=1 --field bulan=2026-02-30 \
    "$T/warga.csv"
# Found before the data is even looked at: this file is no CSV of ours.
echo 'x' >"$T/none.csv"
refused 107 "the field comes before the data" serah_send warga "$T/none.csv"
expect 0 "all fields good" serah_send batch --field surat=1/UJI \
    --field batch=12 --field bulan=2026-02-28 "$T/warga.csv"
check "they are in the manifest" jq -e '.fields == {surat: "1/UJI",
    batch: "12", bulan: "2026-02-28"}' \
    "$DROP/$A/batch/KEMLU/00000001/manifest.json"
expect 0 "one that may be missing is missing" serah_send batch \
    --field surat=1/UJI --field batch=13 "$T/warga.csv"
expect 0 "received" receive
check "and staged" cmp "$T/warga.csv" \
    "$T/kpu/staged/$A/batch/KEMLU/00000002/warga.csv"

# ---- data set and direction ----

refused 104 "a data set unknown" serah_send lain --field surat=1/UJI \
    "$T/warga.csv"
refused 105 "the other side's data set" serah_send balik \
    --field surat=1/UJI "$T/warga.csv"
kpu_send() {
	serah --home "$T/kpu" send --json --field surat=1/UJI "$@"
}
refused 105 "the receiver sends" kpu_send $A/warga "$T/warga.csv"
expect_said "clause and both names are said" \
    'KEMLU sends warga, and we are KPU.*datasets\[warga\]\.from'
expect_absent "no outbox either" "$T/kpu/outbox/$A"
remember
expect 2 "no data set" serah --home "$T/kemlu" send $A "$T/warga.csv"
expect 2 "one that climbs" serah --home "$T/kemlu" send $A/../warga \
    "$T/warga.csv"
expect 2 "no file" serah --home "$T/kemlu" send $A/warga
expect 1 "a file that is not there" send "$T/missing.csv"
expect 2 "a directory" send "$T/paper"
cp "$T/warga.csv" "$T/data warga.csv"
expect 2 "a name with a space" send "$T/data warga.csv"
cp "$T/warga.csv" "$T/contents.json"
expect 2 "a name that is ours" send "$T/contents.json"
expect 2 "a file twice" send "$T/warga.csv" "$T/warga.csv"
expect_unchanged "nine wrong command lines"
expect 0 "what goes back may go back" kpu_send $A/balik "$T/warga.csv"
expect 0 "and is taken" terima --home "$T/kemlu" run --json
check "whole" cmp "$T/warga.csv" \
    "$T/kemlu/staged/$A/balik/KPU/00000001/warga.csv"

# ---- limits ----

small() {
	serah_send kecil --field surat=1/UJI "$@"
}
write_good 11 >"$T/eleven.csv"
refused 106 "a row too many" small "$T/eleven.csv"
expect_said "the clause is said" 'datasets\[kecil\]\.limits\.rows'
write_good 6 >"$T/six.csv"
write_good 10 | sed 1d | sed -n '1,5p' >"$T/five.rows"
{ head -n 1 "$T/six.csv" && sed 's/^0/1/' "$T/five.rows"; } >"$T/five.csv"
refused 106 "too many in two files" small "$T/six.csv" "$T/five.csv"
write_good 3 | sed 's/CONTOH/CONTOH-DENGAN-NAMA-YANG-AGAK-PANJANG/' \
    >"$T/long.csv"
for i in 4 5 6 7 8 9 10; do
	printf '%08d;CONTOH-DENGAN-NAMA-YANG-AGAK-PANJANG %d;%s\n' $i $i \
	    '01-01-1970;A;1' >>"$T/long.csv"
done
refused 106 "too many bytes" small "$T/long.csv"
expect_said "the clause is said" 'datasets\[kecil\]\.limits\.bytes'
write_good 10 >"$T/ten.csv"
checked() { # FILE STATUS
	status=0
	serah --home "$T/kemlu" check --json $A/kecil "$1" >"$T/out" \
	    2>"$T/err" || status=$?
	[ $status -eq "$2" ]
}
check "check says so too" checked "$T/long.csv" 3
check "and that ten rows are few enough" checked "$T/ten.csv" 0
expect 0 "exactly ten rows" small "$T/ten.csv"

# ---- the receiver asks again ----

crafted() { # CODE NAME FILTER
	rm -rf "$(parcel_dir 1)" && craft_begin &&
	    cp "$T/ten.csv" "$T/craft/" && craft_page ten.csv &&
	    craft_tar contents.json ten.csv && craft_seal 1 "$3"
	rm -rf "$T/kpu" && cp -r "$T/kpu.before" "$T/kpu"
	expect 3 "$2: receive" receive
	expect_code "$1" "$2: code $1"
	expect_unstaged "$2: nothing is opened" 1
	check "$2: not even fetched" test -z \
	    "$(find "$T/kpu/inbox" -type f)"
}
expect 0 "all before" receive
cp -r "$T/kpu" "$T/kpu.before"
crafted 107 "a parcel without its field" '.fields = {}'
crafted 107 "a parcel with a field too many" '.fields.nomor = "2"'
crafted 107 "a parcel with a wrong field" '.fields.surat = "UJI"'
crafted 106 "a parcel that says it has too many rows" '.rows = 2000001'
crafted 106 "a parcel that says it is too large" \
    '.payload.unpacked_bytes = 200000001'
crafted 105 "a parcel to one more" '.recipients += ["DUKCAPIL"]'
rm -rf "$(parcel_dir 1)" "$T/kpu" && cp -r "$T/kpu.before" "$T/kpu"
expect 0 "the sender's own" send "$T/ten.csv"
expect 0 "is taken" receive
check "whole" cmp "$T/ten.csv" "$(staged_dir 1)/ten.csv"
plan 111

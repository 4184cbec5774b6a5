#!/bin/sh
# Goal: one source, read once, leaves as several parcels, each as its own data
# set allows; one that is refused holds back all of them; and a mistake on the
# command line is found before the data.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"

WORLD_DROP='file'
world '.datasets += [.datasets[0] | .id = "jeddah" | .extra_columns = "drop" |
	.mask = {nama: "star"} | .only = {status: ["B"]} |
	.manifest_fields = []] |
    .datasets += [.datasets[0] | .id = "ringkas" | .extra_columns = "drop" |
	.schema = {fields: [{name: "id", type: "string"}]} | .totals = [] |
	.manifest_fields += [{name: "jenis", type: "string"}]]'
x=$T/warga.csv
awk -F';' -v OFS=';' 'NR == 1 || $4 == "B" {
	if (NR > 1) gsub(/./, "*", $2)
	print }' "$x" >"$T/jeddah.csv"
cut -d';' -f1 "$x" >"$T/ringkas.csv"

three() {
	serah --home "$T/kemlu" send "$@" --field surat=1/UJI $A/warga \
	    --also $A/jeddah --also $A/ringkas "$x"
}
staged() {
	printf '%s/kpu/staged/%s/%s/KEMLU/%08d/warga.csv' "$T" $A "$1" "$2"
}
sealed() {
	find "$T/kemlu/outbox" "$DROP" -name 'manifest.json' | wc -l
}

# ---- one is refused, nothing leaves ----

cp "$x" "$T/good"
sed -i '500s/.*/00000499;;01-01-1990;A;1/' "$x"
expect 3 'a row that one data set refuses' three --json
expect_json 'it is named' 'any(.[]; .code == 402 and .row == 500)'
expect_said 'of which data set' 'datasets.warga.'
check 'nothing was sealed' test "$(sealed)" -eq 0
expect 3 'to people' three
expect_said 'the data set is named' "as $A/warga:"
cp "$T/good" "$x"

# ---- mistakes before the data ----

expect 2 'a data set twice' serah --home "$T/kemlu" send --field surat=1/UJI \
    $A/warga --also $A/warga "$x"
expect 3 'no such data set' serah --home "$T/kemlu" send --json \
    --field surat=1/UJI $A/warga --also $A/lain "$x"
expect_code 104 'with code 104'
expect 3 'a field that nobody asks for' three --json --field lain=1
expect_code 107 'with code 107'
expect 2 'a report of several' three --report "$T/report.csv"
check 'still nothing was sealed' test "$(sealed)" -eq 0

# ---- all leave ----

expect 0 'three parcels of one source' three --json --field jenis=ringkas
expect_json 'one line a parcel' '[.[].parcel] == ["UJI-2026/warga/KEMLU/1",
    "UJI-2026/jeddah/KEMLU/1", "UJI-2026/ringkas/KEMLU/1"]'
expect 0 'received' receive
check 'the whole' cmp "$(staged warga 1)" "$x"
check 'the masked rows of one' cmp "$(staged jeddah 1)" "$T/jeddah.csv"
check 'one column' cmp "$(staged ringkas 1)" "$T/ringkas.csv"
expect 0 'receipts' collect
expect 0 'a second time' three --json --field jenis=x
expect_json 'each stream has its own number' 'all(.[].parcel; endswith("/2"))'
expect 0 'received' receive
check 'the masked rows again' cmp "$(staged jeddah 2)" "$T/jeddah.csv"

plan 24

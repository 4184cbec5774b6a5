#!/bin/sh
# Goal: rules across columns refuse an extract; what is only a warning is told
# by row, column and rule, never by value, refuses nothing, stands in
# contents.json, is counted again by the recipient, and its number comes back
# in the signed receipt, also when that has to be written a second time.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"

WORLD_DROP='file'
world '.datasets[0].schema.fields += [{name: "nik", type: "string"},
	{name: "jk", type: "string", constraints: {enum: ["L", "P"]}},
	{name: "tiba", type: "date"}, {name: "pulang", type: "date"}] |
    .datasets[0].rules = [
	{nik: "nik", birth_date: "tanggal", sex: "jk"},
	{not_before: ["pulang", "tiba"]},
	{required_when: {column: "tiba", when: "status", is: ["A"]}},
	{at_least_one: ["nik", "nilai"], level: "warning"}]'
mkdir "$T/x"
x=$T/x/warga.csv
head='id;nama;tanggal;status;nilai;nik;jk;tiba;pulang'
nik=3273010101809001

file_check() {
	serah --home "$T/kemlu" check "$@" $A/warga "$x"
}

found() { # RESULT
	jq -r --arg result "$1" 'select(.result == $result) |
	    "\(.row) \(.column // "-") \(.rule)"' "$T/out"
}

# ---- errors ----

printf '%s\n' "$head" \
    "00000001;A;01-01-1980;B;1;327301010180900;L;;" \
    "00000002;A;01-01-1980;B;1;$nik;L;2026-02-01;2026-01-31" \
    "00000003;A;01-01-1980;A;1;$nik;L;;" \
    "00000004;A;02-01-1980;B;;$nik;P;;" >"$x"
expect 3 "rules are broken" file_check --json
check "each is found" [ "$(found fault)" = "2 nik nik
3 pulang not_before
4 tiba required_when" ]
check "what is a warning is none of them" [ "$(found warning)" = \
    "5 nik nik_birth_date
5 nik nik_sex" ]
check "a warning has no code" jq -se 'map(select(.result == "warning")) |
    length == 2 and all(has("code") | not) and
    .[0].clause == "datasets[warga].rules[1]"' "$T/out"
check "no value is told" sh -c '! grep -q 32730101 "$1"' - "$T/out"
expect 3 "to people" file_check
expect_said "faults first" 'rules\[2\]'
expect_said "then warnings" '^warning: the NIK tells another sex'
expect 3 "nor is it sent" send "$x"
expect_code 402 "refused with 402"
check "nothing lies on the drop" [ ! -e "$(parcel_dir 1)" ]

# ---- warnings ----

{
	printf '%s\n' "$head" "00000001;A;02-01-1980;B;1;$nik;L;;" \
	    "00000002;A;01-01-1980;B;;;L;;"
	awk -v nik=$nik 'BEGIN { for (i = 3; i < 5000; i++)
	    printf "%08d;A;01-01-1980;A;1;%s;%s;2026-01-01;\n", i, nik,
	    i % 10 == 0 ? "P" : "L" }'
} >"$x"
expect 0 "warnings refuse nothing" file_check
expect_said "the first is told" 'row 2, column nik, rule nik_birth_date'
expect_said "and how many more" '481 warnings more'
expect_said "by column and rule" '499  nik  nik_sex'
expect 0 "to scripts" file_check --json
expect_json "all are counted" '.[-1].result == "ok" and
    (.[-1].files[0].warnings | map("\(.column) \(.rule) \(.count)")) ==
    [" at_least_one 1", "nik nik_birth_date 1", "nik nik_sex 499"]'
expect 0 "quietly" file_check -q
check "nothing is said then" [ ! -s "$T/out" ]
expect 0 "sent" serah --home "$T/kemlu" send --field surat=1/UJI $A/warga "$x"
expect_said "people are told of them" '501 warnings, which refuse nothing'
expect 0 "received" receive
expect_json "staged" '.[0].result == "staged" and .[0].rows == 4999'
staged=$(staged_dir 1)
check "contents.json has them" jq -e '.files[0].warnings ==
    [{column: "", rule: "at_least_one", count: 1},
     {column: "nik", rule: "nik_birth_date", count: 1},
     {column: "nik", rule: "nik_sex", count: 499}]' "$staged/contents.json"
receipt=$(parcel_dir 1)/receipt.KPU.staged.json
check "the receipt says how many" jq -e '.warnings == 501' "$receipt"
check "which, the hub does not learn" sh -c '! grep -q nik_ "$1"' - "$receipt"
check "the journal has it" sh -c 'cat "$1"/kpu/journal/*.jsonl |
    jq -se "map(select(.event == \"staged\"))[0].warnings == 501"' - "$T"
expect 0 "collected" collect
expect 0 "the record" saksi --home "$T/kemlu" record --json $A/warga/KEMLU/1
expect_json "it names them" '.[0].files[0].warnings[2].count == 499'
expect 0 "the record on paper" saksi --home "$T/kemlu" record $A/warga/KEMLU/1
expect_said "it names them, too" '499: nik_sex nik'

# ---- a receipt that has to be written again ----

find "$T/kpu" -name 'receipt.KPU.staged.json*' -exec rm -f {} +
rm -f "$receipt" "$receipt.minisig"
rm -f "$T"/kpu/journal/index.sqlite*
expect 0 "asked again" receive
check "answered again, with as many" jq -e '.warnings == 501' "$receipt"

# ---- rules that nobody could keep ----

write_paper '.datasets[0].rules = [{nik: "id", sex: "status"}]'
expect 3 "a rule that can never hold" saksi agreement check \
    "$T/paper/agreement.json"
expect_said "its place is named" 'rules\[1\]\.male'
plan 36

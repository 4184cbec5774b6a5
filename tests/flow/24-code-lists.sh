#!/bin/sh
# Goal: a column is held against a code list that the agreement names by its
# hash, at the sender and again at the recipient; a list that is missing, other
# or damaged is told before any row is read, is never held against a parcel, and
# is mended by taking the agreement in again.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"

WORLD_DROP='file'
mkdir -p "$T/paper/lists" "$T/x"
list=$T/paper/lists/negara.csv
printf '%s\n' 'alpha3,nama' 'IDN,Indonesia' 'MYS,Malaysia' \
    'SAU,"Arab ""Saudi"""' >"$list"
hash=$(sha256sum <"$list" | cut -d' ' -f1)
world '.code_lists = [{id: "negara", sha256: "'"$hash"'",
	title: "Negara, contoh", edition: "2026"}] |
    .datasets[0].schema |= (.fields += [{name: "negara", type: "string"},
	{name: "asal", type: "string"}] |
	.foreignKeys = [{fields: ["negara"], reference:
	 {resource: "list:negara", fields: ["alpha3"]}},
	 {fields: "asal", reference:
	 {resource: "list:negara", fields: "nama"}}])'
x=$T/x/warga.csv
head='id;nama;tanggal;status;nilai;negara;asal'
kept=agreements/$A/lists/$hash.csv

file_check() {
	serah --home "$T/kemlu" check "$@" $A/warga "$x"
}

import() { # HOME
	saksi --home "$T/$1" agreement import "$T/paper"
}

for p in kemlu kpu dukcapil; do
	check "$p has the list under its hash" cmp "$list" "$T/$p/$kept"
done

# ---- cells ----

printf '%s\n' "$head" '00000001;A;;B;1;IDN;"Arab ""Saudi"""' \
    '00000002;A;;B;1;SGP;' '00000003;A;;B;1;;Indonesia' \
    '00000004;A;;B;1;idn;MYS' >"$x"
expect 3 "codes that are not in the list" file_check --json
check "each is found" [ "$(jq -r 'select(.result == "fault") |
    "\(.row) \(.column) \(.rule) \(.code)"' "$T/out")" = \
    "3 negara foreignKey 402
5 negara foreignKey 402
5 asal foreignKey 402" ]
expect_json "with the clause" 'any(.[];
    .clause == "datasets[warga].schema.foreignKeys")'
expect 3 "to people" file_check
expect_said "the list is named" 'the value is not in the code list negara'
check "no value is told" sh -c '! grep -q SGP "$1"' - "$T/out"
expect 3 "nor is it sent" send "$x"
expect_code 402 "refused with 402"

{
	printf '%s\n' "$head"
	awk 'BEGIN { for (i = 1; i <= 3000; i++)
	    printf "%08d;A;;A;1;%s;\n", i, i % 2 ? "MYS" : "SAU" }'
} >"$x"
expect 0 "codes that are" file_check
expect 0 "sent" send "$x"

# ---- our own list is damaged: the parcel waits for us ----

printf 'SGP,Singapura\n' >>"$T/kpu/$kept"
before=$(find "$DROP" -type f | sort)
expect 1 "the recipient's list is another" receive
expect_said "and says so" 'code list negara is missing here or damaged'
expect_unstaged "nothing is staged" 1
check "nothing is answered" [ "$(find "$DROP" -type f | sort)" = "$before" ]
rm "$T/kpu/$kept"
expect 1 "it is gone" receive
expect_said "the same words" 'code list negara is missing here or damaged'
expect 0 "taken in again" import kpu
check "the list is back" cmp "$list" "$T/kpu/$kept"
expect 0 "now it is received" receive
expect_json "and staged" '.[0].result == "staged" and .[0].rows == 3000'

rm "$T/kemlu/$kept"
expect 1 "the sender's list is gone" file_check
expect_said "before any row" 'code list negara is missing here or damaged'
expect 0 "taken in again" import kemlu
expect 0 "and checked" file_check

# ---- what is brought ----

snapshot "$T/dukcapil" >"$T/was"
mv "$list" "$T/x/list"
expect 0 "a list that is here need not be brought again" import dukcapil
check "nothing changed but the journal" sh -c '
    cd "$1" && find . -type f -exec sha256sum {} + | sort -k2 |
    grep -v journal >"$2.now"; grep -v journal "$2" | cmp - "$2.now"' - \
    "$T/dukcapil" "$T/was"
rm "$T/dukcapil/$kept"
expect 1 "but one that is not must be" import dukcapil
expect_said "and is named" 'code list negara belongs to the agreement'
sed 's/SAU/SGP/' "$T/x/list" >"$list"
expect 3 "another one is refused" \
    saksi --home "$T/dukcapil" agreement import --json "$T/paper"
expect_code 404 "by its hash"
expect_absent "and not taken" "$T/dukcapil/$kept"
cp "$T/x/list" "$list"
expect 0 "the right one is taken" import dukcapil
check "as it was signed" cmp "$list" "$T/dukcapil/$kept"

# ---- a later version with a later edition ----

old=$(sha256sum <"$T/paper/agreement.json" | cut -d' ' -f1)
cp "$T/paper/agreement.json" "$T/x/first.json"
printf 'SGP,Singapura\n' >>"$list"
next=$(sha256sum <"$list" | cut -d' ' -f1)
jq --arg old "$old" --arg next "$next" '.version = 2 | .replaces = $old |
    .code_lists[0] |= (.sha256 = $next | .edition = "2027")' \
    "$T/x/first.json" >"$T/paper/agreement.json"
rm "$T"/paper/*.minisig
sign_paper kemlu kpu
expect 0 "it waits for a signature" import kemlu
check "its list waits with it" cmp "$list" \
    "$T/kemlu/agreements/$A/lists/$next.csv"
printf '%s\n' "$head" '00000001;A;;A;1;SGP;' >"$x"
expect 3 "the list in force is the old one" file_check
sign_paper dukcapil
mv "$list" "$T/x/second"
expect 0 "the last signature needs no list" import kemlu
expect 0 "now the new one is in force" file_check
check "the old one stays" cmp "$T/x/list" "$T/kemlu/$kept"
expect 1 "who has not seen it needs it" import kpu
mv "$T/x/second" "$list"
expect 0 "and takes it" import kpu

# ---- a paper that cannot work ----

jq '.datasets[0].schema.foreignKeys[0].reference.resource = "list:desa"' \
    "$T/paper/agreement.json" >"$T/x/bad.json"
expect 3 "a list that the agreement has not" \
    saksi --home "$T/kpu" agreement check "$T/x/bad.json"
expect_said "with its place" \
    'datasets\[warga\]\.schema\.foreignKeys\[1\]\.reference\.resource'
mkdir -p "$T/other/lists"
cp "$list" "$T/other/lists/"
jq '.id = "LAIN-2026" |
    .datasets[0].schema.foreignKeys[0].reference.fields = ["alpha2"]' \
    "$T/paper/agreement.json" >"$T/other/agreement.json"
saksi --home "$T/kpu" agreement sign -q "$T/other/agreement.json"
expect 3 "a column that the list has not" \
    saksi --home "$T/kpu" agreement import "$T/other"
expect_said "with its place, too" \
    'datasets\[warga\]\.schema\.foreignKeys\[1\]\.reference\.fields'
expect_absent "nothing is taken" "$T/kpu/agreements/LAIN-2026"

plan 49

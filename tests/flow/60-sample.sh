#!/bin/sh
# Goal: of every data set of every example a sample is made that "serah check"
# takes without a fault; the list of a spoiled one is exactly what it finds; the
# same seed gives the same bytes; nothing that is there is overwritten.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"

# All data sets of the examples in one paper, between two parties of ours.
jq -s '[.[].datasets[] | .from = "KEMLU" | .to = ["KPU"] | .drop = "hub"]' \
    "$srcdir"/examples/*/agreement.json >"$T/datasets.json"
WORLD_DROP='file'
world ".datasets[0].rules = [{required_when:
    {column: \"tanggal\", when: \"status\", is: [\"A\"]}}] |
    .datasets += $(cat "$T/datasets.json") | .datasets += [.datasets[0] |
    .id = \"salinan\" | .extra_columns = \"drop\" |
    .mask = {nama: \"last:4\", rahasia: \"hash\"} |
    .only = {status: [\"B\"]} | .schema.fields += [{name: \"rahasia\",
    type: \"string\", constraints: {pattern: \"[0-9a-f]{32}\",
    unique: true}}]] | .datasets += [.datasets[0] | .id = \"kantor\" |
    .dialect += {encoding: \"windows-1252\", lineTerminator: \"\\r\\n\"} |
    .schema.fields[3].constraints.enum = [\"É\"] | .rules = []] |
    .datasets += [.datasets[0] | .id = \"lembar\" |
    .dialect += {encoding: \"utf-16le\", bom: true}]"
check "the paper is in force" eval \
    'saksi --home "$T/kemlu" agreement show $A --json | jq -e .in_force'
mkdir "$T/x"

sample() {
	saksi --home "$T/kemlu" agreement sample "$@"
}

for d in warga salinan kantor lembar $(jq -r '.[].id' "$T/datasets.json"); do
	x=$T/x/$d.csv
	rows=60
	expect 0 "$d: a sample" sample $A/$d --rows $rows --seed 5 --out "$x" \
	    --json
	expect_json "$d: told" ".[0] | .rows == $rows and .faults == 0"
	expect 0 "$d: has no fault" serah --home "$T/kemlu" check $A/$d "$x" \
	    --json
	expect_json "$d: and its rows" ".[-1].rows == $rows"
	rm -f "$x"
	expect 0 "$d: spoiled" sample $A/$d --rows $rows --faults --out "$x"
	expect 3 "$d: is refused" serah --home "$T/kemlu" check $A/$d "$x" \
	    --json
	jq -r 'select(.result == "fault") |
	    "\(.row),\(.column // ""),\(.rule)"' "$T/out" | sort >"$T/found"
	tail -n +2 "$x.faults.csv" | sort >"$T/want"
	check "$d: for the faults of the list" diff "$T/want" "$T/found"
	check "$d: of which there are some" test -s "$T/want"
done

check "a rule across columns is among them" grep -q ",tanggal,required_when" \
    "$T/x/warga.csv.faults.csv"

# ---- the same, and another ----

sample $A/warga --rows 500 --seed 9 >"$T/one"
sample $A/warga --rows 500 --seed 9 >"$T/two"
sample $A/warga --rows 500 --seed 10 >"$T/three"
check "one seed, one sample" cmp "$T/one" "$T/two"
check "another seed, another sample" eval '! cmp -s "$T/one" "$T/three"'
check "a header and its rows" test "$(wc -l <"$T/one")" -ge 501

# ---- papers that are not in force, or not known ----

example=$srcdir/examples/dukcapil-kpu/agreement.json
expect 0 "of a file, without a home" saksi --home "$T/none" agreement sample \
    "$example" dp4 --rows 20 --out "$T/x/dp4-2.csv"
check "no live NIK is in it" eval \
    '! cut -d"|" -f1,2 "$T/x/dp4-2.csv" | tail -n +2 | grep -v LANTAI |
	grep -Evq "^88[0-9]{10}9[0-9]{3}\|88[0-9]{10}9[0-9]{3}$"'
expect 0 "of a version by its number" sample $A@1/warga --out "$T/x/v1.csv"
expect 1 "of one that is not here" sample $A@2/warga --out "$T/x/v2.csv"
expect_absent "nothing is left" "$T/x/v2.csv" "$T/x/v2.csv.part"

# ---- what is refused ----

echo keep >"$T/x/keep.csv"
expect 1 "a file that is there" sample $A/warga --out "$T/x/keep.csv"
check "stays" test "$(cat "$T/x/keep.csv")" = keep
expect 2 "too many rows" sample $A/provinsi --rows 101
expect_said "for the agreement's limit" 'limits\.rows'
expect 2 "faults without a file" sample $A/warga --faults
expect 2 "no number" sample $A/warga --rows viele
expect 2 "no rows" sample $A/warga --rows 0
expect 3 "no such data set" sample $A/lain
jq '.datasets[0].schema.fields[1].constraints.pattern = "(A|B)\\1"' \
    "$T/paper/agreement.json" >"$T/x/agreement.json"
expect 3 "a pattern that is not understood" sample "$T/x/agreement.json" warga
expect_said "is told with its place" \
    'byte 6 is not understood.*schema\.fields\[nama\]'
plan 116

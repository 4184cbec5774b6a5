#!/bin/sh
# Goal: who is asked to sign a new version sees each of its changes, once, in
# words; what says the same is told as such; nothing foreign reaches a terminal.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"

WORLD_DROP='file'
world
one=$T/paper/agreement.json
two=$T/two/agreement.json
mkdir "$T/two"

diff_of() { # A B: lines of the difference
	saksi --home "$T/dukcapil" agreement diff "$@"
}

# One change of the paper gives exactly these lines.
changed() { # NAME FILTER LINES
	jq "$2" "$one" >"$two"
	expect 0 "$1" diff_of "$one" "$two"
	printf '%s\n' "$3" >"$T/want"
	check "$1: in words" diff "$T/want" "$T/out"
}

W='(data set warga)'
changed "a column more" \
    '.datasets[0].schema.fields += [{name: "telepon", type: "string"}]' \
    "+ column telepon (string) $W"
changed "a column less" 'del(.datasets[0].schema.fields[4]) |
    .datasets[0].totals = ["rows"]' \
    "- column nilai (integer) $W
- data set warga: control total {\"count_by\":\"status\"}
- data set warga: control total {\"sum\":\"nilai\"}
$(jq -r '.datasets[0].totals[] | objects | select(.distinct) |
    "- data set warga: control total " + tojson' "$one")"
changed "a longer name" \
    '.datasets[0].schema.fields[1].constraints.maxLength = 120' \
    "column nama: maxLength 40 -> 120 $W"
changed "a column that becomes optional" \
    'del(.datasets[0].schema.fields[3].constraints.required)' \
    "- column status: required true $W"
changed "a code more" \
    '.datasets[0].schema.fields[3].constraints.enum += ["C"]' \
    "+ column status: enum C $W"
changed "columns in another order" \
    '.datasets[0].schema.fields |= [.[0], .[2], .[1], .[3], .[4]]' \
    "column nama: place among the columns 2 -> 3 $W
column tanggal: place among the columns 3 -> 2 $W"
changed "a longer validity" '.valid.until = "2036-12-31"' \
    'valid until 2035-12-31 -> 2036-12-31'
changed "another delimiter and line end" \
    '.datasets[0].dialect += {delimiter: "|", lineTerminator: "\r\n"}' \
    'data set warga: delimiter ; -> |
data set warga: line end "\n" -> "\r\n"'
changed "retention" '.datasets[0].retention = "P1Y"' \
    "$(if jq -e '.datasets[0].retention' "$one" >/dev/null; then
	jq -r '"data set warga: kept for \(.datasets[0].retention) -> P1Y"' \
	    "$one"
    else echo '+ data set warga: kept for P1Y'; fi)"
changed "another address of the drop" \
    '.drops[0].url = "file:///srv/lain"' \
    "drop hub: address file://$DROP -> file:///srv/lain"
changed "a party's new name" '.parties[1].name = "KPU RI"' \
    'party KPU: name KPU -> KPU RI'
changed "onward transfer" '.handling.onward_transfer = "allowed"' \
    'onward transfer forbidden -> allowed'
changed "a data set more" \
    '.datasets += [.datasets[0] | .id = "lain"]' '+ data set lain (KEMLU)'
changed "what nobody thought of" \
    '.datasets[0].schema.fields[0].description = "nomor"' \
    "+ column id: description nomor $W"

# Words that would steer a terminal come out as question marks or escapes.
jq '.datasets[0].schema.fields[0].description = "a\u001b[31mb\u202ec"' "$one" \
    >"$two"
expect 0 "control bytes" diff_of "$one" "$two"
check "are not let through" eval \
    '! LC_ALL=C grep -q "$(printf "\\033\\|\\342\\200\\256")" "$T/out"'
check "but are told of" grep -q '^+ column id: description ' "$T/out"

# ---- the same ----

expect 0 "the same file" diff_of "$one" "$one"
expect_said "is told" 'byte for byte'
expect 0 "as JSON" diff_of --json "$one" "$one"
expect_json "as JSON: same" '. == [{result: "same", changes: 0,
    from: .[0].from, to: .[0].from}]'
jq -S . "$one" >"$two"
expect 0 "written otherwise" diff_of --json "$one" "$two"
expect_json "is no change" '.[0].result == "rewritten" and length == 1'

# ---- versions of the home ----

jq --arg before "$(sha256sum <"$one" | cut -d' ' -f1)" '.version = 2 |
    .replaces = $before | .datasets[0].limits.rows = 5' "$one" >"$two"
expect 0 "an identifier and a file" diff_of --json $A "$two"
expect_json "its changes" 'map(select(.change)) | length >= 3 and
    any(.[]; .clause == "datasets[warga].limits.rows" and .to == "5")'
cp "$T/out" "$T/file.out"
saksi --home "$T/dukcapil" agreement sign -q "$two"
saksi --home "$T/dukcapil" agreement import -q "$T/two"
expect 0 "the version that waits" diff_of --json $A
check "is the file" cmp "$T/out" "$T/file.out"
expect 0 "by their numbers" diff_of --json $A@1 $A@2
check "are the same" cmp "$T/out" "$T/file.out"
expect 1 "one that is not here" diff_of $A@1 $A@3
expect 2 "no identifier" diff_of "$A@x" "$two"
echo '{}' >"$two"
expect 3 "no agreement" diff_of "$one" "$two"
plan 46

#!/bin/sh
# Goal: nothing is packed and nothing is opened unless the paper is in force,
# whole and signed by all, on either side; a new version waits until it is.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"
# shellcheck source=tests/flow/evidence.sh
. "$srcdir/tests/flow/evidence.sh"

WORLD_DROP='file'
world
cp -r "$T/paper" "$T/good"
agreements=$T/kemlu/agreements

agreement() { # HOME COMMAND ARGUMENT...
	home=$1
	shift
	saksi --home "$T/$home" agreement "$@" --json
}

in_force() { # HOME NAME WANTED
	check "$2" eval \
	    '[ "$(agreement '"$1"' show $A | jq .in_force)" = '"$3"' ]'
}

# The homes as they were when the good paper was imported.
cp -r "$T/kemlu" "$T/kemlu.good"
cp -r "$T/kpu" "$T/kpu.good"
start_anew() {
	rm -rf "$T/kemlu" "$T/kpu" "${DROP:?}"/*
	cp -r "$T/kemlu.good" "$T/kemlu"
	cp -r "$T/kpu.good" "$T/kpu"
}
# Without any agreement; a paper as the filter changes it, signed by the list.
start_with() { # FILTER PARTY...
	filter=$1
	shift
	start_anew
	rm -rf "$T/kemlu/agreements/"* "$T/kpu/agreements/"* "$T/paper"
	write_paper "$filter" && sign_paper "$@" &&
	    saksi --home "$T/kemlu" agreement import -q "$T/paper" &&
	    saksi --home "$T/kpu" agreement import -q "$T/paper"
}

# ---- check: every fault of a paper, with its place ----

jq '.extra = 1 | .valid.until = "2026-02-30" | .parties[1].role = "boss" |
    .datasets[0].schema.fields[0].type = "geopoint"' \
    "$T/good/agreement.json" >"$T/faults.json"
expect 3 "a paper with four faults" agreement kemlu check "$T/faults.json"
check "each is listed, with its clause" jq -se \
    'map(select(.result == "fault").clause) | sort ==
    ["datasets[warga].schema.fields[id].type", "extra", "parties[KPU].role", "valid.until"]' "$T/out"
expect 3 "and to people" saksi --home "$T/kemlu" agreement check \
    "$T/faults.json"
check "one line each" test "$(wc -l <"$T/out")" -eq 4
expect_said "and their number" 'faults found: 4'
jq '.datasets[0].drop = "none" |
    .signatures_required = ["KEMLU", "OTHER"]' "$T/good/agreement.json" \
    >"$T/faults.json"
expect 3 "a paper that names what is not there" agreement kemlu check \
    "$T/faults.json"
for place in 'datasets\[warga\].drop' signatures_required; do
	expect_said "$place is listed" "\"clause\":\"$place"
done
expect 0 "the good one has none" agreement kemlu check \
    "$T/good/agreement.json"

never_taken() { # NAME SAID; the paper is $T/bad/agreement.json
	keep=$(snapshot "$agreements")
	expect 3 "$1: check" agreement kemlu check "$T/bad/agreement.json"
	expect_said "$1: said" "$2"
	expect 3 "$1: sign" agreement kemlu sign "$T/bad/agreement.json"
	expect_absent "$1: no signature" "$T/bad/KEMLU.minisig"
	expect 3 "$1: import" agreement kemlu import "$T/bad"
	check "$1: not taken" test "$keep" = "$(snapshot "$agreements")"
}
mkdir "$T/bad"
jq '.id = "UJI-LAIN" | .datasets[0].kolom = 1' "$T/good/agreement.json" \
    >"$T/bad/agreement.json"
never_taken "an unknown key" 'datasets\[warga\]\.kolom'
sed 's/"version": 1,/"version": 1, "version": 1,/' "$T/good/agreement.json" \
    >"$T/bad/agreement.json"
never_taken "a key twice" 'a key stands twice, at line 4'
head -c 500 "$T/good/agreement.json" >"$T/bad/agreement.json"
never_taken "half a paper" 'no valid JSON'

# ---- the sender ----

expect 3 "a paper unknown" serah --home "$T/kemlu" send --json \
    --field surat=1/UJI UJI-LAIN/warga "$T/warga.csv"
expect_code 104 "a paper unknown: code 104"

check "a paper that the guardian did not sign" start_with . kemlu kpu
in_force kemlu "is not in force" false
refused 101 "without the guardian: send" send "$T/warga.csv"
expect_said "it says whose is missing" 'DUKCAPIL'
expect 3 "not even checked" serah --home "$T/kemlu" check --json $A/warga \
    "$T/warga.csv"
cp "$T/paper/KPU.minisig" "$T/paper/DUKCAPIL.minisig"
keep=$(snapshot "$agreements")
expect 3 "the receiver's signature as the guardian's" agreement kemlu \
    import "$T/paper"
expect_code 201 "is none: code 201"
check "and not taken" test "$keep" = "$(snapshot "$agreements")"
sign_page "$T/paper/agreement.json" "$T/dukcapil/keys/signing.key"
mv "$T/paper/agreement.json.minisig" "$T/paper/DUKCAPIL.minisig"
expect 3 "the guardian's machine key instead of the root" agreement kemlu \
    import "$T/paper"
expect_code 201 "is none either"
check "and not taken either" test "$keep" = "$(snapshot "$agreements")"
cp "$T/paper/DUKCAPIL.minisig" "$agreements/$A/DUKCAPIL.minisig"
refused 201 "put into the home by hand: send" send "$T/warga.csv"
rm "$agreements/$A/DUKCAPIL.minisig" "$T/paper/DUKCAPIL.minisig"
sign_paper dukcapil
expect 0 "signed at last" agreement kemlu import "$T/paper"
expect 0 "it is in force: send" send "$T/warga.csv"

yesterday=$(date -u -d yesterday +%Y-%m-%d)
tomorrow=$(date -u -d tomorrow +%Y-%m-%d)
check "a paper that ended yesterday" start_with \
    ".valid.until = \"$yesterday\"" kemlu kpu dukcapil
refused 102 "expired: send" send "$T/warga.csv"
check "a paper that begins tomorrow" start_with \
    ".valid.from = \"$tomorrow\"" kemlu kpu dukcapil
refused 102 "not yet valid: send" send "$T/warga.csv"

start_anew
sed -i 's/"rows": 2000000/"rows": 2000001/' "$agreements/$A/agreement.json"
refused 201 "edited after signing: send" send "$T/warga.csv"
start_anew
rm "$agreements/$A/KPU.minisig"
refused 101 "a signature taken away: send" send "$T/warga.csv"
start_anew
rm "$T/kemlu/parties/DUKCAPIL."*
refused 101 "the guardian's card not pinned: send" send "$T/warga.csv"
expect_said "it says why" 'its card is not trusted here'

# ---- what waits in the outbox must not leave either ----

start_anew
mv "$DROP" "$DROP.away"
expect 4 "the drop is away: send" send "$T/warga.csv"
mv "$DROP.away" "$DROP"
rm "$agreements/$A/KPU.minisig"
remember
expect 3 "the paper lost a signature meanwhile: run" collect
expect_code 101 "the paper lost a signature meanwhile: code 101"
expect_unchanged "the paper lost a signature meanwhile"
cp "$T/good/KPU.minisig" "$agreements/$A/"
expect 0 "it is whole again: run" collect
check "the parcel is there" test -s "$(parcel_dir 1)/manifest.json"

# ---- the receiver: nothing is opened ----

expect_shut() { # CODE NAME SAID
	expect 3 "$2: receive" receive
	expect_code "$1" "$2: code $1"
	expect_said "$2: said" "$3"
	expect_unstaged "$2: nothing is opened" 1
	check "$2: the payload stays" test -s \
	    "$(parcel_dir 1)/payload.tar.zst.age"
	check "$2: not even fetched" test -z \
	    "$(find "$T/kpu/inbox" -type f)"
}
rm "$T/kpu/agreements/$A/DUKCAPIL.minisig"
expect_shut 101 "the receiver lacks a signature" 'DUKCAPIL is missing'
in_force kpu "it is not in force there" false
expect 0 "the signature arrives" agreement kpu import "$T/good"
expect 0 "and the parcel is taken" receive
expect_staged "whole" 1 "$T/warga.csv"

start_anew
check "a parcel" send "$T/warga.csv"
sed -i 's/pembangunan/pembangunam/' "$T/kpu/agreements/$A/agreement.json"
expect_shut 101 "the receiver's copy was edited" \
    'signature of KEMLU is not one over these bytes'

check "an ended paper, and a parcel made by hand all the same" eval \
    'start_with ".valid.until = \"$yesterday\"" kemlu kpu dukcapil &&
    craft_begin && cp "$T/warga.csv" "$T/craft/" && craft_page warga.csv &&
    craft_tar contents.json warga.csv && craft_seal 1'
expect_shut 102 "the receiver's paper has ended" 'it ended at'

# ---- a new version ----

start_anew
rm -rf "$T/paper" && cp -r "$T/good" "$T/paper"
sha256=$(sha256sum <"$T/good/agreement.json" | cut -c1-64)
version_2() { # FILTER
	rm -rf "$T/new" && mkdir "$T/new"
	jq --arg sha256 "$sha256" ".version = 2 | .replaces = \$sha256 |
	    .title = \"Perjanjian kedua\" | $1" "$T/good/agreement.json" \
	    >"$T/new/agreement.json"
}
version_2 '.replaces = "'"$(printf %064d 0)"'"'
keep=$(snapshot "$agreements")
expect 3 "version 2 of another paper" agreement kemlu import "$T/new"
expect_code 304 "replaces nothing here: code 304"
check "and is not taken" test "$keep" = "$(snapshot "$agreements")"
jq '.title = "Lain"' "$T/good/agreement.json" >"$T/new/agreement.json"
expect 3 "another text of version 1" agreement kemlu import "$T/new"
expect_code 304 "is refused: code 304"
check "and not taken" test "$keep" = "$(snapshot "$agreements")"

version_2 .
cp "$T/good/"*.minisig "$T/new/"
expect 3 "version 2 with the old signatures" agreement kemlu import "$T/new"
expect_code 201 "they do not hold"
rm "$T/new/"*.minisig
for p in kemlu kpu; do
	check "$p signs" agreement $p sign "$T/new/agreement.json"
	expect 0 "version 2 with one signature more" agreement kemlu import \
	    "$T/new"
	check "it waits" jq -e '.version == 2 and .pending and
	    (.in_force | not)' "$T/out"
	check "version 1 is in force" eval 'agreement kemlu list | jq -se \
	    "map([.version, .pending, .in_force]) ==
	    [[1, false, true], [2, true, false]]"'
done
expect 0 "under which is sent" send "$T/warga.csv"
check "the manifest says 1" jq -e '.agreement.version == 1' \
    "$(parcel_dir 1)/manifest.json"
expect 0 "and received" receive
check "the guardian signs" agreement dukcapil sign "$T/new/agreement.json"
expect 0 "version 2 is complete" agreement kemlu import "$T/new"
check "and in force" jq -e '.version == 2 and .in_force' "$T/out"
check "version 1 is kept" cmp "$T/good/agreement.json" \
    "$agreements/$A/versions/1/agreement.json"
check "with its signatures" cmp "$T/good/DUKCAPIL.minisig" \
    "$agreements/$A/versions/1/DUKCAPIL.minisig"
expect_absent "nothing waits" "$agreements/$A/pending"
keep=$(snapshot "$agreements")
expect 1 "version 1 again" agreement kemlu import "$T/good"
check "comes not back" test "$keep" = "$(snapshot "$agreements")"
expect 0 "send under version 2" send "$T/warga.csv"
check "the manifest says 2" jq -e '.agreement.version == 2' \
    "$(parcel_dir 2)/manifest.json"
expect 3 "the receiver has version 1: receive" receive
expect_code 101 "the receiver has version 1: code 101"
expect_said "it names both versions" 'version 2.*version 1'
expect_unstaged "the receiver has version 1: nothing is opened" 2
check "it takes in version 2" agreement kpu import "$T/new"
expect 0 "and the parcel" receive
expect_staged "whole" 2 "$T/warga.csv"
plan 131

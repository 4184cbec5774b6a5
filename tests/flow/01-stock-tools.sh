#!/bin/sh
# Goal: stock minisign, sha256sum, age, zstd and tar open and verify all that
# the programs write; each document holds against its published schema; and
# what stock tools sign, the programs take.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"
# shellcheck source=tests/flow/evidence.sh
. "$srcdir/tests/flow/evidence.sh"

for program in minisign age age-keygen zstd tar sha256sum; do
	command -v $program >/dev/null || skip_all "$program is not installed"
done

WORLD_DROP='file'
world

# True if stock minisign verifies FILE.minisig (or SIGNATURE) by this key.
verifies() { # KEY FILE [SIGNATURE]
	minisign -VQm "$2" -x "${3:-$2.minisig}" -P "$1"
}

root_of() {
	card "$1" | jq -r .root_key
}

signing_of() {
	card "$1" | jq -r '.signing_keys[0].key'
}

sum() {
	sha256sum <"$1" | cut -c1-64
}

# Whether a document holds against a schema; skipped aloud without the module.
holds() { # KIND FILE...
	kind=$1
	shift
	status=0
	"$srcdir/tests/vectors/validate.py" \
	    "$srcdir/examples/schemas/$kind.schema.json" "$@" \
	    >"$T/out" 2>"$T/err" || status=$?
	case $status in
	0) ok "$kind.schema.json: $# documents hold" ;;
	77) ok "$kind.schema.json # SKIP python3-jsonschema is missing" ;;
	*) not_ok "$kind.schema.json" ;;
	esac
}

# ---- the recipe of the manual, on the drop's own bytes ----

check "a parcel is sent" send "$T/warga.csv"
d=$(parcel_dir 1)
mkdir "$T/open"
check "minisign verifies the manifest" verifies "$(signing_of kemlu)" \
    "$d/manifest.json"
check "not by another key" eval \
    '! verifies "$(signing_of kpu)" "$d/manifest.json"'
check "sha256sum: the payload is the manifest's" test \
    "$(sum "$d/payload.tar.zst.age")" = \
    "$(jq -r .payload.sha256 "$d/manifest.json")"
check "its size is the manifest's" test \
    "$(wc -c <"$d/payload.tar.zst.age")" = \
    "$(jq -r .payload.bytes "$d/manifest.json")"
check "age, zstd and tar open it" eval \
    'age -d -i "$T/kpu/keys/decryption.key" "$d/payload.tar.zst.age" |
	zstd -d | tar -x -C "$T/open"'
check "the first member is contents.json" eval \
    '[ "$(age -d -i "$T/kpu/keys/decryption.key" \
	"$d/payload.tar.zst.age" | zstd -d | tar -t)" = "contents.json
warga.csv" ]'
check "contents.json is the manifest's" test "$(sum "$T/open/contents.json")" \
    = "$(jq -r .contents "$d/manifest.json")"
check "each member is contents.json's" eval \
    'jq -r ".files[] | .sha256 + \"  \" + .name" "$T/open/contents.json" |
	(cd "$T/open" && sha256sum -c)'
check "the member is the source" cmp "$T/warga.csv" "$T/open/warga.csv"
check "unpacked_bytes is what came out" test \
    "$(cat "$T/open/"* | wc -c)" = \
    "$(jq -r .payload.unpacked_bytes "$d/manifest.json")"
check "the sender's own key opens nothing" eval \
    '! age -d -i "$T/kemlu/keys/decryption.key" "$d/payload.tar.zst.age"'
check "age-keygen finds the card's key in ours" test \
    "$(age-keygen -y "$T/kpu/keys/decryption.key")" = \
    "$(card kpu | jq -r '.encryption_keys[0].key')"

# ---- every signature ----

check "it is staged" receive
cp -r "$d" "$T/done"
check "and a parcel with wrong totals, made by hand" eval \
    'craft_begin && write_good 5 >"$T/craft/warga.csv" &&
	craft_page warga.csv ".files[0].totals[0].rows = 6 |
	    .files[0].rows = 6" &&
	craft_tar contents.json warga.csv && craft_seal 2'
expect 3 "is refused" receive
expect_code 403 "because totals differ"
check "receipts are collected" collect

check "there are three kinds of receipt" test \
    -s "$T/done/receipt.KPU.received.json" \
    -a -s "$T/done/receipt.KPU.staged.json" \
    -a -s "$(parcel_dir 2)/receipt.KPU.refused.json"
for f in "$T/done/receipt."*.json "$(parcel_dir 2)/receipt."*.json; do
	check "minisign verifies ${f##*/}" verifies "$(signing_of kpu)" "$f"
done
for p in kemlu kpu dukcapil; do
	check "card of $p" verifies "$(root_of $p)" "$T/$p.card.json"
	id=$(echo $p | tr "[:lower:]" "[:upper:]")
	check "agreement by $p" verifies "$(root_of $p)" \
	    "$T/paper/agreement.json" "$T/paper/$id.minisig"
	check "journal head of $p" verifies "$(signing_of $p)" \
	    "$T/$p/journal/head.json"
	check "journal head of $p is its last line's hash" test \
	    "$(jq -r .head "$T/$p/journal/head.json")" = \
	    "$(line_hash $p \$)"
done

# The journal's chain, by the shell alone.
chain_holds() {
	want=$(printf %064d 0)
	while IFS= read -r line; do
		[ "$(echo "$line" | jq -r .prev)" = "$want" ] || return 1
		want=$(printf %s "$line" | sha256sum | cut -c1-64)
	done <"$1"
}
for p in kemlu kpu; do
	check "sha256sum walks the journal of $p" chain_holds \
	    "$T/$p/journal/000000000001.jsonl"
done

# ---- schemas ----

holds card "$T/kemlu.card.json" "$T/kpu.card.json" \
    "$T/kpu/parties/KEMLU.card.json"
holds agreement "$T/paper/agreement.json" "$srcdir/examples/"*/agreement.json
holds manifest "$T/done/manifest.json" "$(parcel_dir 2)/manifest.json"
holds contents "$T/open/contents.json" \
    "$(staged_dir 1)/contents.json"
holds receipt "$T/done/receipt."*.json "$(parcel_dir 2)/receipt."*.json \
    "$T/kemlu/records/$A/warga/KEMLU/00000001/receipt."*.json

# ---- the other way round: a guardian who has nothing but stock tools ----

stock_keys() {
	mkdir "$T/stock" && cd "$T/stock" &&
	    minisign -G -W -p root.pub -s root.key &&
	    minisign -G -W -p signing.pub -s signing.key &&
	    age-keygen -o decryption.key
}
stock_card() { # SERIAL
	jq -n --arg root "$(sed -n 2p "$T/stock/root.pub")" \
	    --arg signing "$(sed -n 2p "$T/stock/signing.pub")" \
	    --arg age "$(age-keygen -y "$T/stock/decryption.key")" \
	    --argjson serial "$1" '
	{from: "2026-01-01T00:00:00Z", until: "2035-01-01T00:00:00Z"} as $when |
	{format: "serahterima-card/1", party: "ARSIP", name: "Arsip",
	 serial: $serial, root_key: $root,
	 signing_keys: [{key: $signing} + $when],
	 encryption_keys: [{key: $age} + $when]}' >"$T/stock/card.json" &&
	    sign_page "$T/stock/card.json" "$T/stock/root.key"
}
stock_trust() { # HOME
	saksi --home "$T/$1" trust "$T/stock/card.json" --fingerprint \
	    "$(sed -n 2p "$T/stock/root.pub" | base64 -d | tail -c 32 |
		sha256sum | cut -c1-64)"
}
# The same paper with the guardian who has only stock tools.
stock_paper() {
	mkdir "$T/paper2" && jq --arg root "$(sed -n 2p "$T/stock/root.pub")" '
	    .id = "UJI-STOCK" | .parties[2].id = "ARSIP" |
	    .parties[2].root_key = $root | .signatures_required[2] = "ARSIP"' \
	    "$T/paper/agreement.json" >"$T/paper2/agreement.json" &&
	    for p in kemlu kpu; do
		saksi --home "$T/$p" agreement sign \
		    "$T/paper2/agreement.json" || return 1
	    done
	minisign -S -s "$T/stock/root.key" -m "$T/paper2/agreement.json" \
	    -x "$T/paper2/ARSIP.minisig" -t 'by hand' </dev/null
}

check "stock tools make keys" stock_keys
check "a card by hand" stock_card 1
check "it is trusted, its fingerprint by sha256sum" stock_trust kemlu
check "by the receiver too" stock_trust kpu
check "a card of a higher number by the same root" stock_card 2
check "takes its place" stock_trust kemlu
check "it did" eval \
    '[ "$(saksi --home "$T/kemlu" party show --json ARSIP |
	jq .serial)" -eq 2 ]'
check "a paper signed by stock minisign" stock_paper
expect 0 "is imported" saksi --home "$T/kemlu" agreement import --json \
    "$T/paper2"
check "and in force" jq -e .in_force "$T/out"
check "with the receiver too" saksi --home "$T/kpu" agreement import \
    "$T/paper2"
expect 0 "and data may move under it" serah --home "$T/kemlu" send --json \
    --field surat=1/UJI UJI-STOCK/warga "$T/warga.csv"
expect 0 "to the receiver" receive
check "who has it whole" cmp "$T/warga.csv" \
    "$T/kpu/staged/UJI-STOCK/warga/KEMLU/00000001/warga.csv"

# One signature by a stock key over other bytes: not taken.
cp -r "$T/paper2" "$T/paper3"
jq '.id = "UJI-LAIN"' "$T/paper/agreement.json" >"$T/paper3/agreement.json"
expect 3 "signatures of another text" saksi --home "$T/kemlu" agreement \
    import --json "$T/paper3"
expect_code 201 "do not hold"
expect_absent "and nothing is taken" "$T/kemlu/agreements/UJI-LAIN"

# A root key under a passphrase, as the officer's is.
printf 'kata sandi uji\n' >"$T/passphrase"
check "a root key under a passphrase" saksi --home "$T/officer" init -q \
    --party OFFICER --name Officer --passphrase-file "$T/passphrase"
check "is opened by stock minisign" eval \
    'minisign -S -s "$T/officer/keys/root.key" -m "$T/warga.csv" \
	-x "$T/officer.minisig" <"$T/passphrase"'
check "which signs with the card's root" verifies "$(root_of officer)" \
    "$T/warga.csv" "$T/officer.minisig"
plan 62

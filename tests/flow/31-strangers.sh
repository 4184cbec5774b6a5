#!/bin/sh
# Goal of this test: a parcel that somebody else signed, that is meant for
# somebody else, that lies where it does not belong, or that rests on a paper or a
# key that does not hold, is refused with its own code; nothing of it is opened,
# and nobody is sent a receipt in our name.

# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"
# shellcheck disable=SC2034
WORLD_DROP=file
strangers_world() {
	parties && make_party lain LAIN 'Pihak Lain' &&
	    trust_all kemlu kpu dukcapil lain && start_drop &&
	    write_paper '.parties += [{id: "LAIN", role: "recipient",
	     name: "Lain", root_key: "'"$(card lain | jq -r .root_key)"'"}] |
	     .signatures_required += ["LAIN"] |
	     .datasets += [.datasets[0] | .id = "warga2"] |
	     .datasets += [.datasets[0] | .id = "lain" | .to = ["LAIN"]]' &&
	    sign_paper kemlu kpu dukcapil lain && import_paper
}
strangers_world >"$T/world.log" 2>&1 || {
	cat "$T/world.log"
	exit 99
}
write_good 1000 >"$T/warga.csv"
trust() { # HOME CARD: takes a card file, fingerprint as the party tells it
	saksi --home "$T/$1" trust -q "$2" --fingerprint \
	    "$(card "$3" | jq -r .fingerprint)"
}

d=$(parcel_dir 1)
clean() { # WHAT
	expect_unstaged "$1: nothing staged" 1
	expect_absent "$1: no receipt" "$d"/receipt.*
}

# ---- who signed ----

send "$T/warga.csv" >/dev/null 2>&1 || exit 99
cp -a "$d" "$T/good"
minisign -G -W -p "$T/anon.pub" -s "$T/anon.key" >/dev/null 2>&1 || exit 99
signed_by() { # WHAT KEY CODE
	sign_page "$d/manifest.json" "$2"
	expect 3 "signed by $1: refused" receive
	expect_code "$3" "signed by $1: $3"
	clean "signed by $1"
}
signed_by 'the recipient itself' "$T/kpu/keys/signing.key" 202
signed_by 'another trusted party' "$T/dukcapil/keys/signing.key" 202
signed_by 'a party with no part in the stream' "$T/lain/keys/signing.key" 202
signed_by 'nobody known' "$T/anon.key" 202
signed_by "the sender's root key" "$T/kemlu/keys/root.key" 202

# The stranger writes the sender's key number into the signature.
sign_page "$d/manifest.json" "$T/anon.key"
for f in "$d" "$T/good"; do
	sed -n 2p "$f/manifest.json.minisig" | base64 -d >"$T/raw.${f##*/}"
done
dd if="$T/raw.good" of="$T/raw.00000001" bs=1 skip=2 seek=2 count=8 \
    conv=notrunc 2>/dev/null
sed -i "2s|.*|$(base64 -w0 "$T/raw.00000001")|" "$d/manifest.json.minisig"
expect 3 "the sender's key number forged: refused" receive
expect_code 201 "the sender's key number forged: 201"
clean "the sender's key number forged"

# ---- for whom ----

serah --home "$T/kemlu" send --json --field surat=1/UJI $A/lain \
    "$T/warga.csv" >/dev/null 2>&1 || exit 99
rm -rf "$d" && cp -a "$DROP/$A/lain/KEMLU/00000001" "$d"
expect 3 "somebody else's parcel: refused" receive
expect_code 204 "somebody else's parcel: 204"
clean "somebody else's parcel"
rm -rf "$d"
expect 0 "somebody else's parcel in its own place: not looked at" receive
check 'not a word about it' [ ! -s "$T/out" ]

# ---- where ----

moved() { # WHAT TO
	mkdir -p "${2%/*}" && cp -a "$T/good" "$2"
	expect 3 "$1: refused" receive
	expect_code 205 "$1: 205"
	clean "$1"
	check "$1: nothing staged elsewhere" \
	    [ -z "$(find "$T/kpu/staged" -type f)" ]
	expect_absent "$1: no receipt there" "$2"/receipt.*
	rm -rf "$2"
}
moved 'in the directory of another data set' \
    "$DROP/$A/warga2/KEMLU/00000001"
moved 'under the next number' "$(parcel_dir 2)"
moved 'under the last number' "$(parcel_dir 99999999)"

# Where nobody agreed to look, nothing is seen.
for p in "$DROP/$A/warga/DUKCAPIL" "$DROP/TIDAK-ADA/warga/KEMLU" \
    "$DROP/$A/tidak/KEMLU" "$DROP/$A/warga/KEMLU/x"; do
	mkdir -p "$p" && cp -a "$T/good" "$p/00000001"
done
cp -a "$T/good" "$DROP/$A/warga/KEMLU/.00000001.0123456789abcdef.part"
cp -a "$T/good" "$DROP/$A/warga/KEMLU/1"
cp -a "$T/good" "$DROP/$A/warga/KEMLU/00000000"
cp -a "$T/good" "$DROP/$A/warga/KEMLU/0000001x"
expect 0 'unagreed places and names: not looked at' receive
clean 'unagreed places and names'
rm -rf "$DROP/TIDAK-ADA" "$DROP/$A/tidak" "$DROP/$A/warga"

# ---- which paper ----

craft_begin
cp "$T/warga.csv" "$T/craft/warga.csv"
craft_page warga.csv
craft_tar contents.json warga.csv
papered() { # WHAT CODE FILTER
	rm -rf "$d"
	craft_seal 1 "$3"
	expect 3 "$1: refused" receive
	expect_code "$2" "$1: $2"
	if [ "$2" -eq 101 ]; then
		# Authentic and addressed to us: its sender is answered.
		expect_unstaged "$1: nothing staged" 1
		check "$1: answered" grep -q '"code": 101' \
		    "$d/receipt.KPU.refused.json"
	else
		clean "$1"
	fi
}
papered 'an agreement of another text' 101 '.agreement.sha256 = "0" * 64'
papered 'an agreement of another name' 205 '.agreement.id = "TIDAK-ADA"'
papered 'signed long before the key was' 203 \
    '.created = "2020-01-01T00:00:00Z"'
papered 'signed after the end of the key' 203 \
    '.created = "2039-01-01T00:00:00Z"'
papered 'a data set that the place does not say' 205 '.dataset = "warga2"'
papered 'another sender' 205 '.sender = "DUKCAPIL"'
rm -rf "$d"

# The sender works with version 2, the receiver has not imported it.
cp -a "$T/paper" "$T/paper1"
v1=$(sha256sum <"$T/paper/agreement.json" | cut -c1-64)
rm "$T/paper"/*
jq '.version = 2 | .replaces = "'"$v1"'" | .purpose = "lain"' \
    "$T/paper1/agreement.json" >"$T/paper/agreement.json" &&
    sign_paper kemlu kpu dukcapil lain &&
    saksi --home "$T/kemlu" agreement import -q "$T/paper" || exit 99
serah --home "$T/kemlu" send --json --field surat=2/UJI $A/warga \
    "$T/warga.csv" >"$T/out" 2>"$T/err" || not_ok 'version 2 cannot be sent'
d=$(parcel_dir 2)
rm -rf "$T/first" && cp -a "$T/good" "$(parcel_dir 1)"
expect 5 'version 2 of the paper, not here yet: one done, one refused' receive
expect_code 101 'version 2 of the paper, not here yet: 101'
expect_staged 'what was sent under version 1: staged' 1 "$T/warga.csv"
expect_unstaged 'version 2: nothing staged' 2
saksi --home "$T/kpu" agreement import -q "$T/paper" || exit 99
expect 0 'version 2 imported: a plain rerun takes it' receive
expect_staged 'version 2: staged once' 2 "$T/warga.csv"

# ---- which keys ----

# KEMLU's card by hand: number $2, signing key from $3 until $4.
hand_card() { # HOME SERIAL SIGNING_FROM_UNTIL ENCRYPTION_FROM_UNTIL
	p=$(card "$1" | jq -r .party)
	jq --argjson n "$2" --argjson s "$3" --argjson e "$4" '.serial = $n |
	    .signing_keys[0] += $s | .encryption_keys[0] += $e' \
	    "$T/$1/parties/$p.card.json" >"$T/$1.$2.json" &&
	    sign_page "$T/$1.$2.json" "$T/$1/keys/root.key"
}
over='{"from":"2025-01-01T00:00:00Z","until":"2025-12-31T00:00:00Z"}'
valid='{"from":"2026-01-01T00:00:00Z","until":"2035-12-31T00:00:00Z"}'

hand_card kemlu 2 "$over" "$valid"
check 'a new card, whose signing key is over' trust kpu "$T/kemlu.2.json" kemlu
serah --home "$T/kemlu" send --json --field surat=3/UJI $A/warga \
    "$T/warga.csv" >"$T/out" 2>"$T/err" || not_ok 'cannot be sent'
expect 3 'signed with a key that is over: refused' receive
expect_code 203 'signed with a key that is over: 203'
expect_unstaged 'signed with a key that is over: nothing staged' 3
expect_absent 'signed with a key that is over: no receipt' \
    "$(parcel_dir 3)"/receipt.*
check 'back to the old card: not taken' sh -c '! "$@"' - saksi --home \
    "$T/kpu" trust -q "$T/kemlu.card.json" --fingerprint \
    "$(card kemlu | jq -r .fingerprint)"
hand_card kemlu 3 "$valid" "$valid"
check 'a newer card, the key is valid' trust kpu "$T/kemlu.3.json" kemlu
expect 0 'a plain rerun takes it' receive
expect_staged 'staged once' 3 "$T/warga.csv"

# Nobody signs, and nobody seals, with a key that is over.
hand_card kpu 2 "$valid" "$over"
trust kemlu "$T/kpu.2.json" kpu || not_ok 'the card is not taken'
expect 3 "the recipient's key is over: nothing sealed" send "$T/warga.csv"
expect_code 203 "the recipient's key is over: 203"
expect_absent "the recipient's key is over: no parcel" "$(parcel_dir 4)" \
    "$T/kemlu/outbox/$A/warga/KEMLU/00000004"
hand_card kpu 3 "$valid" "$valid"
trust kemlu "$T/kpu.3.json" kpu || not_ok 'the card is not taken'
hand_card kemlu 4 "$over" "$valid"
trust kemlu "$T/kemlu.4.json" kemlu || not_ok 'the card is not taken'
expect 3 'our own key is over: nothing signed' send "$T/warga.csv"
expect_code 203 'our own key is over: 203'
expect_absent 'our own key is over: no parcel' "$(parcel_dir 4)" \
    "$T/kemlu/outbox/$A/warga/KEMLU/00000004"

# A card that another root key signed never replaces the pinned one.
hand_card kemlu 5 "$valid" "$valid"
sign_page "$T/kemlu.5.json" "$T/lain/keys/root.key"
before=$(snapshot "$T/kpu/parties")
expect 3 "a card signed by somebody else's root: refused" \
    trust kpu "$T/kemlu.5.json" kemlu
check 'the pinned cards are as before' \
    [ "$before" = "$(snapshot "$T/kpu/parties")" ]
check 'both journals verify' sh -c 'saksi --home "$1/kpu" journal verify &&
    saksi --home "$1/kemlu" journal verify' - "$T"

plan 99

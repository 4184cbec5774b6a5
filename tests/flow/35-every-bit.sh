#!/bin/sh
# Goal of this test: what tests/unit/test_every_bit.c, test_every_byte.c and
# test_mixed_parts.c show in memory for every bit holds for the programs: a sample
# of bits, drawn anew from one seed, of every file that is on a drop or proves what
# is there; and parts of three parcels put together in every way.  Nothing is
# staged, nothing is let go, and when the bytes are back all goes on.

# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"
# shellcheck disable=SC2034
WORLD_DROP=file
world
for n in 1 2 3; do
	write_good $((n * 100)) >"$T/$n.csv"
	cp "$T/$n.csv" "$T/warga.csv"
	send "$T/warga.csv" >/dev/null 2>&1 || exit 99
	cp -a "$(parcel_dir $n)" "$T/good.$n"
done
rm -rf "$(parcel_dir 2)" "$(parcel_dir 3)"
cp "$T/1.csv" "$T/warga.csv"
d=$(parcel_dir 1)

# COUNT places of a file, "OFFSET BIT" a line, the same in every run.
places() { # FILE COUNT FROM
	awk -v size="$(wc -c <"$1")" -v n="$2" -v from="$3" -v seed="$size" '
	BEGIN { srand(seed); while (n-- > 0)
		print from + int(rand() * (size - from)), int(rand() * 8) }'
}

flip_bit() { # FILE OFFSET BIT
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059
	printf "\\$(printf %03o $((byte ^ (1 << $3))))" |
	    dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

staged_any() {
	[ -n "$(find "$T/kpu/staged" -type f)" ] ||
	    ls "$d"/receipt.*.staged.json* >/dev/null 2>&1 ||
	    [ "$(noted kpu staged 1)" -ne 0 ]
}

# Every place of a file: the command must not succeed, and the test of harm must
# find none.
sample() { # NAME FILE COUNT FROM HARM COMMAND...
	name=$1 file=$2 count=$3 from=$4 harm=$5
	shift 5
	cp -a "$file" "$T/before"
	places "$file" "$count" "$from" >"$T/places"
	tried=0
	wrong=
	while read -r at bit; do
		flip_bit "$file" "$at" "$bit"
		status=0
		"$@" >"$T/out" 2>"$T/err" || status=$?
		tried=$((tried + 1))
		if [ "$status" -eq 0 ] || [ "$status" -gt 5 ] || "$harm"; then
			wrong="$wrong $at.$bit=$status"
		fi
		cp -a "$T/before" "$file"
	done <"$T/places"
	: >"$T/out" && : >"$T/err"
	check "$name: $tried bits, none taken" [ "$tried$wrong" = "$count" ]
	[ -z "$wrong" ] || echo "# offset.bit=status:$wrong"
}

after_comment() { # FILE: the first byte behind the untrusted comment's line
	head -n 1 "$1" | wc -c
}

# ---- on the drop, and at the receiver's home ----

m=$d/manifest.json
sample 'manifest' "$m" 12 0 staged_any receive
sample 'its signature' "$m.minisig" 12 "$(after_comment "$m.minisig")" \
    staged_any receive
sample 'payload' "$d/payload.tar.zst.age" 10 0 staged_any receive
own=$T/kpu/agreements/$A
sample 'agreement' "$own/agreement.json" 5 0 staged_any receive
sample "agreement's signature" "$own/KEMLU.minisig" 4 \
    "$(after_comment "$own/KEMLU.minisig")" staged_any receive
sample "sender's card" "$T/kpu/parties/KEMLU.card.json" 4 0 staged_any receive
sample "card's signature" "$T/kpu/parties/KEMLU.card.json.minisig" 3 \
    "$(after_comment "$T/kpu/parties/KEMLU.card.json.minisig")" \
    staged_any receive
k=$T/kpu/keys/decryption.key
sample 'decryption key' "$k" 4 "$(grep -v AGE- "$k" | wc -c)" staged_any receive
check 'the journal verifies' saksi --home "$T/kpu" journal verify

# ---- parts of three parcels, in every way, in the place of the first ----

# The payload was fetched and proved while the key was damaged: it would be taken
# from there, whatever lies on the drop now.
rm -rf "$T/kpu/inbox/$A"

wrong=
tried=0
for i in 1 2 3; do
	for j in 1 2 3; do
		for k in 1 2 3; do
			[ $i$j$k != 111 ] || continue
			rm -rf "$d" && mkdir "$d"
			cp "$T/good.$i/manifest.json" "$d/"
			cp "$T/good.$j/manifest.json.minisig" "$d/"
			cp "$T/good.$k/payload.tar.zst.age" "$d/"
			status=0
			receive >"$T/out" 2>"$T/err" || status=$?
			tried=$((tried + 1))
			if [ $status -ne 3 ] || staged_any; then
				wrong="$wrong $i$j$k=$status"
			fi
		done
	done
done
check "manifest, signature, payload of three parcels: $tried ways refused" \
    [ "$tried$wrong" = 26 ]
[ -z "$wrong" ] || echo "# parts=status:$wrong"
expect_unstaged 'nothing is staged' 1

# ---- all of it back, but for a comment nobody signs ----

rm -rf "$d" && cp -a "$T/good.1" "$d"
flip_bit "$d/manifest.json.minisig" 25 1
expect 0 'the untrusted comment may differ' receive
expect_staged 'staged, once' 1 "$T/1.csv"

# ---- the receipt, at the sender's home ----

released_any() {
	[ ! -s "$T/kemlu/outbox/$A/warga/KEMLU/00000001/manifest.json" ] ||
	    [ "$(noted kemlu receipt 1)" -ne 0 ]
}
r=$d/receipt.KPU.staged.json
# What is there besides was received and is refused or kept apart.
rm -f "$d"/receipt.KPU.received.json* "$d"/receipt.KPU.refused.json*
for n in 2 3; do
	rm -rf "$T/kemlu/outbox/$A/warga/KEMLU/0000000$n"
done
sample 'receipt' "$r" 6 0 released_any collect
sample "receipt's signature" "$r.minisig" 5 "$(after_comment "$r.minisig")" \
    released_any collect
expect 0 'all back: collected' collect
check 'on record, once' [ "$(noted kemlu receipt 1)" -eq 1 ]
check 'the sealed copy was let go' \
    [ ! -e "$T/kemlu/outbox/$A/warga/KEMLU/00000001" ]

# ---- keys that sign ----

cp "$T/1.csv" "$T/warga.csv"
sent_any() {
	[ -e "$(parcel_dir 4)" ] || [ -e "$(parcel_dir 2)" ]
}
k=$T/kemlu/keys/signing.key
sample 'signing key' "$k" 5 "$(after_comment "$k")" sent_any send "$T/warga.csv"
root_signed() {
	rm -rf "$T/again" && mkdir "$T/again" &&
	    cp "$T/paper/agreement.json" "$T/again/" &&
	    saksi --home "$T/kemlu" agreement sign -q "$T/again/agreement.json"
}
signed_any() {
	[ -e "$T/again/KEMLU.minisig" ]
}
k=$T/kemlu/keys/root.key
sample 'root key' "$k" 5 "$(after_comment "$k")" signed_any root_signed
expect 0 'with the keys as they were: sent' send "$T/warga.csv"
check 'both journals verify' sh -c 'saksi --home "$1/kpu" journal verify &&
    saksi --home "$1/kemlu" journal verify' - "$T"

plan 22

#!/bin/sh
# Goal of this test: whatever byte of a parcel is changed, lost or added on the
# drop, the receiver refuses it with its code, stages nothing and says nothing
# that could be taken for "staged"; once the bytes are back, a plain rerun stages
# it, once.

# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"
# shellcheck disable=SC2034
WORLD_DROP=file
world
send "$T/warga.csv" >/dev/null 2>&1 || exit 99

d=$(parcel_dir 1)
cp -a "$d" "$T/good"
cp -a "$T/kpu" "$T/kpu.before"
journal_lines() {
	cat "$T/kpu"/journal/*.jsonl | wc -l
}

# What happens to a whole parcel, with a receiver who has not seen it yet.
mended() { # NAME: the drop is restored, the very next run stages it once
	rm -rf "$d" && cp -a "$T/good" "$d"
	if receive >"$T/out" 2>"$T/err"; then
		expect_staged "$1: mended, staged once" 1 "$T/warga.csv"
	else
		not_ok "$1: mended, staged"
	fi
	rm -rf "$d" "$T/kpu"
	cp -a "$T/good" "$d"
	cp -a "$T/kpu.before" "$T/kpu"
}

refuses() { # CODE NAME COMMAND...: the command damages the parcel
	code=$1
	what=$2
	shift 2
	"$@"
	expect 3 "$what: refused" receive
	expect_code "$code" "$what: with $code"
	expect_unstaged "$what: nothing staged" 1
	before=$(journal_lines)
	receive >/dev/null 2>&1
	check "$what: looked at again, noted once" [ "$(journal_lines)" -eq \
	    "$before" ]
	mended "$what"
}

# The line's first byte, counted from 0.
line_at() { # FILE LINE
	head -n $(($2 - 1)) "$1" | wc -c
}

# Another letter of base64, so that only what it says changes, not its form.
letter() { # FILE OFFSET
	is=$(dd if="$1" bs=1 skip="$2" count=1 2>/dev/null)
	to=A
	[ "$is" != A ] || to=B
	printf %s $to | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

m=$d/manifest.json
s=$d/manifest.json.minisig
p=$d/payload.tar.zst.age

# Every part of the manifest is under the signature, layout included.
size=$(wc -c <"$m")
for at in 0 1 $((size / 3)) $((size / 2)) $((size - 3)) $((size - 1)); do
	refuses 201 "manifest, byte $at flipped" flip "$m" $at
done
refuses 201 'manifest, last byte lost' truncate -s -1 "$m"
refuses 201 'manifest, half lost' truncate -s $((size / 2)) "$m"
refuses 201 'manifest, emptied' truncate -s 0 "$m"
append() {
	printf '%s' "$2" >>"$1"
}
refuses 201 'manifest, newline added' append "$m" '
'
refuses 201 'manifest, NUL added' truncate -s +1 "$m"

# The signature file: its first line is a comment that nobody signs.
two=$(line_at "$s" 2)
three=$(line_at "$s" 3)
four=$(line_at "$s" 4)
refuses 201 'signature, algorithm flipped' flip "$s" "$two"
refuses 202 'signature, key id changed' letter "$s" $((two + 5))
refuses 201 'signature, its bytes flipped' flip "$s" $((two + 40))
refuses 201 'signature, its last bits flipped' flip "$s" $((three - 4))
refuses 201 'signature, trusted comment flipped' flip "$s" $((three + 20))
refuses 201 'signature, last byte of the comment' flip "$s" $((four - 2))
refuses 201 'global signature, first byte' flip "$s" $((four + 1))
refuses 201 'global signature, middle' flip "$s" $((four + 40))
refuses 201 'global signature, unused bits' flip "$s" $((four + 85))
refuses 201 'signature, last line lost' truncate -s "$four" "$s"
refuses 201 'signature, half a line lost' truncate -s $((four + 40)) "$s"
refuses 201 'signature, emptied' truncate -s 0 "$s"
refuses 201 'signature, a line added' append "$s" 'x
'

# The payload is read only as bytes to be hashed until its hash is right.
size=$(wc -c <"$p")
for at in 0 30 100 $((size / 2)) $((size - 1)); do
	refuses 404 "payload, byte $at flipped" flip "$p" "$at"
done
refuses 404 'payload, last byte lost' truncate -s -1 "$p"
refuses 404 'payload, half lost' truncate -s $((size / 2)) "$p"
refuses 404 'payload, emptied' truncate -s 0 "$p"
refuses 404 'payload, a byte added' append "$p" x

# A refusal for damage on the way is answered, and the answer is signed.
flip "$p" 500
receive >/dev/null 2>&1
check 'the sender is told: receipt with 404' jq -e '.stage == "refused" and
    .refusal.code == 404 and .rows == 0 and .contents == null' \
    "$d/receipt.KPU.refused.json"
check 'stock minisign verifies that receipt' minisign -Vm \
    "$d/receipt.KPU.refused.json" -p "$T/kpu/keys/signing.pub"
expect 0 'the sender puts the payload there again' collect
expect_said 'and says so' '"result":"mended"'
check 'and keeps the sealed copy' [ -s \
    "$T/kemlu/outbox/$A/warga/KEMLU/00000001/payload.tar.zst.age" ]
expect 0 'mended: staged' receive
expect_staged 'once' 1 "$T/warga.csv"
expect 0 'the sender collects the receipt' collect
expect_absent 'and lets the sealed copy go' \
    "$T/kemlu/outbox/$A/warga/KEMLU/00000001"

# A file that is missing altogether: not there yet, no accusation.
send "$T/warga.csv" >/dev/null 2>&1
d=$(parcel_dir 2)
for f in manifest.json manifest.json.minisig payload.tar.zst.age; do
	mv "$d/$f" "$T/away"
	expect 4 "$f missing: wait" receive
	expect_code 505 "$f missing: 505"
	expect_unstaged "$f missing: nothing staged" 2
	mv "$T/away" "$d/$f"
done
expect 0 'all there: staged' receive
expect_staged 'all there: staged once' 2 "$T/warga.csv"

plan 185

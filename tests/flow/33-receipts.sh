#!/bin/sh
# Goal of this test: a hand-over is believed only on the recipient's own signed
# word about this very parcel; and a sender who signs what is not true, or packs
# what is not harmless, with stock tools and genuine keys, is found out by the
# recipient, who stages nothing and answers with the code.

# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"
# shellcheck disable=SC2034
WORLD_DROP=file
world

# ---- receipts that are none ----

send "$T/warga.csv" >/dev/null 2>&1 || exit 99
receive >/dev/null 2>&1 || exit 99
d=$(parcel_dir 1)
cp -a "$d" "$T/true"
r=$d/receipt.KPU.staged.json
disbelieves() { # WHAT CODE [STATUS]
	expect "${3:-3}" "$1: not believed" collect
	expect_code "$2" "$1: $2"
	expect_json "$1: the receipt is named" \
	    'any(.[]; .file == "receipt.KPU.staged.json")'
	check "$1: the sealed copy stays" [ -s \
	    "$T/kemlu/outbox/$A/warga/KEMLU/00000001/payload.tar.zst.age" ]
	check "$1: nothing on record" [ "$(cat "$T/kemlu"/journal/*.jsonl |
	    jq -s 'map(select(.stage == "staged" or .event == "released")) |
	    length')" -eq 0 ]
	expect_absent "$1: nothing kept as evidence" "$T/kemlu/records/$A/\
warga/KEMLU/00000001/receipt.KPU.staged.json"
	rm -rf "$d" && cp -a "$T/true" "$d"
}
edit() { # FILTER: edited, but with the true signature still beside it
	jq "$1" "$r" >"$r.x" && mv "$r.x" "$r"
}
forge() { # FILTER KEY: edited and signed
	edit "$1"
	sign_page "$r" "$2"
}
edit '.rows = 999'
disbelieves 'an edited receipt' 201
flip "$r" 100
disbelieves 'a receipt with a flipped byte' 201
truncate -s -1 "$r"
disbelieves 'a receipt cut short' 201
rm "$r.minisig"; : >"$r.minisig"
disbelieves 'an unsigned receipt' 201
forge . "$T/kemlu/keys/signing.key"
disbelieves 'a receipt signed by the sender' 202
forge . "$T/dukcapil/keys/signing.key"
disbelieves 'a receipt signed by another trusted party' 202
minisign -G -W -p "$T/anon.pub" -s "$T/anon.key" >/dev/null 2>&1 || exit 99
forge . "$T/anon.key"
disbelieves 'a receipt signed by nobody known' 202
own=$T/kpu/keys/signing.key
forge '.recipient = "DUKCAPIL"' "$own"
disbelieves 'a receipt in another name' 205
forge '.manifest = "0" * 64' "$own"
disbelieves 'a receipt about another manifest' 205
forge '.parcel = "UJI-2026/warga/KEMLU/2"' "$own"
disbelieves 'a receipt about another parcel' 205
forge '.rows = 999' "$own"
disbelieves 'a receipt that counted other rows' 403
forge '.contents = "0" * 64' "$own"
disbelieves 'a receipt that counted other totals' 403
forge '.time = "2020-01-01T00:00:00Z"' "$own"
disbelieves 'a receipt older than its key' 203
forge '.extra = 1' "$own"
disbelieves 'a receipt with an unknown member' 201
cp "$d/receipt.KPU.received.json" "$r"
cp "$d/receipt.KPU.received.json.minisig" "$r.minisig"
disbelieves '"received" renamed to "staged"' 205

# A receipt of the next parcel, put beside this one.
send "$T/warga.csv" >/dev/null 2>&1 || exit 99
receive >/dev/null 2>&1 || exit 99
for f in "$(parcel_dir 2)"/receipt.KPU.staged.*; do
	cp "$f" "$d"
done
mv "$(parcel_dir 2)" "$T/second"
disbelieves 'the receipt of parcel 2 beside parcel 1' 205 5
mv "$T/second" "$(parcel_dir 2)"

# Whoever is no recipient has no say.
for f in "$r" "$r.minisig"; do
	cp "$f" "$d/receipt.DUKCAPIL.${f#*KPU.}"
done
expect 0 'the true receipts release both parcels' collect
expect_json 'both are acknowledged' 'map(.result) ==
    ["acknowledged", "acknowledged"]'
check 'the outbox is empty' [ -z "$(find "$T/kemlu/outbox" -type f)" ]
check 'the receipt is kept, byte for byte' cmp "$T/true/receipt.KPU.staged.json" \
    "$T/kemlu/records/$A/warga/KEMLU/00000001/receipt.KPU.staged.json"
expect 0 'again: nothing to do' collect
check 'released once' [ "$(noted kemlu released 1)" -eq 1 ]

# ---- signed, and yet not true or not harmless ----

n=2
answered() { # WHAT CODE
	expect 3 "$1: refused" receive
	expect_code "$2" "$1: $2"
	expect_unstaged "$1: nothing staged" "$n"
	check "$1: the sender is told" jq -e ".stage == \"refused\" and
	    .refusal.code == $2 and .contents == null" \
	    "$(parcel_dir "$n")/receipt.KPU.refused.json"
	check "$1: and can prove it" minisign -Vm \
	    "$(parcel_dir "$n")/receipt.KPU.refused.json" \
	    -p "$T/kpu/keys/signing.pub"
	check "$1: no cell value in receipt, journal, refusal" sh -c \
	    '! grep -rq "CONTOH\|RAHASIA" "$@"' - "$T/kpu/journal" \
	    "$T/kpu/refused" "$(parcel_dir "$n")/receipt.KPU.refused.json"
}
next() { # FILE: a parcel with this as warga.csv
	n=$((n + 1))
	craft_begin
	cp "$1" "$T/craft/warga.csv"
}
plain() { # WHAT CODE [PAGE_FILTER [MANIFEST_FILTER]]
	craft_page warga.csv "${3:-.}"
	craft_tar contents.json warga.csv
	craft_seal "$n" "${4:-.}"
	answered "$1" "$2"
}
write_good 300 >"$T/300.csv"

# First of all: what is made by hand and true is taken.
next "$T/300.csv"
craft_page warga.csv
craft_tar contents.json warga.csv
craft_seal "$n"
expect 0 'a true parcel made with stock tools is taken' receive
expect_staged 'and staged' "$n" "$T/300.csv"
check 'its contents.json is the one recounted here' cmp \
    "$(staged_dir "$n")/contents.json" "$T/craft/contents.json"

next "$T/300.csv"
plain 'totals: rows' 403 '.files[0].rows = 299 |
    .files[0].totals[0].rows = 299'
next "$T/300.csv"
plain 'totals: count by status' 403 \
    '.files[0].totals[1].values = {A: 199, B: 101}'
next "$T/300.csv"
plain 'totals: sum' 403 '.files[0].totals[2].value = "1"'
next "$T/300.csv"
plain 'totals: distinct' 403 '.files[0].totals[3].value = 96'
next "$T/300.csv"
plain 'totals: hash of the file' 403 '.files[0].sha256 = "0" * 64'
next "$T/300.csv"
plain 'rows of the manifest' 403 . '.rows = 299'
next "$T/300.csv"
plain 'contents of the manifest' 403 . '.contents = "0" * 64'
next "$T/300.csv"
plain 'more rows than agreed' 106 . '.rows = 2000001'
next "$T/300.csv"
plain 'an agreed field is missing' 107 . '.fields = {}'
next "$T/300.csv"
plain 'a recipient too many' 105 . '.recipients = ["KPU", "DUKCAPIL"]'

bad() { # WHAT CODE SED_SCRIPT: the file breaks the agreed rules
	sed "$3" "$T/300.csv" >"$T/bad.csv"
	next "$T/bad.csv"
	plain "$1" "$2"
}
bad 'a value against its pattern' 402 '200s/^[0-9]*/RAHASIA1/'
check 'row, column and rule are named' jq -e '.refusal | .row == 200 and
    .column == "id" and .rule == "pattern" and .file == "warga.csv"' \
    "$(parcel_dir "$n")/receipt.KPU.refused.json"
bad 'faults of several kinds' 402 '200,229s/^[0-9]*/X/; 240s/;[AB];/;C;/'
check 'they are counted, and the first ones placed' jq -e '.refusal.faults |
    .count == 31 and .kinds == [
    {column: "id", rule: "pattern", count: 30},
    {column: "status", rule: "enum", count: 1}] and (.first | length) == 20 and
    .first[19] == {file: "warga.csv", row: 219, column: "id",
    rule: "pattern"}' "$(parcel_dir "$n")/receipt.KPU.refused.json"
bad 'a day that does not exist' 402 '200s/;[0-9-]*;\([AB]\)/;31-02-2000;\1/'
bad 'a key twice' 410 '200s/^[0-9]*/00000007/'
bad 'a column more' 401 '1s/$/;lebih/;2,$s/$/;x/'
bad 'columns in another order' 401 '1s/id;nama/nama;id/'
bad 'bytes that are no UTF-8' 409 '200s/CONTOH/CONTOH\xff/'

# ---- archives ----

next "$T/300.csv"
craft_page warga.csv
echo x >"$T/craft/lebih.csv"
craft_tar contents.json warga.csv lebih.csv
craft_seal "$n"
answered 'a file too many' 406
next "$T/300.csv"
craft_page warga.csv
ln -s /etc/passwd "$T/craft/lebih"
craft_tar contents.json warga.csv lebih
craft_seal "$n"
answered 'a symbolic link too many' 406
next "$T/300.csv"
craft_page warga.csv
cp "$T/300.csv" "$T/craft/aside"
rm "$T/craft/warga.csv" && ln -s "$T/300.csv" "$T/craft/warga.csv"
craft_tar contents.json warga.csv
craft_seal "$n"
answered 'a symbolic link instead of the file' 406
next "$T/300.csv"
craft_page warga.csv
mkdir "$T/craft/dir"
craft_tar contents.json dir warga.csv
craft_seal "$n"
answered 'a directory' 406
next "$T/300.csv"
craft_page warga.csv
craft_tar --transform='s,^warga,../../warga,' contents.json warga.csv
craft_seal "$n"
answered 'a path upwards' 406
next "$T/300.csv"
craft_page warga.csv
craft_tar -P --transform="s,^warga,$T/warga-evil," contents.json warga.csv
craft_seal "$n"
answered 'an absolute path' 406
expect_absent 'and nothing was written there' "$T/warga-evil.csv"
next "$T/300.csv"
craft_page warga.csv
craft_tar warga.csv contents.json
craft_seal "$n"
answered 'contents.json is not first' 406
next "$T/300.csv"
craft_page warga.csv
craft_tar contents.json
craft_seal "$n"
answered 'the file is missing' 406
next "$T/300.csv"
craft_page warga.csv
craft_tar contents.json warga.csv warga.csv
craft_seal "$n"
answered 'a file twice' 406
next "$T/300.csv"
craft_page warga.csv '. + {extra: 1}'
craft_tar contents.json warga.csv
craft_seal "$n"
answered 'contents.json with an unknown member' 406

next "$T/300.csv"
craft_page warga.csv
craft_tar contents.json warga.csv
zstd -q "$T/craft/payload.tar" -o "$T/craft/payload.zst"
echo x | zstd -q >>"$T/craft/payload.zst"
craft_seal "$n"
answered 'a second zstd frame' 406
next "$T/300.csv"
craft_page warga.csv
craft_tar contents.json warga.csv
zstd -q "$T/craft/payload.tar" -o "$T/craft/payload.zst"
echo tail >>"$T/craft/payload.zst"
craft_seal "$n"
answered 'bytes after the frame' 406
next "$T/300.csv"
craft_page warga.csv
craft_tar contents.json warga.csv
zstd -q "$T/craft/payload.tar" -o "$T/craft/payload.zst"
truncate -s -20 "$T/craft/payload.zst"
craft_seal "$n"
answered 'the frame cut short' 406
next "$T/300.csv"
craft_page warga.csv
craft_tar contents.json warga.csv
craft_seal "$n" '.payload.unpacked_bytes -= 1'
answered 'a byte more than the manifest declares' 407
next "$T/300.csv"
craft_page warga.csv '.files[0].bytes -= 1'
craft_tar contents.json warga.csv
craft_seal "$n"
answered 'a byte more than contents.json declares' 407

next "$T/300.csv"
craft_page warga.csv
truncate -s 1M "$T/craft/warga.csv"
craft_tar -S contents.json warga.csv
craft_seal "$n"
answered 'a sparse file' 406

# A bomb: 256 MiB of zeros, declared small.
next "$T/300.csv"
craft_page warga.csv
truncate -s 256M "$T/craft/warga.csv"
tar -C "$T/craft" --format=pax --owner=0 --group=0 --numeric-owner \
    --mode=0600 --pax-option=delete=atime,delete=ctime,delete=mtime -cf - \
    contents.json warga.csv | zstd -q -1 >"$T/craft/payload.zst"
rm "$T/craft/warga.csv"
cp "$T/300.csv" "$T/craft/small.csv"
craft_seal "$n"
answered 'a bomb of zeros, declared small' 407

# ---- seals ----

age-keygen -o "$T/other.age" 2>/dev/null || exit 99
next "$T/300.csv"
craft_page warga.csv
craft_tar contents.json warga.csv
CRAFT_TO=$(age-keygen -y "$T/other.age")
craft_seal "$n"
CRAFT_TO=
answered "sealed to somebody else's key" 405

plan 318

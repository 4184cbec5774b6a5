#!/bin/sh
# Goal of this test: what a trusted partner's signature covers may still be made
# to fill a disk, the memory or the time of who opens it.  Each bomb is refused
# with its code; no process needs more than 64 MiB for it, a file of up to 1 MB
# not more than a second of the processor, and no more is written to the disk than
# the parcel and what it declares, 1 %, and what a refusal leaves behind.
# A gigabyte cell is a gigabyte with SERAHTERIMA_LONG set, else an eighth of it.

# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"
measure=$builddir/tests/vectors/measure
[ -x "$measure" ] || skip_all 'measure is not built'
# The figures are those of the product, not of a sanitizer.
bounds=yes
if grep -q __asan_init "$builddir/terima" || grep -q __tsan_init \
    "$builddir/terima"; then
	bounds=
	echo '# a sanitizer: memory and time are not held against their bounds'
fi
CELL=$((128 * 1024 * 1024))
[ -z "$SERAHTERIMA_LONG" ] || CELL=$((1024 * 1024 * 1024))

# shellcheck disable=SC2034
WORLD_DROP=file
world '.datasets[0].limits = {rows: 2000000, bytes: 2000000000} |
    .datasets[0].totals += [{count_by: "nama"}]'
cp -a "$T/kpu" "$T/kpu.before"
d=$(parcel_dir 1)
m=$d/manifest.json

# Memory always, time for what is small, writing where it is told how much.
within() { # NAME BYTES_OF_THE_BOMB KIB_WRITTEN
	read -r kib ms wrote <"$T/took"
	echo "# $1: $2 bytes, $kib KiB, $ms ms, $wrote KiB written"
	if [ -z "$bounds" ]; then
		ok "$1: not held against bounds"
	elif [ "$kib" -gt 65536 ] || [ "$wrote" -gt "$3" ] ||
	    { [ "$2" -le 1000000 ] && [ "$ms" -gt 1000 ]; }; then
		not_ok "$1: within its bounds"
	else
		ok "$1: within its bounds"
	fi
}

# bomb CODE MOST NAME FILE COMMAND...: FILE is the bomb, MOST the KiB that may be
# written.
bomb() {
	code=$1 most=$2 what=$3 file=$4
	shift 4
	expect 3 "$what: refused" "$measure" "$T/took" "$@"
	expect_code "$code" "$what: $code"
	within "$what" "$(wc -c <"$file")" "$most"
}

# In a parcel; the receiver begins anew each time.
parcel() { # CODE DECLARED NAME FILE
	bomb "$1" "$(most "$(cat "$p" 2>/dev/null | head -c 2000000 |
	    wc -c)" "$2")" "$3" "$4" terima --home "$T/kpu" run --json
	expect_unstaged "$3: nothing staged" 1
	rm -rf "$d" "$T/kpu"
	cp -a "$T/kpu.before" "$T/kpu"
}

p=$d/payload.tar.zst.age
craft() {
	craft_begin
	cp "$T/warga.csv" "$T/craft/warga.csv"
	craft_page warga.csv
}
zeros() {
	head -c "$1" /dev/zero
}
# KiB: the bytes together and 1 %, and what journal, index and evidence take.
most() { # BYTES...
	sum=0
	for bytes in "$@"; do
		sum=$((sum + bytes))
	done
	echo $(((sum + sum / 100) / 1024 + 3072))
}
FILE=65536 # warga.csv and its page, as declared

# ---- zstd and tar ----

craft
craft_tar contents.json warga.csv
{ cat "$T/craft/payload.tar" && zeros 4294967296; } | zstd -q -1 \
    >"$T/craft/payload.zst"
craft_seal 1
parcel 406 $FILE 'four gigabytes of zeros after the archive' "$p"

craft
zeros 1073741824 >"$T/craft/big"
(cd "$T/craft" && tar --format=pax --transform 's/big/warga.csv/' \
    -cf - contents.json big) | zstd -q -1 >"$T/craft/payload.zst"
rm "$T/craft/big"
craft_seal 1
parcel 407 $FILE 'a member of a gigabyte, told as small' "$p"

craft
zeros 1073741824 >"$T/craft/big"
(cd "$T/craft" && tar --format=pax --transform 's/big/contents.json/' \
    -cf - big warga.csv) | zstd -q -1 >"$T/craft/payload.zst"
rm "$T/craft/big"
craft_seal 1 '.payload.unpacked_bytes = 1900000000'
parcel 407 $FILE 'contents.json of a gigabyte' "$p"

craft
mkdir "$T/craft/many"
(cd "$T/craft/many" && seq -f f%05.0f 1 20000 | xargs touch)
(cd "$T/craft" && tar --format=ustar -cf payload.tar contents.json warga.csv &&
    tar -C many --format=ustar -rf payload.tar .) 2>/dev/null
(cd "$T/craft/many" && find . -type f | sed 's|^./||' | sort |
    tar --format=ustar -cf ../payload.tar -C .. contents.json warga.csv \
	-C many -T -)
rm -rf "$T/craft/many"
craft_seal 1
parcel 407 $FILE 'twenty thousand members' "$p"

# A header by hand: name, size in octal, type.
header() {
	{
		printf %s "$1" && zeros $((100 - ${#1}))
		printf '0000600\0000000000\0000000000\000%011o\000' "$2"
		printf '14524770400\000        %s' "$3"
		zeros 100 && printf 'ustar\00000' && zeros 247
	} >"$T/header"
	sum=$(od -An -v -tu1 "$T/header" | awk '{ for (i = 1; i <= NF; i++)
		s += $i } END { printf "%06o", s }')
	{ head -c 148 "$T/header" && printf '%s\000 ' "$sum" &&
	    tail -c 356 "$T/header"; }
}
craft
{ header pax 1073741824 x && zeros 1073741824; } | zstd -q -1 \
    >"$T/craft/payload.zst"
craft_seal 1
parcel 406 $FILE 'an extended header of a gigabyte' "$p"

craft
{ header contents.json 8589934591 0 && zeros 1000000; } | zstd -q -1 \
    >"$T/craft/payload.zst"
craft_seal 1
parcel 407 $FILE 'a member that says eight gigabytes' "$p"

# Half a million blocks that hold nothing: work without bytes.
craft
{ printf '\050\265\057\375\000\000' && zeros 999000; } \
    >"$T/craft/payload.zst"
craft_seal 1
parcel 406 $FILE 'a zstd frame of empty blocks' "$p"

# ---- age ----

to=$(cat "$T/kpu/keys/decryption.pub")
stranger=$(cat "$T/kemlu/keys/decryption.pub")
stanzas() { # COUNT: sealed to strangers, us last
	craft
	craft_tar contents.json warga.csv
	craft_seal 1
	{ yes "$stranger" | head -n "$1"; echo "$to"; } >"$T/many"
	zstd -q -c "$T/craft/payload.tar" | age -R "$T/many" >"$p" || return 1
	jq --arg sha256 "$(sha256sum <"$p" | cut -c1-64)" \
	    --argjson bytes "$(wc -c <"$p")" \
	    '.payload.sha256 = $sha256 | .payload.bytes = $bytes' "$m" \
	    >"$T/page" && cp "$T/page" "$m" &&
	    sign_page "$m" "$T/kemlu/keys/signing.key"
}
stanzas 2040
parcel 405 $FILE 'two thousand stanzas' "$p"
stanzas 9000
parcel 405 $FILE 'nine thousand stanzas' "$p"
age_of() { # the bytes of stdin as payload
	craft
	craft_tar contents.json warga.csv
	craft_seal 1
	cat >"$p"
	jq --arg sha256 "$(sha256sum <"$p" | cut -c1-64)" \
	    --argjson bytes "$(wc -c <"$p")" \
	    '.payload.sha256 = $sha256 | .payload.bytes = $bytes' "$m" \
	    >"$T/page" && cp "$T/page" "$m" &&
	    sign_page "$m" "$T/kemlu/keys/signing.key"
}
{ printf 'age-encryption.org/v1\n-> X25519 ' && zeros 990000 | tr '\0' A; } |
    age_of
parcel 405 $FILE 'a stanza line of a megabyte' "$p"
{ printf 'age-encryption.org/v1\n' && yes -- '-> a' | head -n 190000; } | age_of
parcel 405 $FILE 'a header of empty stanzas' "$p"

# ---- JSON that is signed ----

page() { # stdin becomes the manifest, signed
	mkdir -p "$d"
	cat >"$m"
	: >"$p"
	sign_page "$m" "$T/kemlu/keys/signing.key"
}
zeros 1048576 | tr '\0' '[' | page
parcel 107 0 'a manifest of a million brackets' "$m"
yes '{"a":' | head -n 150000 | tr -d '\n' | page
parcel 107 0 'a manifest of objects in objects' "$m"
{ printf '{"format":"x"' && seq -f ',"k%.0f":0' 1 80000 | tr -d '\n' &&
    echo '}'; } | page
parcel 107 0 'a manifest of eighty thousand members' "$m"
{ printf '{"format":"x"' && yes ',"k":0' | head -n 140000 | tr -d '\n' &&
    echo '}'; } | page
parcel 107 0 'a manifest of one member many times' "$m"
{ printf '{"rows":1' && zeros 900000 | tr '\0' 9 && echo '}'; } | page
parcel 107 0 'a manifest with a number of a million digits' "$m"
{ printf '{"dataset":"' && yes '\u00e9' | head -n 170000 | tr -d '\n' &&
    echo '"}'; } | page
parcel 107 0 'a manifest with a text of a megabyte' "$m"
zeros 1048577 | tr '\0' ' ' | page
parcel 407 0 'a manifest of more than a megabyte' "$m"

contents_bomb() { # the page on stdin
	craft
	craft_tar contents.json warga.csv
	craft_seal 1
	cat >"$T/craft/contents.json"
	craft_tar contents.json warga.csv
	zstd -q -c "$T/craft/payload.tar" | age -r "$to" >"$p"
	jq --arg sha256 "$(sha256sum <"$p" | cut -c1-64)" \
	    --argjson bytes "$(wc -c <"$p")" \
	    --arg contents "$(sha256sum <"$T/craft/contents.json" |
		cut -c1-64)" '.payload.sha256 = $sha256 |
	    .payload.bytes = $bytes | .contents = $contents |
	    .payload.unpacked_bytes = 8000000' "$m" >"$T/page" &&
	    cp "$T/page" "$m" && sign_page "$m" "$T/kemlu/keys/signing.key"
}
zeros 4000000 | tr '\0' '[' | contents_bomb
parcel 406 8000000 'contents.json of four million brackets' "$T/craft/contents.json"
{ printf '{"format":"x"' && seq -f ',"k%.0f":0' 1 300000 | tr -d '\n' &&
    echo '}'; } | contents_bomb
parcel 406 8000000 'contents.json of 300,000 members' "$T/craft/contents.json"
{ printf '{"format":"serahterima-contents/1","salt":' &&
    printf '"00112233445566778899aabbccddeeff","files":[' &&
    yes '{"name":"a.csv"},' | head -n 200000 && echo '{}]}'; } | contents_bomb
parcel 406 8000000 'contents.json of 200,000 files' "$T/craft/contents.json"
{ printf '[{}' && yes ',{}' | head -n 32000 | tr -d '\n' && echo ']'; } |
    contents_bomb
parcel 406 8000000 'contents.json of 32,000 objects' "$T/craft/contents.json"
{ printf '{"format":"x"' && seq -f ',"k%020.0f":"v"' 1 130000 | tr -d '\n' &&
    echo '}'; } | contents_bomb
parcel 406 8000000 'contents.json of 130,000 members' "$T/craft/contents.json"

# ---- tables ----

# Not behind a pipe: what is counted there is lost.
table() { # CODE NAME: table.csv, sent by hand and checked by serah
	craft
	cp "$T/table.csv" "$T/craft/warga.csv"
	jq -c --argjson bytes "$(wc -c <"$T/table.csv")" \
	    --arg sha256 "$(sha256sum <"$T/table.csv" | cut -c1-64)" \
	    '.files[0].bytes = $bytes | .files[0].sha256 = $sha256' \
	    "$T/craft/contents.json" >"$T/page" &&
	    mv "$T/page" "$T/craft/contents.json"
	craft_tar contents.json warga.csv
	craft_seal 1
	# A record is at most 1 MiB: no more is waited for.
	parcel "$1" 4194304 "$2, received" "$T/table.csv"
	bomb "$1" "$(most 0)" "$2, to be sent" "$T/table.csv" serah --home "$T/kemlu" \
	    check --json $A/warga "$T/table.csv"
}
head='id;nama;tanggal;status;nilai'
{ yes 'a;' | head -n 1000000 | tr -d '\n' && echo a; } >"$T/table.csv"
table 401 'a million columns'
{ echo $head && zeros 999000 | tr '\0' ';' && echo; } >"$T/table.csv"
table 401 'a row of a million columns'
{ echo $head && printf '00000001;' && zeros $CELL | tr '\0' x && echo; } >"$T/table.csv"
table 401 "a cell of $CELL bytes"
{ echo $head && printf '00000001;"' && yes | head -c $CELL && echo; } >"$T/table.csv"
table 401 "a quoted cell of $CELL bytes"
{ echo $head && printf '00000001;"' && zeros 990000 | tr '\0' '"' && echo; } >"$T/table.csv"
table 401 'half a million doubled quotes'
{ echo $head && seq -f %08.0f 1 30000 | sed 's/.*/&;N&;;A;/'; } >"$T/table.csv"
table 106 'more groups than may be counted'
yes '' | head -n 990000 >"$T/table.csv"
table 401 'a million empty lines'
{ echo $head && yes 'x' | head -n 490000; } >"$T/table.csv"
table 401 'half a million broken rows'
{ echo $head && yes '99999999;a;99-99-9999;Z;-' | head -n 38000; } >"$T/table.csv"
table 402 'faults in every cell'

# ---- what lies on the drop ----

rm -rf "$d"
send "$T/warga.csv" >/dev/null 2>&1 || not_ok 'a good one cannot be sent'
cp -a "$d" "$T/good"
on_drop() { # CODE NAME FILE: of a terabyte, with nothing in it
	truncate -s 1T "$3"
	parcel "$1" 0 "$2" "$3"
	cp -a "$T/good" "$d"
}
on_drop 407 'a signature of a terabyte' "$m.minisig"
on_drop 407 'a manifest of a terabyte' "$m"
on_drop 404 'a payload of a terabyte' "$p"
(cd "${d%/*}" && seq -f x%.0f 1 100001 | xargs touch)
bomb 407 "$(most 0)" 'a hundred thousand names on the drop' "$m" \
    terima --home "$T/kpu" run --json
find "${d%/*}" -type f -name 'x*' -delete
expect 0 'they are gone: staged' receive
expect_staged 'they are gone: staged once' 1 "$T/warga.csv"
zeros 1048577 >"$d/receipt.KPU.staged.json"
bomb 407 "$(most 1048576)" 'a receipt of more than a megabyte' \
    "$d/receipt.KPU.staged.json" serah --home "$T/kemlu" run --json
for n in 1000000 900000; do
	{ [ $n = 1000000 ] && zeros $n | tr '\0' '[' || {
		printf '{"a":"' && zeros $n | tr '\0' a && echo '"}'; }; } \
	    >"$d/receipt.KPU.staged.json"
	sign_page "$d/receipt.KPU.staged.json" "$T/kpu/keys/signing.key"
	bomb 201 "$(most 1048576)" "a receipt of $n bytes, signed" \
	    "$d/receipt.KPU.staged.json" serah --home "$T/kemlu" run --json
done

# ---- pages that people hand each other ----

zeros 1000000 | tr '\0' '[' >"$T/page"
bomb 5 "$(most 0)" 'an agreement of a million brackets' "$T/page" \
    saksi agreement check --json "$T/page"
{ echo '{"format":"serahterima-agreement/1","parties":[' &&
    yes '{"id":"A"},' | head -n 70000 && echo '{}]}'; } >"$T/page"
bomb 5 "$(most 0)" 'an agreement of 70,000 parties' "$T/page" \
    saksi agreement check --json "$T/page"
jq '.datasets[0].schema.fields = [range(20000) |
    {name: "k\(.)", type: "string"}]' "$T/paper/agreement.json" | jq -c . \
    >"$T/page"
bomb 5 "$(most 0)" 'a schema of twenty thousand columns' "$T/page" \
    saksi agreement check --json "$T/page"
jq -c '.datasets[0].schema.fields[3].constraints.enum =
    [range(100000) | tostring]' "$T/paper/agreement.json" >"$T/page"
bomb 5 "$(most 0)" 'a list of 100,000 words' "$T/page" \
    saksi agreement check --json "$T/page"
zeros 1000000 | tr '\0' '[' >"$T/deep.json"
sign_page "$T/deep.json" "$T/kemlu/keys/root.key"
bomb 5 "$(most 0)" 'a card of a million brackets' "$T/deep.json" \
    saksi --home "$T/kpu" trust --json "$T/deep.json" --fingerprint 0
{ cat "$T/kpu"/journal/*.jsonl && zeros 1000000 | tr '\0' x && echo; } \
    >"$T/lines"
cp "$T/lines" "$(ls "$T/kpu"/journal/*.jsonl)"
bomb 304 "$(most 0)" 'a journal line of a megabyte' "$T/lines" \
    saksi --home "$T/kpu" journal verify --json
rm -rf "$T/kpu" && cp -a "$T/kpu.before" "$T/kpu"
yes '#' | head -n 400000 >>"$T/kpu/serahterima.conf"
bomb 407 "$(most 0)" 'a configuration of comments' "$T/kpu/serahterima.conf" \
    saksi --home "$T/kpu" journal verify --json

plan 202

#!/bin/sh
# Goal: only what the paper allows leaves, in one form, whatever the source is
# written in: encodings and line ends become UTF-8 and LF, columns and rows that
# are not agreed stay here, masks are applied; what is wrong is told by the row
# of the source; and a source in the normal form leaves byte for byte.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"

WORLD_DROP='file'
command -v iconv >/dev/null || skip_all "no iconv here"
command -v openssl >/dev/null || skip_all "no openssl here"
world
mkdir "$T/x"
x=$T/x/warga.csv
head='id;nama;tanggal;status;nilai'
version=1

# A new version of the paper, changed by a jq filter of its data set.
agree() { # FILTER
	version=$((version + 1))
	before=$(sha256sum <"$T/paper/agreement.json" | cut -c1-64)
	rm -f "$T"/paper/*.minisig
	{ write_paper ".version = $version | .replaces = \"$before\" |
	    .datasets[0] |= ($1)" && sign_paper kemlu kpu dukcapil &&
	    import_paper; } >"$T/agree.log" 2>&1 || {
		sed 's/^/# /' "$T/agree.log"
		echo 'Bail out! no agreement'
		exit 99
	}
}

n=0
# What the recipient has of the source is this.
hands_over() { # NAME WANTED
	expect 0 "$1: sent" send "$x"
	n=$((n + 1))
	expect 0 "$1: received" receive
	check "$1: what is staged" cmp "$(staged_dir $n)/warga.csv" "$2"
	collect >"$T/collected" 2>&1
}

# Exactly these faults: "code row column rule byte" a line.
faulty() { # NAME FAULTS
	expect 3 "$1: refused" serah --home "$T/kemlu" check --json $A/warga "$x"
	printf '%s\n' "$2" >"$T/want"
	jq -r 'select(.result == "fault") |
	    "\(.code) \(.row) \(.column // "-") \(.rule) \(.byte // "-")"' \
	    "$T/out" >"$T/found"
	check "$1: faults" diff "$T/want" "$T/found"
}

rows() {
	cat <<-'END'
	00000001;"KÖLN; ""ÅRHUS""";01-02-1990;A;1
	00000002;"DUA
	BARIS";;B;
	00000003;"TIGA";03-04-1985;A;"2"
	END
}
{ echo $head && rows; } >"$T/source"
sed 's/"TIGA"/TIGA/; s/"2"/2/' "$T/source" >"$T/normal"

# ---- a source in the normal form leaves as it is ----

cp "$T/source" "$x"
hands_over 'the normal form' "$T/source"

# ---- encodings and line ends ----

# Line ends of records only: a value stays what it is.
crlf() {
	sed '/DUA/!s/$/\r/'
}

agree '.dialect.lineTerminator = "\r\n"'
crlf <"$T/source" >"$x"
hands_over CRLF "$T/normal"
agree '.dialect.bom = true'
{ printf '\357\273\277' && cat "$T/source"; } >"$x"
hands_over 'a byte order mark' "$T/normal"
for encoding in windows-1252 utf-16le utf-16be; do
	agree ".dialect.encoding = \"$encoding\" |
	    .dialect.lineTerminator = \"\r\n\""
	crlf <"$T/source" | iconv -f utf-8 -t "$encoding" >"$x"
	hands_over "$encoding" "$T/normal"
done
agree '.dialect.encoding = "utf-16le" | .dialect.bom = true'
{ printf '\377\376' && iconv -f utf-8 -t utf-16le <"$T/source"; } >"$x"
hands_over 'utf-16le with a mark' "$T/normal"
iconv -f utf-8 -t utf-16le <"$T/source" >"$x"
faulty 'the mark is missing' '409 1 - bom 0'
agree '.dialect.encoding = "windows-1252"'
{ printf '%s\n00000001;K' "$head" && printf '\201LN;;A;\n'; } >"$x"
faulty 'a byte that is none' '409 2 nama encoding 39'
agree '.dialect.lineTerminator = "\r\n"'
{ printf '%s\r\n00000001;K' "$head" && printf '\326LN;;A;\r\n'; } >"$x"
faulty 'no UTF-8' '409 2 nama encoding 40'
printf '%s\r\n00000001;A;;A;\n' "$head" >"$x"
faulty 'another line end' '401 2 - newline 44'
# Faults of value and structure, in the order of the source.
printf '%s\r\n%s\r\n%s\r\n%s\r\n%s\r\n' "$head" 'X;A;;A;' '00000002;B;;A' \
    '00000003;C;;X;' '00000004;D"D;;A;' >"$x"
faulty 'in order' "402 2 id pattern -
401 3 - columns 39
402 4 status enum -
401 5 nama quote 80"

# ---- columns and rows ----

wide() { # the columns among others
	awk -F';' -v OFS=';' 'NR == 1 { print "no", $1, "rahasia", $2, $3, $4,
		$5, "pos"; next }
	    { print NR, $1, "SANGAT-RAHASIA", $2, $3, $4, $5,
		NR % 3 ? "KUL" : "JED" }'
}
write_good 1000 >"$T/good"
wide <"$T/good" >"$x"
agree '.dialect.lineTerminator = "\n"'
expect 3 'columns that are not agreed are refused' \
    serah --home "$T/kemlu" check --json $A/warga "$x"
expect_code 401 'with code 401'
expect_said 'each is named' 'no, rahasia, pos'
agree '.extra_columns = "drop"'
hands_over 'other columns stay' "$T/good"
agree '.extra_columns = "drop" | .only = {pos: ["JED", "NIHIL"]}'
awk 'NR == 1 || NR % 3 == 0' "$T/good" >"$T/jed"
hands_over 'other rows stay' "$T/jed"
check 'what stays is nowhere' sh -c '! grep -rq SANGAT-RAHASIA "$@"' - \
    "$T/kpu" "$DROP" "$T/kemlu"
sed '30s/;A;\|;B;/;Q;/; 301s/CONTOH[^;]*//' "$x" >"$T/x/bad" &&
    mv "$T/x/bad" "$x"
faulty 'rows of the source' "402 30 status enum -"
sed '300s/CONTOH[^;]*//; 600s/;00000599;/;00000299;/' "$x" >"$T/x/bad" &&
    mv "$T/x/bad" "$x"
faulty 'also of keys' "402 30 status enum -
402 300 nama required -
410 600 id primaryKey -"
expect_said 'and of what they equal' 'same as in row 300'

# ---- masks ----

cp "$T/good" "$x"
agree '.mask = {nama: "first:3"}'
sed '2,$s/CON/***/' "$T/good" >"$T/masked"
hands_over 'first:3' "$T/masked"
agree '.mask = {id: "last:4", nama: "star"} | .schema.primaryKey = [] |
    .schema |= del(.primaryKey) |
    .schema.fields[0].constraints = {pattern: "^[0-9]{4}[*]{4}$"}'
awk -F';' -v OFS=';' 'NR > 1 { $1 = substr($1, 1, 4) "****"
	gsub(/./, "*", $2) } { print }' "$T/good" >"$T/masked"
hands_over 'last:4 and star' "$T/masked"
agree '.mask = {id: "hash"} |
    .schema.fields[0].constraints = {pattern: "^[0-9a-f]{32}$"}'
expect_absent 'no secret before it is needed' "$T/kemlu/keys/$A.pepper"
head -n 3 "$T/good" >"$x"
expect 0 'a check makes none' serah --home "$T/kemlu" check $A/warga "$x"
expect_absent 'none is there' "$T/kemlu/keys/$A.pepper"
expect 0 'pseudonyms: sent' send "$x"
n=$((n + 1))
expect 0 'pseudonyms: received' receive
check 'the secret is private' test \
    "$(stat -c %a "$T/kemlu/keys/$A.pepper")" = 600
key=$(cat "$T/kemlu/keys/$A.pepper")
one=$(printf 00000001 | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" |
    sed 's/.*= //' | cut -c1-32)
check 'openssl makes the same pseudonym' \
    grep -q "^$one;" "$(staged_dir $n)/warga.csv"
check 'no value is there' sh -c '! grep -q 00000001 "$1"' - \
    "$(staged_dir $n)/warga.csv"
collect >"$T/collected" 2>&1
expect 0 'sent again' send "$x"
check 'another parcel has the same' test "$(serah --home "$T/kemlu" check \
    --json $A/warga "$x" | jq -r '.files[0].sha256')" = \
    "$(sha256sum <"$(staged_dir $n)/warga.csv" | cut -c1-64)"
n=$((n + 1))
receive >"$T/received" 2>&1
collect >"$T/collected" 2>&1

# ---- the paper ----

expect 0 'the agreement shows it' saksi --home "$T/kpu" agreement show $A
expect_said 'masks' 'a pseudonym in the place of id'

# ---- a sender that does not do as was agreed ----

agree '.mask = {nama: "first:3"} | .only = {status: ["A"]}'
forge() { # NAME
	craft_begin
	cp "$x" "$T/craft/warga.csv"
	craft_page warga.csv && craft_tar contents.json warga.csv &&
	    craft_seal $((n + 1)) ".agreement.version = $version" ||
	    echo "# not made"
	expect 3 "$1: refused" receive
	expect_code 402 "$1: with code 402"
	expect_said "$1: it is named" "$2"
	expect_unstaged "$1: nothing is staged" $((n + 1))
	n=$((n + 1))
}
printf '%s\n%s\n' $head '00000001;CONTOH;;A;' >"$x"
forge 'a value that is not masked' 'is not masked as agreed'
printf '%s\n%s\n' $head '00000001;***TOH;;B;' >"$x"
forge 'a row that was not to leave' 'not one of those'

plan 72

#!/bin/sh
# Goal: every fault of an extract is found and told by file, row, column and
# rule, in the file's order, with the code that is agreed; no value is ever
# told or kept; and nothing of a refused extract leaves.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"
# shellcheck source=tests/flow/evidence.sh
. "$srcdir/tests/flow/evidence.sh"

WORLD_DROP='file'
world
mkdir "$T/x"
x=$T/x/warga.csv
secret=RAHASIA8812345678901234
head='id;nama;tanggal;status;nilai'

file_check() {
	serah --home "$T/kemlu" check --json $A/warga "$@"
}

# What "check --json" found: "code row column rule" a line, in its order.
found() {
	jq -r 'select(.result == "fault") |
	    "\(.code) \(.row) \(.column // "-") \(.rule)"' "$T/out"
}

# The value is in no output and in nothing that either home keeps.
expect_secret() { # NAME
	if cat "$T/out" "$T/err" | grep -q "$secret" ||
	    grep -rq "$secret" "$T/kemlu" "$T/kpu" "$DROP"; then
		not_ok "$1: no value is told or kept"
	else
		ok "$1: no value is told or kept"
	fi
}

# The extract has exactly these faults, by check and by send, to
# scripts and to people.
faulty() { # NAME FAULTS
	name_of=$1
	expect 3 "$name_of: check" file_check "$x"
	printf '%s\n' "$2" >"$T/want"
	found >"$T/found"
	check "$name_of: faults" diff "$T/want" "$T/found"
	remember
	expect 3 "$name_of: send" send "$x"
	expect_code "${2%% *}" "$name_of: send: code ${2%% *}"
	expect_secret "$name_of: --json"
	expect 3 "$name_of: to people" serah --home "$T/kemlu" send \
	    --field surat=1/UJI $A/warga "$x"
	expect_secret "$name_of: to people"
	expect_unchanged "$name_of"
}

# ---- columns ----

write_good 5 | sed '1s/$/;lain/;2,$s/$/;x/' >"$x"
faulty "a column too many" '401 1 - columns'
expect_said "it is named" 'columns not agreed: lain'
write_good 5 | cut -d';' -f1-4 >"$x"
faulty "a column missing" '401 1 nilai columns'
expect_said "it is named" 'columns missing: nilai'
write_good 5 | awk -F';' -v OFS=';' '{ print $1, $3, $2, $4, $5 }' >"$x"
faulty "columns in another order" '401 1 nama columns'
write_good 5 | sed '1s/nilai/Nilai/' >"$x"
faulty "a column in other letters" '401 1 nilai columns'
write_good 5 | sed '1s/nilai/nama/' >"$x"
faulty "a column twice" '401 1 nilai columns'
printf '%s\n' "$secret;A;01-01-1970;A;1" "00000002;$secret;01-01-1970;A;1" >"$x"
faulty "no header" '401 1 id columns'
: >"$x"
faulty "nothing at all" '401 1 - columns'
write_good 5 | tr ';' ',' >"$x"
faulty "another delimiter" '401 1 id columns'
printf '%s\n' "$head" "00000001;$secret;01-01-1970;A" \
    "00000002;B;01-01-1970;A;1;$secret" >"$x"
faulty "rows too short and too long" '401 2 - columns
401 3 - columns'

# ---- one value in 600,000 rows ----

cat >"$T/program" <<-'END'
	NR == 500001 { $2 = $2 "X"; $5 = secret }
	{ print }
END
write_good 600000 | awk -F';' -v OFS=';' -v secret=$secret \
    -f "$T/program" >"$x"
faulty "row 500,001 of 600,000" '402 500001 nilai type'
expect_said "people read row and column" \
    'row 500[,.]?001, column nilai, rule type'
expect_said "and the clause" 'datasets\[warga\]\.schema\.fields\[nilai\]'

# ---- each rule ----

printf '%s\n' "$head" \
    "0000001;A;01-01-1970;A;1" \
    ";A;01-01-1970;A;1" \
    "00000003;;01-01-1970;A;1" \
    "00000004;$secret$secret;01-01-1970;A;1" \
    "00000005;A;$secret;A;1" \
    "00000006;A;29-02-1971;A;1" \
    "00000007;A;1970-01-01;A;1" \
    "00000008;A;01-01-1970;$secret;1" \
    "00000009;A;01-01-1970;a;1" \
    "00000010;A;01-01-1970;A;1001" \
    "00000011;A;01-01-1970;A;-1" \
    "00000012;A;01-01-1970;A;1.5" \
    "00000013;A;01-01-1970;A;99999999999999999999999999" \
    "00000014;A;;B;" >"$x"
faulty "each rule, in the file's order" '402 2 id pattern
402 3 id required
402 4 nama required
402 5 nama maxLength
402 6 tanggal format
402 7 tanggal type
402 8 tanggal format
402 9 status enum
402 10 status enum
402 11 nilai maximum
402 12 nilai minimum
402 13 nilai type
402 14 nilai format'
file_check "$x" >"$T/out" 2>"$T/err"
check "their number, by column and rule" jq -se 'map(select(.faults)) |
    .[0].faults == 13 and (.[0].counts | map("\(.column) \(.rule) \(.count)") |
    sort) == ["id pattern 1", "id required 1", "nama maxLength 1",
    "nama required 1", "nilai format 1", "nilai maximum 1",
    "nilai minimum 1", "nilai type 1", "status enum 2", "tanggal format 2",
    "tanggal type 1"]' "$T/out"
check "the last line is the refusal" eval \
    '[ "$(tail -n 1 "$T/out" | jq -r .result)" = refused ]'

printf '%s\n' "$head" "0001;$secret$secret;31-02-1970;C;2000" >"$x"
faulty "five faults in one row, in the columns' order" '402 2 id pattern
402 2 nama maxLength
402 2 tanggal type
402 2 status enum
402 2 nilai maximum'

# ---- keys ----

printf '%s\n' "$head" "00000001;A;01-01-1970;A;1" "00000002;B;;A;1" \
    "00000001;$secret;;B;2" "00000003;C;;B;2" "00000001;D;;B;2" >"$x"
faulty "a key three times" '410 4 id primaryKey
410 6 id primaryKey'
expect_said "the first of them is named" 'row 2'
write_good 300000 | sed '$s/^00300000/00000001/' >"$x"
faulty "a key again after 300,000 rows" '410 300001 id primaryKey'

# ---- encoding, quotes, line ends ----

printf '%s\n00000001;%s\377;01-01-1970;A;1\n' "$head" $secret >"$x"
faulty "a byte that is no UTF-8" '409 2 nama encoding'
printf '%s\n00000001;A\300\200%s;01-01-1970;A;1\n' "$head" $secret >"$x"
faulty "an overlong form" '409 2 nama encoding'
printf '%s\n00000001;A\000%s;01-01-1970;A;1\n' "$head" $secret >"$x"
remember
expect 3 "a zero byte" send "$x"
expect_secret "a zero byte"
expect_unchanged "a zero byte"
write_good 3 | sed '1s/^/\xef\xbb\xbf/' >"$x"
faulty "a byte order mark" '409 1 - bom'
write_good 3 | iconv -t UTF-16LE >"$x"
remember
expect 3 "another encoding altogether" send "$x"
expect_unchanged "another encoding altogether"
printf '%s\n' "$head" "00000001;A$secret\"B;01-01-1970;A;1" >"$x"
faulty "a quote within a word" '401 2 nama quote'
printf '%s\n' "$head" "00000001;\"$secret\"B;01-01-1970;A;1" >"$x"
faulty "text after a quote" '401 2 nama quote'
printf '%s\n' "$head" "00000001;A;01-01-1970;A;1" \
    "00000002;\"$secret;01-01-1970;A;1" "00000003;A;01-01-1970;A;1" >"$x"
faulty "a quote that never closes" '401 3 nama quote'
write_good 3 | sed 's/$/\r/' >"$x"
faulty "other line ends" '401 1 - newline'

# ---- two files ----

write_good 3 >"$T/x/satu.csv"
printf '%s\n' "$head" "00000011;A;01-01-1970;$secret;1" >"$T/x/dua.csv"
printf '%s\n' "$head" "00000021;A;01-01-1970;A;x" >"$T/x/tiga.csv"
remember
expect 3 "three files, two with faults" send "$T/x/satu.csv" "$T/x/dua.csv" \
    "$T/x/tiga.csv"
check "each fault with its file" eval \
    '[ "$(jq -r "select(.result == \"fault\") | \"\(.file) \(.row)\"" \
	"$T/out" | tr "\n" ,)" = "dua.csv 2,tiga.csv 2," ]'
expect_secret "two files"
expect_unchanged "two files"

# ---- many faults ----

{ echo "$head" && awk -v s=$secret 'BEGIN { for (i = 1; i <= 5000; i++)
    printf "%08d;A;01-01-1970;%s;%d\n", i, i % 2 ? "A" : s, 1 }'; } >"$x"
expect 3 "2,500 faults" serah --home "$T/kemlu" check $A/warga "$x"
check "are not 2,500 lines" test "$(wc -l <"$T/out")" -lt 200
expect_said "but are counted" '2500 +status +enum'
expect_secret "2,500 faults"

# What is allowed at the edges is allowed.
printf '%s\n%s\n%s' "$head" \
    '00000001;"A ""B""; C'"
D"'";29-02-1972;A;0' "00000002;é;;B;1000" >"$x"
expect 0 "quotes, a line break, edges, no newline at the end" send "$x"
expect 0 "received" receive
check "to the byte" cmp "$x" "$(staged_dir 1)/warga.csv"
write_good 0 >"$x"
expect 0 "no rows" file_check "$x"
plan 192

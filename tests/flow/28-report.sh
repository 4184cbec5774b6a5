#!/bin/sh
# Goal: --report writes every fault, a line each, in the order of the file and
# without a value, behind walls that leave nothing else open there; the file has
# its name only when it is whole, and never takes the place of the data.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"

WORLD_DROP='file'
world
mkdir "$T/x" "$T/r"
x=$T/x/warga.csv
r=$T/r/faults.csv
secret=RAHASIA8812345678901234
columns='file,row,column,byte,rule,code,severity,reason'
head='id;nama;tanggal;status;nilai'

reported() { # FILES...
	serah --home "$T/kemlu" check --report "$r" $A/warga "$@"
}

# The report is this; and nothing lies beside it.
expect_report() { # NAME, the lines on standard input
	cat >"$T/want"
	check "$1: the report" diff "$T/want" "$r"
	check "$1: nothing beside it" [ "$(ls -A "$T/r")" = faults.csv ]
}

printf '%s\n' "$head" "0001;$secret$secret;31-02-1970;C;2000" \
    "00000002;A;01-01-1970;A;1" "00000002;B;01-01-1970;A;1" \
    "00000003;B;01-01-1970" ";B;01-01-1970;A;x" >"$x"
expect 3 "faults" reported "$x"
expect_report "faults" <<END
$columns
warga.csv,2,id,29,pattern,402,error,the value does not match the agreed pattern: ^[0-9]{8}\$
warga.csv,2,nama,34,maxLength,402,error,the value is longer than agreed: 40
warga.csv,2,tanggal,81,type,402,error,there is no such day or time
warga.csv,2,status,92,enum,402,error,"the value is not in the agreed list: A, B"
warga.csv,2,nilai,94,maximum,402,error,the value is above the agreed maximum: 1000
warga.csv,5,,151,columns,401,error,"the row has 3 fields, agreed are 5; a value that holds a line break must stand in quotes, and no line may be empty"
warga.csv,6,id,173,required,402,error,a required value is missing
warga.csv,6,nilai,189,type,402,error,the value is not of type integer
warga.csv,4,id,125,primaryKey,410,error,the primary key is the same as in row 3
END
expect_said "people are told where it is" "each of them is listed in $r"
check "only its owner may read it" [ "$(stat -c %a "$r")" = 600 ]
check "no value" sh -c "! grep -q $secret '$r'"
expect 3 "machines" reported --json "$x"
expect_json "are told, too" "any(.[]; .report == \"$r\" and .listed == 9)"

# What goes on the way out is told alike, and goes no further.
rm "$r"
expect 3 "send" serah --home "$T/kemlu" send --report "$r" \
    --field surat=1/UJI $A/warga "$x"
check "send: the same report" diff "$T/want" "$r"
expect_absent "send: nothing sent" "$(parcel_dir 1)"
write_good 3 >"$x"
expect 0 "send: no faults" serah --home "$T/kemlu" send --report "$r" \
    --field surat=1/UJI $A/warga "$x"
echo $columns >"$T/columns"
expect_report "send: no faults" <"$T/columns"

expect 0 "no faults" reported "$x"
echo $columns >"$T/columns"
expect_report "no faults" <"$T/columns"

# Two files, one report; a file without faults has no lines.
printf '%s\n' "$head" "1;A;;A;1" >"$T/x/dua.csv"
printf '%s\n' "$head" ";A;;A;1" >"$T/x/tiga.csv"
expect 3 "three files" reported "$x" "$T/x/dua.csv" "$T/x/tiga.csv"
check "three files: each line with its file" eval \
    '[ "$(cut -d, -f1 "$r" | tr "\n" " ")" = "file dua.csv tiga.csv " ]'

# ---- names ----

cp "$x" "$T/keep"
r=$x
expect 2 "in the place of the data" reported "$x"
check "it is still there" cmp "$T/keep" "$x"
ln "$x" "$T/r/link.csv"
r=$T/r/link.csv
expect 2 "by another name" reported "$x"
ln -sf "$x" "$T/r/link.csv"
expect 2 "a symbolic link" reported "$x"
check "it is still there" cmp "$T/keep" "$x"
rm "$T/r/link.csv"
mkdir "$T/r/dir"
r=$T/r/dir
expect 2 "a directory" reported "$x"
r=$T/r/dir/
expect 2 "no name" reported "$x"
r=$T/none/faults.csv
expect 1 "no such directory" reported "$x"
expect_said "it is named" 'none/faults.csv'
rmdir "$T/r/dir"
check "nothing is left of those" [ "$(ls -A "$T/r" "$T/x" | grep -c serah)" = 0 ]
r=faults.csv
cd "$T/r" && expect 0 "a name alone" reported "$x"
check "is in this directory" [ -s "$T/r/faults.csv" ]
cd "$T" || exit 99
r=$T/r/faults.csv

# Of a file that was not read to the end there is no report, and an earlier one
# stays.
echo earlier >"$r"
mkfifo "$T/x/pipe.csv"
expect 2 "no regular file" reported "$T/x/pipe.csv"
check "the earlier report stays" [ "$(cat "$r")" = earlier ]
check "and nothing beside it" [ "$(ls -A "$T/r")" = faults.csv ]

# ---- many ----

{ echo "$head" && awk 'BEGIN { for (i = 1; i <= 1000010; i++)
    printf "%08d;A;;%s;1\n", i, i == 7 ? "A" : "x" }'; } >"$x"
expect 3 "a million faults and nine" reported "$x"
check "a million of them are listed" eval \
    '[ "$(wc -l <"$r")" -eq 1000002 ]'
check "in order" eval \
    'awk -F, "NR > 1 && NR < 1000002 && \$2 + 0 <= last { exit 1 }
	NR > 1 { last = \$2 + 0 }" "$r"'
check "and how many more" eval \
    '[ "$(tail -n 1 "$r")" = ",,,,more,,,\"9 more are not listed here\"" ]'
expect_said "people see twenty, and the sum" '1000009 +status +enum'
check "and not more" test "$(wc -l <"$T/out")" -lt 30
plan 40

#!/bin/sh
# Goal of this test: load.sql, beside staged data, brings every cell into a real
# PostgreSQL as what the agreement says it is, whatever the dialect, the formats
# and the names of the columns are; it counts again there; and when one total is
# not right, nothing is loaded.

# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"
command -v jq >/dev/null || skip_all "no jq here"

for bin in /usr/lib/postgresql/*/bin; do
	[ -x "$bin/initdb" ] && [ "${bin#/usr/lib/postgresql/}" != 14/bin ] &&
	    pgbin=$bin
done
if [ -z "${pgbin:-}" ] || ! command -v psql >/dev/null; then
	skip_all "no PostgreSQL here (Debian: postgresql)"
fi

# ---- a cluster of our own; the server refuses root ----

P=$(mktemp -d "${TMPDIR:-/tmp}/flow.pg.XXXXXX") || exit 99
as_server() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid postgres --regid postgres --clear-groups "$@"
	else
		"$@"
	fi
}
load_end() {
	[ ! -e "$P/data/postmaster.pid" ] || as_server "$pgbin/pg_ctl" -s \
	    -D "$P/data" -m immediate stop >/dev/null 2>&1
	cd / && rm -rf "$P"
	flow_end
}
trap load_end EXIT
if [ "$(id -u)" -eq 0 ]; then
	id postgres >/dev/null 2>&1 || skip_all "no user postgres here"
	chown postgres: "$P"
fi
{ as_server "$pgbin/initdb" -D "$P/data" -U uji -A trust -E UTF8 \
    --locale=C.UTF-8 -N && as_server "$pgbin/pg_ctl" -s -w -D "$P/data" \
    -l "$P/log" -o "-k $P -h '' -F" start; } >"$T/pg.out" 2>&1 || {
	sed 's/^/# /' "$T/pg.out"
	echo "Bail out! the server does not start"
	exit 99
}
PGHOST=$P PGUSER=uji PGDATABASE=postgres PSQLRC=/dev/null PAGER=
export PGHOST PGUSER PGDATABASE PSQLRC PAGER

ask() { # SQL
	psql -X -q -A -t -c "$1"
}
answers() { # NAME SQL ANSWER
	got=$(ask "$2" 2>&1)
	[ "$got" = "$3" ] || echo "# got: $got"
	check "$1" test "$got" = "$3"
}
load() { # DIRECTORY [OPTION ...]
	(cd "$1" && shift && exec psql -X -A -t -f load.sql "$@")
}

# ---- two data sets full of traps ----

long=kolom_yang_namanya_lebih_panjang_daripada_enam_puluh_tiga_bita_semuanya
WORLD_DROP=file
world '.datasets = [(.datasets[0] | del(.manifest_fields) | .manifest_fields = []
 | .schema = {fields: [
    {name: "nik", type: "string", constraints:
     {required: true, unique: true}},
    {name: "nama \"lengkap\"", type: "string"},
    {name: "Lahir", type: "date", format: "%d/%m/%Y"},
    {name: "diubah", type: "datetime"},
    {name: "dicatat", type: "datetime", format: "%d.%m.%Y %H:%M"},
    {name: "biaya", type: "number", decimalChar: ",", groupChar: "."},
    {name: "anak", type: "integer"},
    {name: "aktif", type: "boolean", trueValues: ["ya", "Y"],
     falseValues: ["tidak"]},
    {name: "status", type: "string"}],
   missingValues: ["", "-"]}
 | .totals = ["rows", {count_by: "status"}, {sum: "biaya"}, {sum: "anak"},
    {distinct: "nama \"lengkap\""}, {min: "Lahir"}, {max: "Lahir"},
    {min: "diubah"}, {max: "diubah"}, {min: "dicatat"}, "filled"]),
 (.datasets[0] | .id = "lain" | .manifest_fields = []
 | .dialect += {delimiter: "\t", quoteChar: null, lineTerminator: "\r\n",
    bom: true}
 | .schema = {fields: [{name: "'$long'", type: "string"},
    {name: "xmin", type: "integer"}, {name: "kosong", type: "date"}],
   missingValues: ["tidak ada"]}
 | .totals = [{count_by: "'$long'"}, {sum: "xmin"}, {max: "kosong"},
    {distinct: "'$long'"}])]'

cat >"$T/warga.csv" <<'EOF'
nik;"nama ""lengkap""";Lahir;diubah;dicatat;biaya;anak;aktif;status
0071010101900001;"O'NEIL; ""X""";01/02/1980;2026-01-01T00:00:00+07:00;31.12.2025 23:59;1.234.567,50;+2;ya;A
3171010101900002;-;29/02/2000;2026-02-01T10:00:00.123456789Z;-;-0,5;007;tidak;B\n
3171010101900003;"BARIS
DUA";"-";"";;5,;;Y;"-"
3171010101900004;É;31/12/1899;;01.01.2026 00:00;,25;0;;it's
3171010101900005;;;;;;;;
EOF
printf '\357\273\277%s\txmin\tkosong\r\n"a\t5\ttidak ada\r\n\\N\t-7\ttidak ada\r\n\t0\ttidak ada\r\n' \
    "$long" >"$T/lain.csv"

expect 0 "sent" serah --home "$T/kemlu" send UJI-2026/warga "$T/warga.csv"
expect 0 "sent" serah --home "$T/kemlu" send UJI-2026/lain "$T/lain.csv"
expect 0 "received" terima --home "$T/kpu" run
expect 0 "listed" terima --home "$T/kpu" list
w=$T/kpu/staged/UJI-2026/warga/KEMLU/00000001
l=$T/kpu/staged/UJI-2026/lain/KEMLU/00000001
check "load.sql is there" test -s "$w/load.sql" -a -s "$l/load.sql"
check "it is for its owner alone" test "$(stat -c %a "$w/load.sql")" = 600
check "it is no part of the contents" \
    sh -c '! grep -q load.sql "$1/contents.json" "$1/manifest.json"' - "$w"

# ---- loading ----

expect 0 "it loads" load "$w"
expect_said "rows" '^warga.csv\|rows\|\|5\|5\|t$'
expect_said "groups" '^warga.csv\|count_by\|status\|4 groups\|4 groups\|t$'
expect_said "a sum with a comma" \
    '\|sum\|biaya\|1234572.25\|1234572.25\|t$'
expect_said "the first day" '\|min\|Lahir\|1899-12-31\|1899-12-31\|t$'
expect_said "filled" '\|filled\|anak\|3\|3\|t$'
check "all totals are the same" test "$(grep -c '|t$' "$T/out")" -eq 19
check "none differs" sh -c '! grep -q "|f$" "$1"' - "$T/out"
answers "all rows" 'SELECT count(*) FROM warga' 5
answers "a NIK stays text, with its zeros" \
    'SELECT pg_typeof(nik), min(nik) FROM warga GROUP BY 1' \
    'text|0071010101900001'
answers "quotes, a semicolon" \
    "SELECT \"nama \"\"lengkap\"\"\" FROM warga WHERE nik LIKE '%1'" \
    "O'NEIL; \"X\""
answers "a line break in a cell" "SELECT \"nama \"\"lengkap\"\"\" =
    E'BARIS\\nDUA' FROM warga WHERE nik LIKE '%3'" t
answers "a backslash is a backslash" \
    "SELECT status FROM warga WHERE nik LIKE '%2'" 'B\n'
answers "days" 'SELECT "Lahir" FROM warga ORDER BY nik' '1980-02-01
2000-02-29

1899-12-31'
answers "moments" "SELECT diubah = '2025-12-31T17:00:00Z',
    dicatat = '2025-12-31T23:59:00Z' FROM warga WHERE nik LIKE '%1'" 't|t'
answers "figures" 'SELECT sum(biaya), sum(anak) FROM warga' '1234572.25|9'
answers "booleans" 'SELECT aktif FROM warga ORDER BY nik' 't
f
t'
answers "what is missing is NULL, in quotes or not" 'SELECT
    count("nama ""lengkap"""), count("Lahir"), count(diubah), count(status)
    FROM warga' '3|3|2|3'
answers "what is required is NOT NULL" "SELECT attname FROM pg_attribute
    WHERE attrelid = 'warga'::regclass AND attnotnull AND attnum > 0" nik
expect 0 "once more, into the same table" load "$w"
answers "its rows are added" 'SELECT count(*) FROM warga' 10
expect 0 "into another" load "$w" -v 'table=warga "2"'
answers "named by who loads" 'SELECT count(*) FROM "warga ""2"""' 5
expect 0 "no quotes, tabs, CR LF, a mark, names that cannot be" load "$l"
check "all totals there, too" test "$(grep -c '|t$' "$T/out")" -eq 4
answers "text as it stands; an empty cell is a value there" \
    "SELECT serahterima_column_1, serahterima_column_2, kosong IS NULL
    FROM lain ORDER BY 2" '\N|-7|t
|0|t
"a|5|t'
answers "nothing of ours is left behind" "SELECT count(*) FROM pg_class
    WHERE relname LIKE 'serahterima%'" 0

# ---- two files in one parcel ----

cp "$T/warga.csv" "$T/satu.csv"
{ head -n 1 "$T/warga.csv"; echo "9;B;02/01/2001;;;1;1;ya;A"; } >"$T/dua.csv"
expect 0 "two files are sent" serah --home "$T/kemlu" send UJI-2026/warga \
    "$T/satu.csv" "$T/dua.csv"
expect 0 "and received" terima --home "$T/kpu" run
ask 'DROP TABLE warga'
expect 0 "both are loaded" load "${w%1}2"
expect_said "each with its own totals" '^dua.csv\|min\|Lahir\|2001-01-02\|'
check "all are the same" test "$(grep -c '|t$' "$T/out")" -eq 38
answers "all rows of both" 'SELECT count(*), count(DISTINCT nik) FROM warga' \
    '6|6'

# ---- a total that is not right ----

spoilt() { # TOTAL SED-SCRIPT
	rm -rf "$T/spoilt" && cp -r "$w" "$T/spoilt"
	sed "$2" "$w/warga.csv" >"$T/spoilt/warga.csv"
	ask 'DROP TABLE IF EXISTS warga' 2>/dev/null
	expect 3 "a wrong $1 stops it" load "$T/spoilt"
	grep -q "|$1|.*|f\$" "$T/out" ||
	    sed 's/^/# /' "$T/out"
	check "it is named" grep -q "|$1|.*|f\$" "$T/out"
	expect_said "and said" 'control totals differ: nothing was loaded'
	answers "nothing is loaded" "SELECT to_regclass('warga') IS NULL" t
}
spoilt rows '$d'
spoilt 'count_by|status' 's/;A$/;B/'
spoilt 'sum|biaya' 's/1.234.567,50/1.234.567,51/'
spoilt 'sum|anak' 's/;007;/;008;/'
spoilt 'distinct|nama "lengkap"' 's/;É;/;-;/'
spoilt 'min|Lahir' 's,31/12/1899,30/12/1899,'
spoilt 'max|Lahir' 's,29/02/2000,28/02/2000,'
spoilt 'max|diubah' 's/10:00:00.123456789Z/10:00:00.223456789Z/'
spoilt 'min|dicatat' 's/31.12.2025 23:59/31.12.2025 23:58/'
spoilt 'filled|aktif' 's/;tidak;/;;/'
rm -rf "$T/spoilt" && cp -r "$w" "$T/spoilt"
sed '1s/nik/nkk/' "$w/warga.csv" >"$T/spoilt/warga.csv"
expect 3 "another header stops it" load "$T/spoilt"
expect_said "and PostgreSQL says so" 'column name mismatch'

plan 82

#!/bin/sh
# Goal: files as they are found in the field.  Each field/DATASET.NAME.csv, held
# against the data set DATASET, must give field/DATASET.NAME.txt to the byte:
# the exit status, what a person is told, and the report.  With UPDATE=yes the
# expected ones are written anew, to be read before they are committed.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"

# The columns of the lists of voters, and each dialect that is met.
cat >"$T/field.jq" <<'END'
{id: "plain", from: "KEMLU", to: ["KPU"], drop: "hub",
 dialect: {delimiter: ";", quoteChar: "\"", lineTerminator: "\n",
  encoding: "utf-8", bom: false, header: true},
 schema: {fields: [
  {name: "nik", type: "string", constraints:
   {required: true, pattern: "^[0-9]{16}$"}},
  {name: "nama", type: "string", constraints: {required: true, maxLength: 100}},
  {name: "tempat_lahir", type: "string", constraints: {maxLength: 60}},
  {name: "tanggal_lahir", type: "date", format: "%d-%m-%Y",
   constraints: {required: true}},
  {name: "rt", type: "string", constraints: {pattern: "^[0-9]{3}$"}},
  {name: "kode_desa", type: "string", constraints:
   {pattern: "^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}$"}},
  {name: "alamat", type: "string", constraints: {maxLength: 200}},
  {name: "telepon", type: "string", constraints:
   {pattern: "^\\+[0-9]{6,15}$"}}],
  missingValues: [""], primaryKey: ["nik"]},
 modes: ["full"], manifest_fields: [], totals: ["rows"],
 limits: {rows: 2000000, bytes: 200000000}} as $plain |
.datasets = [$plain,
 ($plain | .id = "bom" | .dialect.bom = true),
 ($plain | .id = "crlf" | .dialect.lineTerminator = "\r\n"),
 ($plain | .id = "cp1252" | .dialect.encoding = "windows-1252"),
 ($plain | .id = "utf16le" | .dialect.encoding = "utf-16le" |
  .dialect.bom = true)]
END
WORLD_DROP='file'
world "$(cat "$T/field.jq")"

# What it comes to; in the directory of the files, so that no path is told.
tell() { # DATASET FILE
	rm -f "$T/report.csv"
	status=0
	serah --home "$T/kemlu" check --report "$T/report.csv" "$A/$1" "$2" \
	    >"$T/out" 2>"$T/err" || status=$?
	echo "exit status $status"
	sed "s|$T/||g" "$T/out" "$T/err"
	echo
	cat "$T/report.csv"
}

field=$srcdir/tests/flow/field
for file in "$field"/*.csv; do
	name=$(basename "$file" .csv)
	tell "${name%%.*}" "$file" >"$T/told"
	[ "${UPDATE:-no}" = no ] || cp "$T/told" "$field/$name.txt"
	check "$name" diff "$field/$name.txt" "$T/told"
done
# As many rows as a spreadsheet holds, one less and one more.
{ echo 'nik;nama;tempat_lahir;tanggal_lahir;rt;kode_desa;alamat;telepon' &&
    awk 'BEGIN { for (i = 1; i <= 1048576; i++)
	printf "%015d%d;A;;01-07-1990;;;;\n", i, 1 + i % 9 }'; } >"$T/over.csv"
head -n 1048576 "$T/over.csv" >"$T/full.csv"
head -n 1048575 "$T/over.csv" >"$T/less.csv"
for size in less full over; do
	expect 0 "$size: accepted" serah --home "$T/kemlu" check --json \
	    $A/plain "$T/$size.csv"
	expect_json "$size: warned of when it is full" "(map(select(
	    .result == \"warning\" and .rule == \"spreadsheet\")) |
	    length) == $([ $size = full ] && echo 1 || echo 0)"
done
plan 65

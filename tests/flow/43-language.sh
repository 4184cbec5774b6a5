#!/bin/sh
# Goal: an Indonesian reader gets Indonesian; machines get the same in every
# language; no control byte of a partner's text reaches a terminal.
. "${srcdir:-.}/tests/flow/lib.sh"

command -v msgfmt >/dev/null || skip_all 'no msgfmt (package gettext)'

WORLD_DROP=file
world
mkdir -p "$T/mo/id/LC_MESSAGES"
msgfmt -o "$T/mo/id/LC_MESSAGES/serahterima.mo" "$srcdir/po/id.po" ||
    skip_all 'po/id.po does not compile'

indonesian() {
	LANGUAGE=id TEXTDOMAINDIR="$T/mo" "$@"
}
no_surat() {
	indonesian serah --home "$T/kemlu" send "$@" $A/warga "$T/warga.csv"
}

expect 3 'a refusal in Indonesian' no_surat
expect_said 'by its words' 'manifes'
expect_said 'and its hint' '^serah: (petunjuk|saran)'
expect 3 'the same as JSON' no_surat --json
cp "$T/out" "$T/json.id"
serah --home "$T/kemlu" send --json $A/warga "$T/warga.csv" \
    >"$T/json.en" 2>/dev/null
check 'JSON is the same in every language' cmp "$T/json.en" "$T/json.id"

expect 0 'help in Indonesian' indonesian terima run --help
expect_said 'its words' 'pewaktu|tugas'

send "$T/warga.csv" >/dev/null 2>&1
receive >/dev/null 2>&1
expect 0 'the record in Indonesian' indonesian saksi --home "$T/kpu" record \
    $A/warga/KEMLU/1
expect_said 'its title' 'BERITA ACARA SERAH TERIMA'
expect_said 'thousands with a dot' '1\.000'
expect 0 'the record in English' saksi --home "$T/kpu" record $A/warga/KEMLU/1
expect_said 'thousands with a comma' '1,000'

# ---- what a partner may write ----
ESC=$(printf '\033')
expect 2 'a control byte in our own name: refused' saksi --home "$T/x" init \
    --party X --no-passphrase --name "evil ${ESC}[31m"
expect_absent 'and no home' "$T/x"
jq --arg t "Judul ${ESC}]0;x" '.title = $t | .id = "JAHAT-1"' \
    "$T/paper/agreement.json" >"$T/evil.json"
saksi --home "$T/kpu" agreement check "$T/evil.json" >"$T/out" 2>"$T/err"
check 'a control byte in a title: never raw on a terminal' sh -c \
    "! grep -q '$ESC' '$T/out' '$T/err'"
printf 'id;na\033[31mma\n1;x\n' >"$T/warga2.csv"
expect 3 'a control byte in a column name' serah --home "$T/kemlu" check \
    $A/warga "$T/warga2.csv"
check 'never raw on a terminal' sh -c "! grep -q '$ESC' '$T/out' '$T/err'"
plan 17

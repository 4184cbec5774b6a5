#!/bin/sh
# Goal of this test: whatever a stranger puts where people read (file names, the
# names of parties, notes, field values, comments of signatures, texts of a
# journal, paths, URLs), the programs refuse it or show it escaped.  No control
# byte, no bidi or other format control and no broken UTF-8 reaches terminal, log,
# journal, receipt or record, in people's output and in JSON; one message is one
# line.

# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"
# shellcheck disable=SC2034
WORLD_DROP=file

# ---- the strings ----

# One a file: $T/s/NNN.  Ours first: each stands for a kind.
mkdir "$T/s"
n=0
own() { # FORMAT of printf
	n=$((n + 1))
	# shellcheck disable=SC2059
	printf -- "$1" >"$T/s/$(printf %03d $n)"
}
own 'biasa'
own '\033[2J\033[31mmerah\033[0m'
own '\033]0;judul\007'
own 'a\nterima: b'
own 'a\rb'
own 'a\tb'
own '\b\b\b\007'
own '\177'
own '\302\233\062J'
own '\302\205baris'
own 'nama\342\200\256gpj.exe'
own '\342\201\246a\342\201\251\342\200\217'
own '\342\200\213\342\200\215\357\273\277'
own '\342\200\250dua\342\200\251baris'
own '\363\240\201\201\363\240\201\277'
own '\330\234\357\277\271'
own '\377\376'
own '\300\257\300\257'
own '\355\240\200'
own '\360\237\230'
own '%%s%%s%%n%%x'
own '"};{"result":"staged'
own "';--"
own '../../../../etc/passwd'
own '-rf'
own '$(touch pwned)`touch pwned`'
own '=cmd|x!A0'
own ' '
own "$(head -c 3000 /dev/zero | tr '\0' a)"
own "$(head -c 3000 /dev/zero | tr '\0' '\033')"
OWN=$n
blns=${SERAHTERIMA_CORPORA:-$srcdir/../shared/corpora}/naughty-strings/blns.json
case $blns in
/*) ;;
*) blns=$srcdir/$blns ;;
esac
if [ -f "$blns" ]; then
	count=$(jq length "$blns")
	jq -r '.[] | @base64' "$blns" >"$T/b64"
	while read -r line; do
		n=$((n + 1))
		printf %s "$line" | base64 -d >"$T/s/$(printf %03d $n)"
	done <"$T/b64"
	echo "# $count naughty strings, and $OWN of ours"
else
	echo "# SKIP the 515 naughty strings are not here; $OWN of ours are tried"
fi
ALL=$n

# The string, as far as an argument can carry it.
get() { # NUMBER: into $S
	name=00$1
	name=${name#"${name%???}"}
	S=$(cat "$T/s/$name" && echo .)
	S=${S%.}
}

# ---- the judge ----

: >"$T/heard.out"
: >"$T/heard.err"
failed=0
# Runs a command; all it says is kept, how it ends is only looked at for death.
hear() {
	status=0
	"$@" >>"$T/heard.out" 2>>"$T/heard.err" </dev/null || status=$?
	[ $status -le 5 ] || failed=$status
}

# Bytes and sequences that no terminal may see; \n only ends a line.
bad='[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8b-\x8f]'
bad="$bad"'|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf'
bad="$bad"'|\xef\xbf[\xb9-\xbb]|\xf3\xa0[\x80\x81]'
fit() { # FILE...
	cat "$@" >"$T/judged" &&
	    ! LC_ALL=C grep -naP "$bad" "$T/judged" >"$T/found" &&
	    iconv -f UTF-8 -t UTF-8 <"$T/judged" >/dev/null 2>>"$T/found"
}

# What was heard since the last time.
judge() { # NAME
	: >"$T/out" && : >"$T/err"
	if fit "$T/heard.out" "$T/heard.err" && [ $failed -eq 0 ] &&
	    ! grep -vE '^(serah|terima|saksi): ' "$T/heard.err" >"$T/found"
	then
		ok "$1: $(wc -l <"$T/heard.out") lines," \
		    "$(wc -l <"$T/heard.err") of the log"
	else
		[ $failed -eq 0 ] || echo "# ended with $failed"
		head -n 5 "$T/found" | cut -c1-200 | cat -v | sed 's/^/# /'
		not_ok "$1"
	fi
	: >"$T/heard.out"
	: >"$T/heard.err"
	failed=0
}
judge_json() { # NAME: each line of it is an object
	if jq -se 'all(type == "object")' "$T/heard.out" >/dev/null 2>&1; then
		judge "$1"
	else
		head -n 3 "$T/heard.out" | cat -v | cut -c1-200 | sed 's/^/# /'
		not_ok "$1: JSON"
		judge "$1"
	fi
}
# Files that stay for years.
kept() { # NAME FILE...
	name=$1
	shift
	if fit "$@"; then
		ok "$name"
	else
		head -n 5 "$T/found" | cut -c1-200 | cat -v | sed 's/^/# /'
		not_ok "$name"
	fi
}
# A sanitizer makes each of some thousand programs slow.
slow=1
! grep -q __asan_init "$builddir/saksi" || slow=5
# Each string up to TO: the function is called with $S set.  Of those that are not
# ours, each STEP-th only, unless SERAHTERIMA_LONG is set.
each() { # FUNCTION TO [STEP]
	i=0
	while [ $i -lt "$2" ]; do
		i=$((i + 1))
		[ $i -le $OWN ] || [ -n "$SERAHTERIMA_LONG" ] ||
		    [ $((i % (slow * ${3:-1}))) -eq 0 ] || continue
		get $i
		"$1"
	done
}

# The judge itself: each of these must be caught.
caught=0
for b in '\033' '\t' '\r' '\177' '\302\233' '\342\200\256' '\342\200\213' \
    '\377' '\355\240\200' '\330\234' '\357\273\277'; do
	# shellcheck disable=SC2059
	printf "a${b}b\n" >"$T/probe"
	fit "$T/probe" || caught=$((caught + 1))
done
printf 'Jos\303\251 \346\235\261 \360\237\231\202\n' >"$T/probe"
check 'the judge catches eleven of eleven, and lets letters be' \
    sh -c '[ "$1" -eq 11 ]' - $caught
check 'letters' fit "$T/probe"

world '.datasets[0].manifest_fields += [{name: "catatan", type: "string"}] |
    .datasets[0].totals += [{count_by: "nama"}]'

# ---- arguments: parcels, parties, agreements, URLs, fields, paths ----

arguments() {
	hear saksi --home "$T/kpu" party show "$S"
	[ $((i % 9)) -eq 0 ] || [ $i -le $OWN ] || return
	hear terima --home "$T/kpu" show "$S"
	hear saksi --home "$T/kpu" agreement show "$S"
	hear serah --home "$T/kemlu" send $A/warga "$T/warga.csv" --field "$S"
	hear terima --home "$T/kpu" run --from "$S"
}
each arguments "$ALL"
judge 'as arguments'
arguments_json() {
	hear saksi --json --home "$T/none$S" journal verify
	[ $((i % 9)) -eq 0 ] || [ $i -le $OWN ] || return
	hear saksi --home "$T/kpu" trust --json "$T/none$S" --fingerprint "$S"
	hear serah --home "$T/kemlu" send --json $A/warga "$T/warga.csv" \
	    --field "surat=$S"
	case $S in
	-*) return ;; # an option: --help and its like answer in words
	esac
	hear terima --home "$T/kpu" status --json "$S"
	hear saksi --json "$S"
}
each arguments_json "$ALL"
judge_json 'as arguments, JSON'

# ---- names of files ----

mkdir "$T/files"
files() {
	case $S in
	'' | . | .. | */*) return ;;
	esac
	[ ${#S} -le 80 ] || return
	cp "$T/warga.csv" "$T/files/$S" 2>/dev/null || return
	if [ $((i % 2)) -eq 0 ]; then
		hear serah --home "$T/kemlu" check $A/warga "$T/files/$S"
	else
		hear serah --home "$T/kemlu" check --json $A/warga "$T/files/$S"
	fi
	tried=$((tried + 1))
	rm -f "$T/files/$S"
}
tried=0
each files "$ALL"
judge "as $tried names of files"

# ---- homes ----

homes() {
	case $S in
	*/*) return ;;
	esac
	[ ${#S} -le 80 ] || return
	h="$T/homes/h$S"
	hear saksi --home "$h" init --party UJI --name "$S" --no-passphrase
	[ -d "$h" ] || hear saksi --home "$h" init --party UJI --name Uji \
	    --no-passphrase
	hear saksi --home "$h" card
	hear saksi --home "$h" card --out "$T/homes/$S.card"
	hear saksi --home "$h" party list
	hear saksi --home "$h" journal show
	hear terima --home "$h" list
	hear terima --home "$h" run
	cp "$T/paper/agreement.json" "$h/a.json" 2>/dev/null
	hear saksi --home "$h" agreement sign "$h/a.json"
	rm -rf "$h"
}
mkdir "$T/homes"
each homes $OWN
judge 'as homes and names of parties'
homes_json() {
	case $S in
	*/*) return ;;
	esac
	[ ${#S} -le 80 ] || return
	h="$T/homes/h$S"
	hear saksi --json --home "$h" init --party UJI --name Uji \
	    --no-passphrase
	hear terima --json --home "$h" run
	hear saksi --json --home "$h" journal show
}
each homes_json $OWN
judge_json 'as homes, JSON'

names() {
	rm -rf "$T/homes/n"
	hear saksi --home "$T/homes/n" init --party UJI --name "$S" \
	    --no-passphrase
	[ -d "$T/homes/n" ] || return
	taken=$((taken + 1))
	hear saksi --home "$T/homes/n" party list
	hear saksi --home "$T/homes/n" party list --json
	cat "$T/homes/n/parties"/* >>"$T/cards"
}
taken=0
: >"$T/cards"
each names "$ALL" 8
judge "as names of parties, $taken taken"
kept 'cards' "$T/cards"

# ---- texts of an agreement ----

places='[["title"], ["purpose"], ["legal_basis", 0], ["parties", 0, "name"],
    ["parties", 0, "id"], ["documents", 0, "number"], ["drops", 0, "url"],
    ["drops", 0, "id"], ["datasets", 0, "id"], ["contacts", 0, "post"],
    ["datasets", 0, "schema", "fields", 1, "name"],
    ["datasets", 0, "schema", "fields", 3, "constraints", "enum", 0],
    ["datasets", 0, "schema", "fields", 0, "constraints", "pattern"],
    ["datasets", 0, "schema", "fields", 2, "format"],
    ["datasets", 0, "totals", 1, "count_by"], ["datasets", 0, "\($s)"],
    ["\($s)"]]'
papers() {
	jq -c --arg s "$S" "$places as \$p | . as \$a | \$p[] as \$q |
	    \$a | setpath(\$q; \$s)" "$T/paper/agreement.json" >"$T/many" ||
	    return
	while read -r page; do
		printf '%s\n' "$page" >"$T/page.json"
		tried=$((tried + 1))
		if [ $((tried % 2)) -eq 0 ]; then
			hear saksi agreement check "$T/page.json"
		else
			hear saksi agreement check --json "$T/page.json"
		fi
	done <"$T/many"
}
tried=0
each papers "$ALL" 40
judge "as texts of an agreement, $tried papers"

# ---- cells, columns, fields: all the way to the record ----

# Every string that is UTF-8, one line and short, as a name; the rest of the
# columns is right.
{
	echo 'id;nama;tanggal;status;nilai'
	i=0
	while [ $i -lt "$ALL" ]; do
		i=$((i + 1))
		get $i
		[ ${#S} -le 40 ] && [ ${#S} -gt 0 ] || continue
		printf %s "$S" | iconv -f UTF-8 -t UTF-8 >/dev/null 2>&1 ||
		    continue
		printf '%08d;"%s";;A;\n' $i \
		    "$(printf %s "$S" | sed 's/"/""/g')"
	done
} >"$T/cells.csv"
hear serah --home "$T/kemlu" check $A/warga "$T/cells.csv"
hear serah --home "$T/kemlu" check --json $A/warga "$T/cells.csv"
judge 'as cells, checked'
{
	cat "$T/warga.csv"
	i=0
	while [ $i -lt "$ALL" ]; do
		i=$((i + 1))
		get $i
		printf '%s;%s;%s;%s;%s\n' "$S" "$S" "$S" "$S" "$S"
	done
} >"$T/wrong.csv"
hear serah --home "$T/kemlu" check $A/warga "$T/wrong.csv"
hear serah --home "$T/kemlu" check --json $A/warga "$T/wrong.csv"
judge 'as wrong cells, checked'
headers() {
	{
		printf 'id;%s;tanggal;status;nilai\n' "$S"
		tail -n +2 "$T/warga.csv"
	} >"$T/header.csv"
	hear serah --home "$T/kemlu" check $A/warga "$T/header.csv"
	hear serah --home "$T/kemlu" check --json $A/warga "$T/header.csv"
}
each headers "$ALL" 12
judge 'as names of columns'

notes() {
	hear serah --home "$T/kemlu" send --json $A/warga "$T/warga.csv" \
	    --field surat=1/UJI --field "catatan=$S"
}
each notes $OWN
judge_json 'as notes of a manifest'
sent=$(find "$DROP" -name manifest.json | wc -l)
hear serah --home "$T/kemlu" send $A/warga "$T/cells.csv" --field surat=1/UJI
hear terima --home "$T/kpu" run
hear serah --home "$T/kemlu" run
hear terima --home "$T/kpu" list
hear terima --home "$T/kpu" status
i=0
while [ $i -le "$sent" ]; do
	i=$((i + 1))
	hear saksi --home "$T/kpu" record $A/warga/KEMLU/$i
	hear saksi --home "$T/kpu" record --json $A/warga/KEMLU/$i
	hear terima --home "$T/kpu" show $A/warga/KEMLU/$i
	hear terima --home "$T/kpu" show --json $A/warga/KEMLU/$i
done
judge "$sent parcels with such notes, one with such cells: shown, recorded"
check 'the cells arrived as they were' cmp "$T/cells.csv" \
    "$(staged_dir $((sent + 1)))/cells.csv"
kept 'manifests, contents, receipts on both sides' \
    $(find "$T/kpu/records" "$T/kemlu/records" "$DROP" -name '*.json*')

# ---- what a partner signs who is no friend ----

next=$((sent + 2))
d=$(parcel_dir $next)
for i in $(seq 1 "$sent"); do
	rm -rf "$(parcel_dir "$i")"
done
craft_begin
cp "$T/warga.csv" "$T/craft/warga.csv"
craft_page warga.csv
craft_tar contents.json warga.csv
craft_seal $next
cp -a "$d" "$T/good"
resign() { # FILTER, with $s; the manifest is signed by the sender
	rm -rf "$d" && cp -a "$T/good" "$d"
	jq --arg s "$S" "$1" "$T/good/manifest.json" >"$d/manifest.json" &&
	    sign_page "$d/manifest.json" "$T/kemlu/keys/signing.key"
	hear terima --home "$T/kpu" run
}
manifests() {
	resign '.tool = $s'
	resign '.period = $s'
	resign '.dataset = $s'
	resign '.sender = $s'
	resign '.recipients = [$s]'
	resign '.agreement.id = $s'
	resign '.fields.catatan = $s'
	resign '.fields[$s] = "x"'
	resign '.[$s] = 1'
	resign '.payload.name = $s'
	resign '.kind = $s'
	resign '.created = $s'
}
each manifests $OWN
judge 'in a signed manifest'
members() {
	rm -rf "$d"
	cp "$T/craft/contents.json" "$T/page"
	jq -c --arg s "$S" '.files[0].name = $s' "$T/page" \
	    >"$T/craft/contents.json"
	rm -f "$T/craft/payload.zst" "$T/craft/payload.tar"
	tar -C "$T/craft" --format=pax -cf "$T/craft/payload.tar" \
	    contents.json --transform "s|warga.csv|x$i|" warga.csv
	craft_seal $next
	hear terima --home "$T/kpu" run --json
	cp "$T/page" "$T/craft/contents.json"
}
each members $OWN
judge_json 'as the name of a data file'
archives() { # the member's name itself, straight into the header
	[ ${#S} -gt 0 ] && [ ${#S} -le 90 ] || return
	rm -rf "$d"
	cp "$T/craft/warga.csv" "$T/craft/member"
	rm -f "$T/craft/payload.zst" "$T/craft/payload.tar"
	get $i
	(cd "$T/craft" && cp contents.json "$T/page.json" &&
	    mkdir -p "$T/odd" && cd "$T/odd" && rm -rf ./* &&
	    cp "$T/craft/contents.json" . && case $S in
	    */* | . | ..) exit 0 ;;
	    esac && cp "$T/craft/warga.csv" "./$S" &&
	    tar --format=pax -cf "$T/craft/payload.tar" contents.json "./$S" \
		--transform 's|^\./||') 2>/dev/null
	[ -e "$T/craft/payload.tar" ] || return
	craft_seal $next
	hear terima --home "$T/kpu" run --json
}
each archives $OWN
judge_json 'as the name of a member'

# Comments of signatures, by minisign itself where it takes them.
comments() {
	rm -rf "$d" && cp -a "$T/good" "$d"
	rm -f "$d/manifest.json.minisig"
	minisign -S -s "$T/kemlu/keys/signing.key" -m "$d/manifest.json" \
	    -t "$S" -c "$S" </dev/null >/dev/null 2>&1 || return
	hear terima --home "$T/kpu" run
	flip "$d/manifest.json" 5
	hear terima --home "$T/kpu" run --json
}
rm -rf "$T/kpu.now" && cp -a "$T/kpu" "$T/kpu.now"
each comments $OWN
judge 'as comments of a signature'

# Receipts by a recipient who is no friend.
rm -rf "$d"
p=$(parcel_dir 1)
send "$T/warga.csv" >/dev/null 2>&1
p=$(dirname "$d")/$(ls "$(dirname "$d")" | tail -n 1)
last=$(jq .sequence "$p/manifest.json")
receipt() { # FILTER
	jq -n --arg s "$S" --arg m "$(sha256sum <"$p/manifest.json" |
	    cut -c1-64)" --arg parcel "$A/warga/KEMLU/$last" \
	    --arg now "$(date -u +%Y-%m-%dT%H:%M:%SZ)" '
	{format: "serahterima-receipt/1", parcel: $parcel, recipient: "KPU",
	 stage: "refused", manifest: $m, rows: 0, warnings: 0,
	 contents: null, time: $now,
	 refusal: {code: 402, reason: "x", clause: null, file: null, row: null,
	  column: null, rule: null, advice: null},
	 journal: {entries: 1, head: ("0" * 64)}, tool: "by hand"} |
	'"$1" >"$p/receipt.KPU.refused.json" &&
	    sign_page "$p/receipt.KPU.refused.json" "$T/kpu/keys/signing.key"
	if [ $((i % 2)) -eq 0 ]; then
		hear serah --home "$T/kemlu" run
	else
		hear serah --home "$T/kemlu" run --json
	fi
}
receipts() {
	receipt '.refusal.reason = $s'
	receipt '.refusal.file = $s'
	receipt '.refusal.column = $s'
	receipt '.refusal.clause = $s'
	receipt '.refusal.rule = $s'
	receipt '.tool = $s'
	receipt '.parcel = $s'
	receipt '.[$s] = $s'
}
S=x
receipt .
check 'one without tricks is taken' [ "$(noted kemlu receipt "$last")" -ge 1 ]
each receipts $OWN
judge 'in a signed receipt'
kept 'what the sender keeps of it' $(find "$T/kemlu/records" -name 'receipt*')

# ---- names on the drop ----

drops() {
	case $S in
	'' | . | .. | */*) return ;;
	esac
	[ ${#S} -le 80 ] || return
	mkdir -p "$DROP/$A/warga/KEMLU/$S" "$DROP/$A/$S" 2>/dev/null
	: >"$p/$S"
	: >"$p/receipt.$S.staged.json"
	: >"$p/receipt.KPU.$S.json"
}
each drops $OWN
hear terima --home "$T/kpu" run
hear terima --home "$T/kpu" run --json
hear serah --home "$T/kemlu" run
hear serah --home "$T/kemlu" run --json
judge 'as names on the drop'

# ---- configuration ----

confs() {
	for key in url user ssh_key proxy "$S"; do
		cp "$T/conf" "$T/kpu/serahterima.conf"
		printf '\n[drop hub]\n%s = %s\n' "$key" "$S" \
		    >>"$T/kpu/serahterima.conf"
		hear terima --home "$T/kpu" run
	done
	printf '[drop %s]\n[%s]\n%s\n' "$S" "$S" "$S" \
	    >>"$T/kpu/serahterima.conf"
	hear terima --home "$T/kpu" run --json
}
cp "$T/kpu/serahterima.conf" "$T/conf"
each confs $OWN
cp "$T/conf" "$T/kpu/serahterima.conf"
judge 'in a configuration'

# ---- journals ----

kept 'both journals' "$T/kpu"/journal/*.jsonl "$T/kemlu"/journal/*.jsonl
check 'both verify' sh -c 'saksi --home "$1/kpu" journal verify &&
    saksi --home "$1/kemlu" journal verify' - "$T"
kept 'what was refused and why' $(find "$T/kpu/refused" -name refusal.json)
hear saksi --home "$T/kpu" journal show
hear saksi --home "$T/kpu" journal show --json
judge 'shown'

# One that another program wrote: its line is whole, its texts are not ours.
rm -rf "$T/foreign" && cp -a "$T/kpu" "$T/foreign"
j=$(ls "$T/foreign"/journal/*.jsonl)
foreign() {
	prev=$(printf '%064d' 0)
	jq -c --arg s "$S" --arg prev "$prev" -n '{n: 1,
	    time: "2026-11-24T06:00:00Z", event: $s[0:20], subject: $s[0:200],
	    note: $s, ($s): 1, other: {($s): [$s]}, prev: $prev}' |
	    sed 's/\\u00\(7f\|8.\|9.\)/\n&/g' | tr -d '\n' >"$j"
	echo >>"$j"
	hear saksi --home "$T/foreign" journal show
	hear saksi --home "$T/foreign" journal show --json
	hear saksi --home "$T/foreign" journal verify
	hear terima --home "$T/foreign" status
}
each foreign $OWN
judge 'in a journal of foreign make'

check 'no string was ever run' sh -c '! find "$1" "$2" -name pwned |
    grep -q .' - "$T" "$PWD"
plan 32

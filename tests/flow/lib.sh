# lib.sh: what every flow test stands on.  To be sourced first.
#
# Gives a fresh directory $T (removed at the end), the built programs on PATH,
# and:
#	plan N			number of checks; the last line of a test
#	ok NAME / not_ok NAME	one check
#	check NAME COMMAND...	ok if the command succeeds
#	expect STATUS NAME COMMAND...	ok if it ends with this exit status; its
#				output is in $T/out and $T/err
#	expect_code CODE NAME	the last expect's JSON held this refusal code
#	expect_json NAME FILTER	a jq filter over the list of its JSON objects
#	expect_absent NAME PATH...	ok if none of the paths exists
#	expect_said NAME PATTERN	the last expect wrote this (grep -E)
#	skip_all REASON		skips the whole test, aloud
#	world			sshd, three parties K P D trusting each other, an
#				agreement in force (see below)
#
# world makes the homes $T/kemlu, $T/kpu, $T/dukcapil, the paper $T/paper, the
# drop $DROP (a directory behind a real sshd), the agreement $A with data set
# "warga" (columns id;nama;tanggal;status;nilai) and a good file $T/warga.csv.
# WORLD_DROP=file makes it a local directory (file:///) instead of SFTP.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
builddir=${builddir:-$srcdir}
PATH=$builddir:$PATH
LC_ALL=C.UTF-8
LANGUAGE=en
export PATH LC_ALL LANGUAGE srcdir builddir
unset SERAHTERIMA_HOME

T=$(mktemp -d "${TMPDIR:-/tmp}/flow.XXXXXX") || exit 99
T=$(cd "$T" && pwd -P)
tap_n=0

# shellcheck source=tests/flow/sshd.sh
. "$srcdir/tests/flow/sshd.sh"

flow_end() {
	stop_sshd
	cd / && rm -rf "$T"
}
trap flow_end EXIT
trap 'exit 99' INT TERM HUP

plan() {
	[ "$tap_n" -eq "$1" ] || echo "# planned $1, ran $tap_n"
	echo "1..$1"
}

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

ok() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $*"
}

not_ok() {
	tap_n=$((tap_n + 1))
	echo "not ok $tap_n - $*"
	for f in "$T/out" "$T/err"; do
		[ -s "$f" ] && sed 's/^/# /' "$f" | head -n 40
	done
	return 0
}

# Leaves the output of the last expect alone, so that it can be looked at.
check() {
	name=$1
	shift
	if "$@" >"$T/said" 2>&1; then
		ok "$name"
	else
		sed 's/^/# /' "$T/said" | head -n 40
		not_ok "$name"
	fi
}

expect() {
	want=$1
	name=$2
	shift 2
	status=0
	"$@" >"$T/out" 2>"$T/err" || status=$?
	if [ "$status" -eq "$want" ]; then
		ok "$name"
	else
		echo "# exit status $status, want $want: $*"
		not_ok "$name"
	fi
}

expect_code() {
	if jq -se "any(.[]; .code == $1)" "$T/out" >/dev/null 2>&1; then
		ok "$2"
	else
		echo "# no code $1"
		not_ok "$2"
	fi
}

expect_json() { # NAME FILTER: on the list of the last expect's JSON objects
	if jq -se "$2" "$T/out" >/dev/null 2>&1; then
		ok "$1"
	else
		echo "# the JSON does not hold: $2"
		not_ok "$1"
	fi
}

expect_said() {
	if cat "$T/out" "$T/err" | grep -Eq "$2"; then
		ok "$1"
	else
		echo "# not said: $2"
		not_ok "$1"
	fi
}

expect_absent() {
	name=$1
	shift
	for p in "$@"; do
		if [ -e "$p" ]; then
			echo "# exists: $p"
			not_ok "$name"
			return
		fi
	done
	ok "$name"
}

# ---- the world ----

A=UJI-2026

# All files below a directory, with their hashes: to show nothing changed.
snapshot() {
	(cd "$1" && find . -type f -exec sha256sum {} + | sort -k2)
}

card() {
	saksi --home "$T/$1" card --json
}

make_party() { # HOME ID NAME
	saksi --home "$T/$1" init --party "$2" --name "$3" --no-passphrase -q &&
	    saksi --home "$T/$1" card -q --out "$T/$1.card.json"
}

# Every party of the list trusts every other.
trust_all() {
	for p in "$@"; do
		for q in "$@"; do
			[ "$p" = "$q" ] || saksi --home "$T/$p" trust -q \
			    "$T/$q.card.json" --fingerprint \
			    "$(card "$q" | jq -r .fingerprint)" || return 1
		done
	done
}

# Writes the paper; $1 is a jq filter that changes it (default: none).
write_paper() {
	mkdir -p "$T/paper"
	jq -n --arg kemlu "$(card kemlu | jq -r .root_key)" \
	    --arg kpu "$(card kpu | jq -r .root_key)" \
	    --arg dukcapil "$(card dukcapil | jq -r .root_key)" \
	    --arg url "$DROP_URL" --argjson host_keys "$DROP_HOST_KEYS" '
	{format: "serahterima-agreement/1", id: "UJI-2026", version: 1,
	 replaces: null, title: "Perjanjian uji",
	 documents: [{kind: "PKS", number: "UJI-1", date: "2026-01-02"}],
	 valid: {from: "2026-01-01", until: "2035-12-31"},
	 purpose: "pembangunan demokrasi", legal_basis: ["UU 7/2017 ps. 201"],
	 parties: [
	  {id: "KEMLU", role: "provider", name: "Kemlu", root_key: $kemlu},
	  {id: "KPU", role: "recipient", name: "KPU", root_key: $kpu},
	  {id: "DUKCAPIL", role: "guardian", name: "Dukcapil",
	   root_key: $dukcapil}],
	 signatures_required: ["KEMLU", "KPU", "DUKCAPIL"],
	 drops: [{id: "hub", url: $url, host_keys: $host_keys}],
	 datasets: [{id: "warga", from: "KEMLU", to: ["KPU"], drop: "hub",
	  dialect: {delimiter: ";", quoteChar: "\"", lineTerminator: "\n",
	   encoding: "utf-8", bom: false, header: true},
	  schema: {fields: [
	   {name: "id", type: "string", constraints:
	    {required: true, pattern: "^[0-9]{8}$"}},
	   {name: "nama", type: "string", constraints:
	    {required: true, minLength: 1, maxLength: 40}},
	   {name: "tanggal", type: "date", format: "%d-%m-%Y"},
	   {name: "status", type: "string", constraints:
	    {required: true, enum: ["A", "B"]}},
	   {name: "nilai", type: "integer", constraints:
	    {minimum: 0, maximum: 1000}}],
	   missingValues: [""], primaryKey: ["id"]},
	  modes: ["full"],
	  manifest_fields: [{name: "surat", type: "string", constraints:
	   {required: true, pattern: "^[0-9]+/UJI$"}}],
	  totals: ["rows", {count_by: "status"}, {sum: "nilai"},
	   {distinct: "nama"}],
	  limits: {rows: 2000000, bytes: 200000000}}],
	 handling: {onward_transfer: "forbidden", location: "ID"},
	 contacts: [{party: "KPU", role: "PDP", post: "x@example.invalid",
	  hours: "24x7"}]}' | jq "${1:-.}" >"$T/paper/agreement.json"
}

sign_paper() {
	for p in "$@"; do
		saksi --home "$T/$p" agreement sign -q \
		    "$T/paper/agreement.json" || return 1
	done
}

import_paper() {
	for p in kemlu kpu dukcapil; do
		saksi --home "$T/$p" agreement import -q "$T/paper" || return 1
	done
}

start_drop() {
	if [ "${WORLD_DROP:-sftp}" = file ]; then
		mkdir -p "$T/drop"
		DROP=$T/drop
		DROP_URL=file://$T/drop
		DROP_HOST_KEYS='[]'
		return
	fi
	sshd_available || skip_all "no sshd here"
	start_sshd "$T/hub" || return 1
	DROP=$T/hub/root
	DROP_URL=$SSHD_URL
	DROP_HOST_KEYS=$(cut -d' ' -f1,2 "$T/hub/host_key.pub" |
	    jq -R '[.]')
	for p in kemlu kpu; do
		install -m 600 "$T/hub/client_key" "$T/$p/ssh.key"
		printf '\n[drop hub]\nuser = %s\nssh_key = ssh.key\n' \
		    "$SSHD_USER" >>"$T/$p/serahterima.conf"
	done
}

write_good() { # ROWS
	awk -v n="$1" 'BEGIN {
		print "id;nama;tanggal;status;nilai"
		for (i = 1; i <= n; i++)
			printf "%08d;CONTOH %d;%02d-%02d-19%02d;%s;%d\n", i,
			    i % 97, i % 28 + 1, i % 12 + 1, i % 90 + 10,
			    i % 3 ? "A" : "B", i % 1001 }'
}

parties() {
	make_party kemlu KEMLU 'Kementerian Luar Negeri' &&
	    make_party kpu KPU 'Komisi Pemilihan Umum' &&
	    make_party dukcapil DUKCAPIL Dukcapil &&
	    trust_all kemlu kpu dukcapil
}

# Everything up to an agreement in force; a bail-out if that fails.
world() {
	{ parties && start_drop && write_paper "${1:-.}" &&
	    sign_paper kemlu kpu dukcapil && import_paper &&
	    write_good 1000 >"$T/warga.csv"; } >"$T/world.log" 2>&1 || {
		sed 's/^/# /' "$T/world.log"
		echo 'Bail out! the world cannot be made'
		exit 99
	}
}

send() {
	serah --home "$T/kemlu" send --json --field surat=1/UJI $A/warga "$@"
}

receive() {
	terima --home "$T/kpu" run --json "$@"
}

collect() {
	serah --home "$T/kemlu" run --json
}

# The parcel's directory on the drop and in staging; $1 its number.
parcel_dir() {
	printf '%s/%s/warga/KEMLU/%08d' "$DROP" $A "$1"
}

staged_dir() {
	printf '%s/kpu/staged/%s/warga/KEMLU/%08d' "$T" $A "$1"
}

# ---- damage, and what must not come of it ----

# Changes one bit of the byte at an offset (negative: from the end).
flip() { # FILE OFFSET
	at=$2
	[ "$at" -ge 0 ] || at=$(($(wc -c <"$1") + at))
	byte=$(od -An -tu1 -j "$at" -N 1 "$1")
	# shellcheck disable=SC2059
	printf "\\$(printf %03o $((byte ^ 1)))" |
	    dd of="$1" bs=1 seek="$at" conv=notrunc 2>/dev/null
}

# How many entries of an event about parcel NUMBER a home's journal has.
noted() { # HOME EVENT NUMBER
	cat "$T/$1"/journal/*.jsonl | jq -s --arg e "$2" \
	    --arg s "$A/warga/KEMLU/$3" \
	    'map(select(.event == $e and .subject == $s)) | length'
}

# A parcel that was refused or waits left nothing behind that looks staged.
expect_unstaged() { # NAME NUMBER
	: >"$T/out" && : >"$T/err"
	left=$(find "$T/kpu/staged" "$T/kpu/inbox" -type f \
	    ! -name payload.part ! -name payload.for ! -path "*/0*/*" \
	    2>/dev/null)
	if [ -e "$(staged_dir "$2")" ] || [ -n "$left" ] ||
	    ls "$(parcel_dir "$2")"/receipt.*.staged.json* >"$T/out" 2>&1 ||
	    [ "$(noted kpu staged "$2")" -ne 0 ] ||
	    ! saksi --home "$T/kpu" journal verify >"$T/out" 2>"$T/err"; then
		echo "# staged, left behind, or the journal broken: $left"
		not_ok "$1"
	else
		ok "$1"
	fi
}

# A parcel is staged exactly once, whole, and both sides can know.
expect_staged() { # NAME NUMBER FILE
	: >"$T/out" && : >"$T/err"
	if cmp "$(staged_dir "$2")/warga.csv" "$3" >"$T/out" 2>&1 &&
	    [ "$(noted kpu staged "$2")" -eq 1 ] &&
	    [ "$(noted kpu taken "$2")" -eq 1 ] &&
	    [ -e "$(parcel_dir "$2")/receipt.KPU.staged.json" ] &&
	    [ -z "$(find "$T/kpu/inbox" -type f)" ] &&
	    saksi --home "$T/kpu" journal verify >"$T/out" 2>"$T/err"; then
		ok "$1"
	else
		echo "# staged entries: $(noted kpu staged "$2")," \
		    "taken: $(noted kpu taken "$2")"
		find "$T/kpu/staged" "$T/kpu/inbox" -type f | sed 's/^/# /'
		not_ok "$1"
	fi
}

# ---- parcels made by hand, with stock tools and the sender's own keys ----
#
#	craft_begin		empties $T/craft
#	craft_page FILE [FILTER]	contents.json for $T/craft/FILE, as jq
#				FILTER changes it: what the sender may claim
#	craft_tar MEMBER...	payload.tar of these
#	craft_seal NUMBER [FILTER]	compressed (unless payload.zst is there),
#				sealed to CRAFT_TO (KPU), manifest as FILTER
#				changes it, signed, put on the drop

craft_begin() {
	rm -rf "$T/craft" && mkdir "$T/craft"
}

craft_page() {
	awk -F';' 'NR > 1 {
		n++; sum += $5; by[$4]++
		if (!($2 in seen)) { seen[$2] = 1; names++ }
	} END {
		printf "{\"rows\":%d,\"sum\":\"%d\",\"names\":%d,", n, sum, names
		printf "\"A\":%d,\"B\":%d}\n", by["A"], by["B"]
	}' "$T/craft/$1" >"$T/craft/.facts"
	jq -c --arg name "$1" --arg salt 00112233445566778899aabbccddeeff \
	    --argjson bytes "$(wc -c <"$T/craft/$1")" \
	    --arg sha256 "$(sha256sum <"$T/craft/$1" | cut -c1-64)" \
	    '{format: "serahterima-contents/1", salt: $salt, files: [
	     {name: $name, bytes: $bytes, sha256: $sha256, rows: .rows,
	     totals: [{rows: .rows},
	      {count_by: "status", values: ({A, B} |
	       with_entries(select(.value > 0)))},
	      {sum: "nilai", value: .sum},
	      {distinct: "nama", value: .names}], extent: "file",
	     warnings: []}]}' \
	    <"$T/craft/.facts" | jq -c "${2:-.}" >"$T/craft/contents.json"
}

craft_tar() {
	tar -C "$T/craft" --format=pax --owner=0 --group=0 --numeric-owner \
	    --mode=0600 --pax-option=delete=atime,delete=ctime,delete=mtime \
	    -cf "$T/craft/payload.tar" "$@"
}

craft_seal() {
	c=$T/craft
	d=$(parcel_dir "$1")
	to=$(cat "$T/kpu/keys/decryption.pub")
	[ -e "$c/payload.zst" ] || zstd -q "$c/payload.tar" -o "$c/payload.zst"
	mkdir -p "$d" &&
	    age -r "${CRAFT_TO:-$to}" -o "$d/payload.tar.zst.age" \
		"$c/payload.zst" || return 1
	previous=null
	[ "$1" -eq 1 ] || previous=\"$(sha256sum \
	    <"$(parcel_dir $(($1 - 1)))/manifest.json" | cut -c1-64)\"
	jq -n --argjson n "$1" --argjson previous "$previous" --arg to "$to" \
	    --arg agreement "$(sha256sum <"$T/paper/agreement.json" |
		cut -c1-64)" \
	    --argjson bytes "$(wc -c <"$d/payload.tar.zst.age")" \
	    --arg sha256 "$(sha256sum <"$d/payload.tar.zst.age" | cut -c1-64)" \
	    --arg contents "$(sha256sum <"$c/contents.json" | cut -c1-64)" \
	    --argjson unpacked "$(cat "$c/contents.json" "$c"/*.csv | wc -c)" \
	    --argjson rows "$(jq '.files[0].rows' "$c/contents.json")" \
	    --arg now "$(date -u +%Y-%m-%dT%H:%M:%SZ)" '
	{format: "serahterima-manifest/1",
	 agreement: {id: "UJI-2026", version: 1, sha256: $agreement},
	 dataset: "warga", sender: "KEMLU", recipients: ["KPU"],
	 sequence: $n, previous: $previous, kind: "data", mode: "full",
	 base: null, purpose: "production", period: null, created: $now,
	 payload: {name: "payload.tar.zst.age", bytes: $bytes,
	  sha256: $sha256, recipients: [$to], unpacked_bytes: $unpacked},
	 contents: $contents, files: 1, rows: $rows,
	 fields: {surat: "1/UJI"},
	 journal: {entries: 0, head: ("0" * 64)}, tool: "by hand"}' |
	    jq "${2:-.}" >"$d/manifest.json"
	sign_page "$d/manifest.json" "${CRAFT_KEY:-$T/kemlu/keys/signing.key}"
}

# Signs any page, as minisign does.
sign_page() { # FILE SECRET_KEY
	rm -f "$1.minisig"
	minisign -S -s "$2" -m "$1" -x "$1.minisig" -t "by hand" </dev/null \
	    >/dev/null 2>&1
}

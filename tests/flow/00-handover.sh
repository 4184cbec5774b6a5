#!/bin/sh
# Goal: the good path, by SFTP and by a local drop: check, send, receive,
# acknowledge; what arrives is what was sent, every command says so to people
# and to scripts, and each side's journal holds the other's head.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"
# shellcheck source=tests/flow/evidence.sh
. "$srcdir/tests/flow/evidence.sh"

# True if the last command's JSON lines, as an array, fulfil the filter.
said() {
	jq -se "$1" "$T/out" >/dev/null
}

expect_json() { # NAME FILTER
	if said "$2"; then
		ok "$1"
	else
		echo "# not true: $2"
		not_ok "$1"
	fi
}

manifest_hash() { # NUMBER
	sha256sum <"$(parcel_dir "$1")/manifest.json" | cut -c1-64
}

# The head that a page pins, against the line of that party's own journal.
expect_head() { # NAME PAGE HOME
	n=$(jq .journal.entries "$2")
	if [ "$n" -gt 0 ] &&
	    [ "$(jq -r .journal.head "$2")" = "$(line_hash "$3" "$n")" ]; then
		ok "$1"
	else
		not_ok "$1"
	fi
}

# The head that a journal noted of the other side, against that side's page.
expect_pinned() { # NAME HOME EVENT STAGE PAGE
	check "$1" jq -se --arg e "$3" --arg s "$4" --slurpfile page "$5" \
	    'any(.[]; .event == $e and ($s == "" or .stage == $s) and
	    .their_head == $page[0].journal.head and
	    .their_entries == $page[0].journal.entries)' \
	    "$T/$2/journal/000000000001.jsonl"
}

# One parcel from file to acknowledgement.
hand_over() { # NUMBER FILE ROWS
	n=$1
	file=$2
	rows=$3
	parcel=$A/warga/KEMLU/$n
	d=$(parcel_dir "$n")
	s=$(staged_dir "$n")

	remember
	expect 0 "check" serah --home "$T/kemlu" check $A/warga "$file"
	expect_said "check tells the rows" "warga.csv: $rows rows"
	expect_unchanged "check"
	expect 0 "check --json" serah --home "$T/kemlu" check --json \
	    $A/warga "$file"
	expect_json "check --json: totals" \
	    ".[0].result == \"ok\" and .[0].rows == $rows and
	    .[0].files[0].totals[0].rows == $rows"

	expect 0 "send" send "$file"
	expect_json "send --json: the five members" ".[0].parcel == \"$parcel\"
	    and .[0].rows == $rows and .[0].bytes == $(wc -c <"$file") and
	    .[0].manifest == \"$(manifest_hash "$n")\" and .[0].sealed_bytes ==
	    $(wc -c <"$d/payload.tar.zst.age") and (.[0] | length) == 5"
	check "the outbox keeps the sealed copy" cmp "$d/payload.tar.zst.age" \
	    "$T/kemlu/outbox/$A/warga/KEMLU/0000000$n/payload.tar.zst.age"
	check "nothing temporary on the drop" \
	    test -z "$(find "$DROP" -name '.*' ! -path "$DROP")"
	expect 0 "status before a receipt" serah --home "$T/kemlu" status \
	    --json "$parcel"
	expect_json "it is sent" '.[0].state == "sent"'
	expect 0 "run before a receipt" collect
	expect_json "it waits" '.[0].result == "waiting" and .[0].staged == 0'
	expect 0 "record before a receipt" saksi --home "$T/kemlu" record \
	    "$parcel"
	expect_said "it is a draft" DRAFT

	expect 0 "receive" receive
	expect_json "receive --json: staged" "any(.[]; .parcel == \"$parcel\"
	    and .result == \"staged\" and .rows == $rows)"
	check "staged bytes are the source's" cmp "$file" "$s/warga.csv"
	check "staged is for its owner alone" \
	    test -z "$(find "$T/kpu/staged" -perm /077)"
	check "the inbox is empty" test -z "$(find "$T/kpu/inbox" -type f)"
	expect_absent "the payload is off the drop" "$d/payload.tar.zst.age"
	check "manifest, receipts, signatures stay" test -s "$d/manifest.json" \
	    -a -s "$d/manifest.json.minisig" \
	    -a -s "$d/receipt.KPU.received.json.minisig" \
	    -a -s "$d/receipt.KPU.staged.json.minisig"
	check "the receipt recounted all" jq -e --slurpfile m \
	    "$d/manifest.json" --arg sha256 "$(manifest_hash "$n")" \
	    '.rows == $m[0].rows and .contents == $m[0].contents and
	    .manifest == $sha256' "$d/receipt.KPU.staged.json"

	expect 0 "collect" collect
	expect_json "acknowledged" '.[0].result == "acknowledged" and
	    .[0].staged == 1 and .[0].recipients == 1'
	check "the outbox is empty" test -z \
	    "$(find "$T/kemlu/outbox" -type f)"
	expect 0 "collect again" collect
	check "there is nothing to say" test ! -s "$T/out"
	expect 0 "status" serah --home "$T/kemlu" status --json "$parcel"
	expect_json "released" ".[0].state == \"released\" and .[0].rows ==
	    $rows and .[0].manifest == \"$(manifest_hash "$n")\""

	expect_head "the manifest holds the sender's head" \
	    "$d/manifest.json" kemlu
	expect_head "the receipt holds the receiver's head" \
	    "$d/receipt.KPU.staged.json" kpu
	expect_pinned "the receiver's journal holds the sender's head" kpu \
	    taken "" "$d/manifest.json"
	expect_pinned "the sender's journal holds the receiver's head" kemlu \
	    receipt staged "$d/receipt.KPU.staged.json"
}

# Once both are through: what each command shows, to people and to scripts.
look() {
	parcel=$A/warga/KEMLU/1
	expect 0 "status of all" serah --home "$T/kemlu" status
	expect_said "status: first" "$parcel +1000  staged by all"
	expect_said "status: second" "$A/warga/KEMLU/2 +10  staged by all"
	expect 0 "terima status" terima --home "$T/kpu" status --json
	expect_json "both staged" 'length == 2 and
	    all(.[]; .state == "staged")'
	expect 0 "list" terima --home "$T/kpu" list
	expect_said "list names the directory" \
	    "$parcel +1000  $T/kpu/staged/$A/warga/KEMLU/00000001"
	expect 0 "list --json" terima --home "$T/kpu" list --json
	expect_json "list --json: both" "map(.parcel) == [\"$parcel\",
	    \"$A/warga/KEMLU/2\"] and map(.rows) == [1000, 10]"
	expect 0 "show" terima --home "$T/kpu" show "$parcel"
	expect_said "show: a document people can read" '^  "manifest": \{'
	expect 0 "show --json" terima --home "$T/kpu" show --json "$parcel"
	expect_json "show --json: one line, with receipts" 'length == 1 and
	    (.[0].receipts | map(.stage) | sort) == ["received", "staged"]'
	for p in kemlu kpu; do
		expect 0 "record of $p" saksi --home "$T/$p" record "$parcel"
		expect_said "record of $p: totals" 'sum of nilai: 500500'
		if grep -Eq 'DRAFT|CONTOH|00000001;' "$T/out"; then
			not_ok "record of $p: final, and without a value"
		else
			ok "record of $p: final, and without a value"
		fi
		expect 0 "record of $p --json" saksi --home "$T/$p" record \
		    --json "$parcel"
		expect_json "record of $p --json: final" \
		    '.[0].draft == false and .[0].rows == 1000'
		expect 0 "record of $p --out" saksi --home "$T/$p" record -q \
		    --out "$T/record.$p" "$parcel"
		expect 0 "journal of $p" saksi --home "$T/$p" journal verify \
		    --json
		lines=$(cat "$T/$p/journal/"0*.jsonl | wc -l)
		expect_json "journal of $p: whole" ".[0].result == \"ok\" and
		    .[0].entries == $lines and
		    .[0].head == \"$(line_hash "$p" "$lines")\""
		check "journal of $p: head signed" jq -e --argjson n "$lines" \
		    '.entries == $n' "$T/$p/journal/head.json"
	done
	check "both sides' records are one" cmp "$T/record.kemlu" \
	    "$T/record.kpu"
	expect 1 "status of a parcel unknown" serah --home "$T/kemlu" status \
	    $A/warga/KEMLU/99
	expect 2 "status of what is no parcel" serah --home "$T/kemlu" status 99
	remember
	expect 0 "receive when all is staged" receive
	expect_json "only duplicates" 'all(.[]; .result == "duplicate")'
	expect_unchanged "a second receive"
}

full_path() {
	stop_sshd
	rm -rf "${T:?}"/*
	world
	echo "# drop: $DROP_URL"
	hand_over 1 "$T/warga.csv" 1000
	mkdir "$T/second"
	write_good 10 >"$T/second/warga.csv"
	hand_over 2 "$T/second/warga.csv" 10
	check "the second follows the first" jq -e \
	    --arg sha256 "$(manifest_hash 1)" \
	    '.sequence == 2 and .previous == $sha256' \
	    "$(parcel_dir 2)/manifest.json"
	look
}

checks=0
drops='sftp file'
if ! sshd_available; then
	echo "# SKIP the half by SFTP: no sshd here"
	drops='file'
fi
for WORLD_DROP in $drops; do
	checks=$((checks + 106))
	full_path
done
plan $checks

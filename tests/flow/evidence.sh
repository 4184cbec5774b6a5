# shellcheck shell=sh
# evidence.sh: what must not come of a refusal.  To be sourced after lib.sh.
#
#	remember		notes what lies at every place of the way
#	expect_unchanged NAME	ok if it is all the same, and the journals hold
#	refused CODE NAME COMMAND...	ok three times if the command, run with
#				--json, is refused with exit status 3 and this
#				code, and nothing came of it
#	line_hash HOME N	SHA-256 of line N of a home's journal

# Every file of a parcel at any place, temporary ones too, and what the
# journals say of parcels.
evidence() ( # a subshell: its variables are not the caller's
	for d in "$DROP" "$T/kemlu/outbox" "$T/kemlu/records" \
	    "$T/kpu/inbox" "$T/kpu/staged" "$T/kpu/records"; do
		[ -d "$d" ] || continue
		find "$d" -name '.*' -exec ls -dF {} +
		find "$d" -type f -exec sha256sum {} + | sort -k2
	done
	grep -hE '"event":"(sealed|sent|taken|staged|receipt|released)"' \
	    "$T/kemlu/journal/"0*.jsonl "$T/kpu/journal/"0*.jsonl
	:
)

remember() {
	evidence >"$T/before"
}

expect_unchanged() {
	evidence >"$T/after"
	if { diff "$T/before" "$T/after" &&
	    saksi --home "$T/kemlu" journal verify &&
	    saksi --home "$T/kpu" journal verify; } >"$T/diff" 2>&1; then
		ok "$1: nothing came of it"
	else
		sed 's/^/# /' "$T/diff"
		not_ok "$1: nothing came of it"
	fi
}

refused() {
	code=$1
	what=$2
	shift 2
	remember
	expect 3 "$what: refused" "$@"
	expect_code "$code" "$what: code $code"
	expect_unchanged "$what"
}

line_hash() {
	cat "$T/$1/journal/"0*.jsonl | sed -n "$2p" | tr -d '\n' |
	    sha256sum | cut -c1-64
}

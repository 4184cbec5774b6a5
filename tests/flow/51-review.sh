#!/bin/sh
# Goal of this test: what went wrong in a review stays mended: a step that fails
# is never "done", a parcel given up leaves nothing on the drop, what was begun
# and interrupted is ended by the next run.

# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"

# ---- the command line, and what a failure says of itself ----

escape=$(printf 'a\033b')
expect 2 'a name with control bytes makes no home' saksi --home "$T/none" \
    init --party X --name "$escape" --no-passphrase
expect_said 'and the reason is told' 'printable'
expect_absent 'nothing is made' "$T/none"
make_party kemlu KEMLU Kemlu || exit 99
if [ -c /dev/full ]; then
	full() {
		"$@" >/dev/full
	}
	expect 1 'lost text output is a failure' full saksi --home "$T/kemlu" \
	    card
	expect 1 'lost JSON output is a failure' full saksi --home "$T/kemlu" \
	    --json card
else
	ok 'lost text output # SKIP no /dev/full'
	ok 'lost JSON output # SKIP no /dev/full'
fi
expect 2 'an unknown letter in a cluster' saksi -xq
expect_said 'the letter is named, not the program' ' -x is no option'
expect 2 'an unknown letter behind the command' saksi card -qx
expect_said 'the letter is named, not the command' ' -x is no option'

plan 9

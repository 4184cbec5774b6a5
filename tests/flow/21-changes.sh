#!/bin/sh
# Goal: a file that changes while it is handed over is never sent: the bytes
# that were checked are the bytes that are sealed, or nothing is.
#
# How a change is placed between the two passes, whatever the machine's speed:
# serah is let run in short slices (SIGCONT, SIGSTOP).  While it is stopped the
# test looks whether the outbox holds a draft (pass 1 is over then) and how far
# pass 2 has read.  The change is made while serah stands still, ahead of
# the place it has read to.  A strong compression makes pass 2 longer than a slice
# by far; should a loaded machine overrun all the same, the try is made again.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"
# shellcheck source=tests/flow/evidence.sh
. "$srcdir/tests/flow/evidence.sh"

[ -r /proc/self/fdinfo/0 ] || skip_all "no /proc here"
WORLD_DROP='file'
world
sed -i 's/^#level = 1$/level = 13/' "$T/kemlu/serahterima.conf"
grep -q '^level = 13' "$T/kemlu/serahterima.conf" || exit 99
mkdir "$T/x"
x=$T/x/warga.csv
write_good 400000 >"$T/big.csv"
size=$(wc -c <"$T/big.csv")
cp -r "$T/kemlu" "$T/kemlu.before"

stopped() { # PID: stops it and waits until all of it stands still
	kill -s STOP "$1" 2>/dev/null || return 1
	until grep -q '^State:[[:space:]]*[TZ]' "/proc/$1/status" 2>/dev/null
	do
		kill -0 "$1" 2>/dev/null || return 1
	done
	grep -q '^State:[[:space:]]*T' "/proc/$1/status"
}

# How far the process has read the file, or nothing.
position() { # PID
	for fd in "/proc/$1/fd/"*; do
		if [ "$(readlink "$fd")" = "$x" ]; then
			sed -n 's/^pos:[[:space:]]*//p' \
			    "/proc/$1/fdinfo/${fd##*/}"
			return
		fi
	done
}

drafts() {
	find "$T/kemlu/outbox" -name '.*' | wc -l
}

# Runs send; between the passes the change is made.  Sets status and placed.
send_while() { # CHANGE...
	placed=
	serah --home "$T/kemlu" send --json --field surat=1/UJI $A/warga "$x" \
	    >"$T/out" 2>"$T/err" &
	pid=$!
	while stopped $pid; do
		if [ "$(drafts)" -gt 0 ]; then
			at=$(position $pid)
			if [ -n "$at" ] && [ "$at" -lt $((size - 2097152)) ]
			then
				"$@"
				placed=$at
			fi
			kill -s CONT $pid
			break
		fi
		kill -s CONT $pid
		sleep 0.002
	done
	status=0
	wait $pid || status=$?
}

# Until the change fell where it should, at most sixty times.
changed() { # CHANGE...
	tries=0
	placed=
	while [ -z "$placed" ] && [ $tries -lt 60 ]; do
		tries=$((tries + 1))
		rm -rf "$T/kemlu" "${DROP:?}"/*
		cp -r "$T/kemlu.before" "$T/kemlu"
		cp "$T/big.csv" "$x"
		remember
		send_while "$@"
	done
	if [ -n "$placed" ]; then
		echo "# pass 2 had read $placed of $size bytes (try $tries)"
	else
		echo "# the change could not be placed in sixty tries"
	fi
}

never_sent() { # NAME CHANGE...
	what=$1
	shift
	changed "$@"
	expect_code 404 "$what: code 404"
	check "$what: refused" test -n "$placed" -a $status -eq 3
	expect_unchanged "$what"
	check "$what: the outbox is empty, drafts as well" test -z \
	    "$(find "$T/kemlu/outbox" -type f -o -name '.*')"
	check "$what: not a byte on the drop" test -z "$(find "$DROP" -type f)"
	check "$what: nothing was sealed" test "$(noted kemlu sealed 1)" -eq 0
}

one_byte() {
	# The last row's last digit, within its rule: 1 becomes 2.
	printf 2 | dd of="$x" bs=1 seek=$((size - 2)) conv=notrunc 2>/dev/null
}
one_row_more() {
	echo '99999999;CONTOH;01-01-1970;A;1' >>"$x"
}
one_row_less() {
	truncate -s $((size - 36)) "$x"
}
emptied() {
	: >"$x"
}
other_under_the_name() {
	write_good 10 >"$T/other.csv"
	mv "$T/other.csv" "$x"
}
touched() {
	touch "$x"
}
gone() {
	rm "$x"
}

never_sent "one byte" one_byte
never_sent "a row more" one_row_more
never_sent "a row less" one_row_less
never_sent "a file emptied" emptied

# The next one begins as if nothing had been.
cp "$T/big.csv" "$x"
expect 0 "sent when it stands still" send "$x"
check "as number 1" test -s "$(parcel_dir 1)/manifest.json"

# What was checked is what is sent, whatever stands under its name now.
for change in other_under_the_name touched gone; do
	changed $change
	check "$change: sent" test -n "$placed" -a $status -eq 0
	rm -rf "$T/kpu.now" && cp -r "$T/kpu" "$T/kpu.now"
	check "$change: received" terima --home "$T/kpu.now" run
	check "$change: as it was checked" cmp "$T/big.csv" \
	    "$T/kpu.now/staged/$A/warga/KEMLU/00000001/warga.csv"
done
plan 35

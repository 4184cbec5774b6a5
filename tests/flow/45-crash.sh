#!/bin/sh
# Goal of this test: the power may go at any moment.  Programs are killed at
# moments spread over their whole run, and, where strace can do it, at each
# single rename, fsync and unlink; a plain rerun then completes, with nothing
# lost, nothing staged twice, no number used twice and both journals whole.
#
# Every third step is tried, for time's sake; CRASH_STRIDE=1 tries them all.

# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"
# shellcheck disable=SC2034
WORLD_DROP=file
world
stream=$A/warga/KEMLU
write_good 2000 >"$T/warga.csv"
send "$T/warga.csv" >/dev/null 2>&1 && receive >/dev/null 2>&1 &&
    collect >/dev/null 2>&1 || exit 99

# Every case begins from the same three places: parcel 1 is done, 2 comes.
mkdir "$T/keep" "$T/data" && write_good 2500 >"$T/data/warga.csv"
keep() { # WHERE
	rm -rf "$T/keep/$1" && mkdir "$T/keep/$1" &&
	    cp -a "$T/kemlu" "$T/kpu" "$T/drop" "$T/keep/$1"
}
back() { # WHERE
	rm -rf "$T/kemlu" "$T/kpu" "$T/drop" &&
	    cp -a "$T/keep/$1/." "$T"
}
keep before
send "$T/data/warga.csv" >/dev/null 2>&1 || exit 99
keep sent
receive >/dev/null 2>&1 || exit 99
keep staged
back before

# What must hold at once, however the program ended: whatever is visible under
# a parcel's name is whole and signed, and the journals are chains.
sound() {
	for d in "$T/kpu/staged/$stream"/0*2 "$T/kemlu/outbox/$stream"/0*2 \
	    "$DROP/$stream"/0*2; do
		[ ! -d "$d" ] || minisign -Vqm "$d/manifest.json" \
		    -p "$T/kemlu/keys/signing.pub" || return 1
	done
	d=$(staged_dir 2)
	if [ -d "$d" ]; then
		cmp "$d/warga.csv" "$T/data/warga.csv" || return 1
	fi
	saksi --home "$T/kemlu" journal verify &&
	    saksi --home "$T/kpu" journal verify
}
# How often each event of parcel 2 is on record.
tally() { # HOME
	cat "$T/$1"/journal/*.jsonl | jq -rs 'map(select(.subject |
	    endswith("/KEMLU/2"))) | group_by(.event) |
	    map("\(.[0].event)=\(length)") | join(" ")'
}
# Plain reruns, as the timers do them, and what must have come of it.
again=0
completes() {
	collect || return 1
	# Killed before it was sealed: as if it had never been begun.
	if [ ! -d "$DROP/$stream/00000002" ]; then
		again=$((again + 1))
		send "$T/data/warga.csv" || return 1
	fi
	receive && collect && sound || return 1
	[ -z "$(find "$T/kpu/inbox" "$T/kemlu/outbox" -type f)" ] &&
	    [ -z "$(find "$DROP" -name '.?*' -o -name '*.part')" ] &&
	    [ -z "$(find "$T/kpu/staged" -type f -path '*/.*')" ] &&
	    [ ! -e "$DROP/$stream/00000003" ] &&
	    [ -d "$(staged_dir 2)" ] || return 1
	[ "$(tally kemlu)" = 'receipt=2 released=1 sealed=1 sent=1' ] &&
	    [ "$(tally kpu)" = 'staged=1 taken=1' ]
}
broken=0
case_holds() { # WHAT
	if ! sound >"$T/said" 2>&1; then
		echo "# $1: what is visible is not sound"
	elif ! completes >"$T/said" 2>&1; then
		echo "# $1: a rerun does not complete it once"
		echo "# kemlu: $(tally kemlu); kpu: $(tally kpu)"
	else
		return
	fi
	sed 's/^/# /' "$T/said"
	find "$T/kpu/inbox" "$T/kemlu/outbox" "$T/kpu/staged" "$DROP" |
	    sed "s,^$T,# ," | sort
	broken=$((broken + 1))
}

# ---- at moments ----

now() {
	date +%s%N | cut -c1-13
}
a=$(now)
send "$T/data/warga.csv" >/dev/null 2>&1
b=$(now)
receive >/dev/null 2>&1
c=$(now)
echo "# serah send takes $((b - a)) ms, terima run $((c - b)) ms"
moment() { # I OF MILLISECONDS: seconds
	awk -v i="$1" -v n="$2" -v t="$3" \
	    'BEGIN { printf "%.4f", (i * t / n + 1) / 1000 }'
}
i=0
while [ $i -lt 10 ]; do
	back before
	at=$(moment $i 9 $((b - a)))
	timeout -s KILL "$at" serah --home "$T/kemlu" send --field \
	    surat=1/UJI $A/warga "$T/data/warga.csv" >/dev/null 2>&1
	case_holds "serah send, killed after $at s"
	back sent
	at=$(moment $i 9 $((c - b)))
	timeout -s KILL "$at" terima --home "$T/kpu" run >/dev/null 2>&1
	case_holds "terima run, killed after $at s"
	i=$((i + 1))
done
echo "# $again of 10 had to be sent again"
check '10 moments of serah send, 10 of terima run: completed once' \
    [ $broken -eq 0 ]

# ---- at single steps ----

calls=fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat
# Each of its processes is killed at its own K-th call of these: 0 if one was, 1
# if all have fewer.  The leak check of a sanitizer cannot work under strace, and
# would fail every run.
killed() { # K COMMAND...
	k=$1
	shift
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o "$T/trace" \
	    -e trace=$calls -e "inject=$calls:signal=KILL:when=$k" \
	    "$@" >/dev/null 2>&1
	grep -q 'killed by SIGKILL' "$T/trace"
}
each_step() { # WHERE NAME COMMAND...
	broken=0
	where=$1
	what=$2
	shift 2
	k=1
	back "$where"
	while killed $k "$@"; do
		case_holds "$what, killed at step $k"
		k=$((k + ${CRASH_STRIDE:-3}))
		back "$where"
	done
	echo "# $what has $((k - 1)) such steps"
	check "each step of $what: completed once" [ $broken -eq 0 ]
	check "$what has such steps" [ $k -gt 5 ]
}
: >"$T/victim"
if ! killed 1 rm "$T/victim"; then
	echo '# SKIP single steps: no strace that works here'
	plan 1
	exit 0
fi
each_step before 'serah send' serah --home "$T/kemlu" send --field \
    surat=1/UJI $A/warga "$T/data/warga.csv"
each_step sent 'terima run' terima --home "$T/kpu" run
each_step staged 'serah run' serah --home "$T/kemlu" run

plan 7

#!/bin/sh
# Goal of this test: the power may go at any moment.  Programs are killed at
# moments spread over their whole run, and, where strace can do it, at the first,
# second, third ... call of each system call that changes something or waits; a
# plain rerun then completes, with nothing lost, nothing staged twice, no number
# used twice, no home or agreement half made, and all journals whole.
#
# Every tenth call is tried, for time's sake; CRASH_STRIDE=1 tries them all, and
# check.sh --long does.

# shellcheck source=tests/flow/aftermath.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/aftermath.sh"
aftermath_world

# ---- at moments ----

now() {
	date +%s%N | cut -c1-13
}
moment() { # I OF MILLISECONDS: seconds
	awk -v i="$1" -v n="$2" -v t="$3" \
	    'BEGIN { printf "%.4f", (i * t / n + 1) / 1000 }'
}
at_moments() { # CASE
	begin "$1"
	a=$(now)
	invoke "$1" >/dev/null 2>&1
	took=$(($(now) - a))
	i=0
	while [ $i -lt 10 ]; do
		begin "$1"
		at=$(moment $i 9 $took)
		invoke "$1" timeout -s KILL "$at" >/dev/null 2>&1
		aftermath "$1, killed after $at s" "$1"
		i=$((i + 1))
	done
	echo "# $1 takes $took ms"
}
at_moments send
at_moments receive
echo "# $again of 20 had to be sent again"
check '10 moments of serah send, 10 of terima run: completed once' \
    [ $broken -eq 0 ]

# ---- at single calls ----

# openat makes files; close, reads and questions leave everything as it was.
calls='openat mkdir mkdirat write pwrite64 fsync fdatasync sync_file_range
ftruncate fchmod rename renameat renameat2 linkat unlink unlinkat rmdir flock
poll sendmsg recvmsg wait4 clone clone3'
stride=${CRASH_STRIDE:-10}

# Kills a case at the K-th such call of any of its threads and processes: 0 if
# that was the end, 1 if there was none, 2 if only a process of it died.  The
# leak check of a sanitizer cannot work under strace, and would fail every run.
killed() { # CASE CALL K
	status=0
	invoke "$1" env ASAN_OPTIONS=detect_leaks=0 strace -f -qq \
	    -o "$T/trace" -e "trace=$2" -e "inject=$2:signal=KILL:when=$3" \
	    >"$T/out" 2>"$T/err" || status=$?
	# strace ends as its child did.
	[ $status -eq 137 ] && return 0
	grep -q 'killed by SIGKILL' "$T/trace" || return 1
	case $status in
	0|1|4) ;;
	*)	echo "# $1, a process killed at $2 $3: status $status"
		sed 's/^/# /' "$T/err"
		broken=$((broken + 1)) ;;
	esac
	return 2
}
# How many of a call a case makes, all its processes together.
count_calls() { # CASE
	begin "$1"
	# shellcheck disable=SC2086
	invoke "$1" env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -c \
	    -o "$T/counts" -e "trace=$(echo $calls | tr ' ' ,)" >/dev/null 2>&1
}
each_call() { # CASE
	broken=0 points=0 parts=0
	count_calls "$1"
	k=1
	for c in $calls; do
		most=$(awk -v c="$c" '$NF == c { print $4 }' "$T/counts")
		while [ $k -le "${most:-0}" ]; do
			begin "$1"
			killed "$1" "$c" $k
			case $? in
			1) break ;;
			2) parts=$((parts + 1)) ;;
			esac
			points=$((points + 1))
			aftermath "$1, killed at $c $k" "$1"
			k=$((k + stride))
		done
		# strace counts for each thread, so that not all can be met.
		if [ $k -gt "${most:-0}" ]; then
			k=$((k - ${most:-0}))
		else
			k=1
		fi
	done
	sum=$((sum + points))
	echo "# $1: $points calls; at $parts of them one process of it only"
	check "$1, killed at $points calls: completed once" [ $broken -eq 0 ]
	check "$1 has such calls" [ $points -gt 0 ]
}
: >"$T/victim"
strace -f -qq -o /dev/null -e inject=unlinkat:signal=KILL rm "$T/victim" \
    >/dev/null 2>&1
if [ $? -ne 137 ]; then
	echo '# SKIP single calls: no strace that works here'
	plan 1
	exit 0
fi
sum=0
for c in init settle import renew send receive collect; do
	each_call $c
done
echo "# $sum calls in all"
plan 15

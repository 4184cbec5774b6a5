#!/bin/sh
# run.sh: fuzzes each target for a while, as many at a time as there are
# processors, beginning with its corpus.
#
#	tests/fuzz/run.sh SECONDS BUILD FOUND [TARGET...]
#
# BUILD was configured with --enable-fuzzing and made with "make fuzz".  Prints
# a row of LEDGER.md for each target.  What a fuzzer finds is kept in
# FOUND/TARGET, and makes the exit status 1.  FUZZ_WORK names a directory where
# the corpora that grow are kept, for the next run to go on from; FUZZ_JOBS, how
# many run at a time, if not as many as there are processors.
set -u

src=$(cd "$(dirname "$0")" && pwd -P)
if [ $# -lt 3 ]; then
	echo "usage: run.sh SECONDS BUILD FOUND [TARGET...]" >&2
	exit 2
fi
if [ "$1" = one ]; then
	seconds=$2 build=$3 found=$4 work=$5 target=$6
	mkdir -p "$work/$target" "$found/$target"
	log=$work/$target.log
	status=0
	# A stopped process is no slow input: the limit is far beyond a pause.
	"$build/tests/fuzz/fuzz_$target" -max_total_time="$seconds" \
	    -timeout=300 -rss_limit_mb=2048 -use_value_profile=1 \
	    -max_len=16384 -print_final_stats=1 \
	    -artifact_prefix="$found/$target/" \
	    "$work/$target" "$src/corpus/$target" >"$log" 2>&1 || status=$?
	# What its children had of the processors: "0m1.5s 0m0.2s".
	times >"$work/$target.times"
	cpu=$(tail -n 1 "$work/$target.times" | tr 'ms' '  ' |
	    awk '{ printf "%d", $1 * 60 + $2 + $3 * 60 + $4 }')
	executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
	echo "| $(date -u +%F) | $target | $seconds | $cpu | ${executions:-0} |" \
	    "${edges:-0} | $([ $status -eq 0 ] && echo none || echo FOUND) |"
	if [ $status -ne 0 ]; then
		cp "$log" "$found/$target/log"
		tail -n 30 "$log" >&2
		exit 1
	fi
	rmdir "$found/$target" 2>/dev/null
	exit 0
fi

seconds=$1 build=$2 found=$3
shift 3
[ $# -gt 0 ] || set -- $(ls "$src/corpus")
if [ -n "${FUZZ_WORK:-}" ]; then
	work=$FUZZ_WORK
	mkdir -p "$work" || exit 1
else
	work=$(mktemp -d "${TMPDIR:-/tmp}/fuzz.XXXXXX") || exit 1
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' INT TERM HUP
fi
mkdir -p "$found"
# xargs ends with 123 when one of them did not end with 0.
printf '%s\n' "$@" | xargs -P "${FUZZ_JOBS:-$(nproc)}" -I TARGET \
    sh "$0" one "$seconds" "$build" "$found" "$work" TARGET || exit 1
rmdir "$found" 2>/dev/null
exit 0

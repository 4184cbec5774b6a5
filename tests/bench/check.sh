#!/bin/sh
# check.sh: our check of every value against zstd -1 over the same bytes, and
# against DuckDB's read_csv with the same types and checks, in turn, in one run.
# Prints rows of the tables in BENCHMARKS.md.
#
#	ROWS=4300000 RUNS=5 tests/bench/check.sh
#	NODE_PATH=DIR/node_modules tests/bench/check.sh		with DuckDB
#	ORDER=shuffled tests/bench/check.sh	rows in no order of their key
#	ROWS="4300000 43000000" LANES=ours tests/bench/check.sh	how it grows
#
# A lane whose program is not there is left out, aloud.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
builddir=${builddir:-$(pwd -P)}
ROWS=${ROWS:-4300000}
RUNS=${RUNS:-5}
ORDER=${ORDER:-by key}
LANES=${LANES:-ours zstd duckdb duckdb-nokey}
# No server is asked for a check.
WORLD_DROP='file'

# shellcheck source=tests/bench/lanes.sh
. "$srcdir/tests/bench/lanes.sh"
need zstd shuf
make_world

lane_command() {
	case $1 in
	ours) echo "serah --home $T/kemlu check -q $A/$SET $T/p.csv" ;;
	zstd) echo "sh $T/zstd.sh" ;;
	duckdb) echo "node $srcdir/tests/bench/duckdb.js \
	    $T/paper/agreement.json $T/p.csv" ;;
	duckdb-nokey) echo "$(lane_command duckdb) nokey" ;;
	*) die "no lane $1" ;;
	esac
}

echo "exec zstd -q -1 -c '$T/p.csv' >/dev/null" >"$T/zstd.sh"

lane_there() {
	case $1 in
	duckdb*) node -e 'require("@duckdb/node-api")' 2>/dev/null ;;
	*) true ;;
	esac
}

there=
for lane in $LANES; do
	if lane_there "$lane"; then
		there="$there $lane"
	else
		echo "# left out: $lane (no node, or no @duckdb/node-api)"
	fi
done

measure() { # ROWS
	make_extract "$1"
	if [ "$ORDER" = shuffled ]; then
		{ head -n 1 "$T/p.csv" && tail -n +2 "$T/p.csv" |
		    shuf --random-source="$T/p.csv"; } >"$T/q.csv" ||
			die 'cannot shuffle'
		mv "$T/q.csv" "$T/p.csv"
	fi
	for lane in $there; do
		rm -f "$T/$lane"
	done
	i=0
	while [ $i -lt "$RUNS" ]; do
		i=$((i + 1))
		cat "$T/p.csv" >/dev/null
		for lane in $there; do
			# shellcheck disable=SC2046
			timed "$T/$lane" $(lane_command "$lane")
		done
	done
	for lane in $there; do
		printf '| %s | %s | %s | %s, %s | %s | %s | %s | %s | %s | %s |\n' \
		    "$(date +%F)" "$(git -C "$srcdir" rev-parse --short HEAD \
			2>/dev/null || echo -)" "$(machine)" "$1" "$ORDER" \
		    "$lane" "$(median "$T/$lane" 1)" "$(median "$T/$lane" 3)" \
		    "$(ratio "$T/ours" "$T/$lane")" \
		    "$(ratio "$T/ours" "$T/$lane" 3)" \
		    "$(($(median "$T/$lane" 2) / 1024))"
	done
}

for rows in $ROWS; do
	measure "$rows"
done

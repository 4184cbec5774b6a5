#!/bin/sh
# Goal: our readers agree with test files that nobody here wrote: age, minisign,
# tar, CSV, UTF-8 and Table Schema.
. "${srcdir:-.}/tests/flow/lib.sh"

corpora=${SERAHTERIMA_CORPORA:-$srcdir/../shared/corpora}
[ -d "$corpora" ] || skip_all "no published test files in $corpora"
runners=$builddir/tests/vectors

vectors() { # RUNNER DIR...
	runner=$1
	shift
	for dir in "$@"; do
		if ! [ -d "$corpora/$dir" ]; then
			tap_n=$((tap_n + 1))
			echo "ok $tap_n - $runner $dir # SKIP no $dir"
			continue
		fi
		check "$runner $dir" "$runners/$runner" "$corpora/$dir"
		tail -n 1 "$T/said" 2>/dev/null | sed 's/^/# /'
	done
}
vectors run_age age-cctv
vectors run_minisign minisign
vectors run_tar .
vectors run_csv csv-spectrum csv-csvkit
vectors run_utf8 utf8
vectors run_schema table-schema
plan 7

#!/bin/sh
# Goal: our readers agree with test files that nobody here wrote.  Each runner
# reads a folder of them, drives the functions that the programs drive, and
# counts; where our policy is stricter it says so and why.  A folder that is not
# there is skipped aloud.
. "${srcdir:-.}/tests/flow/lib.sh"

corpora=${SERAHTERIMA_CORPORA:-$srcdir/../shared/corpora}
[ -d "$corpora" ] || skip_all "no published test files in $corpora"
runners=$builddir/tests/vectors

skipped() { # NAME WHY
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}
run() { # RUNNER NAME DIR: passes when the runner does, and left nothing out
	if ! [ -d "$3" ]; then
		skipped "$1 $2" "no $2"
		return
	fi
	check "$1 $2" "$runners/$1" "$3"
	counts=$(tail -n 1 "$T/said")
	echo "# $counts"
	case $counts in
	*' 0 skipped') ;;
	*) not_ok "$1 $2: nothing is skipped" ;;
	esac
}
vectors() { # RUNNER FOLDER...
	runner=$1
	shift
	for dir in "$@"; do
		run "$runner" "$dir" "$corpora/$dir"
	done
}
vectors run_age age-cctv age-reference
vectors run_wycheproof wycheproof
vectors run_ed25519 ed25519-edge signify
vectors run_minisign minisign
vectors run_json json-parsing
for dir in "$corpora"/tar-* "$corpora"/notar-*; do
	[ -d "$dir" ] && vectors run_tar "${dir##*/}"
done
vectors run_zstd zstd-golden
vectors run_csv csv-spectrum csv-csvkit csv-injection csvw frictionless-py \
    table-schema
vectors run_table table-schema frictionless-py csv-spectrum csv-csvkit csvw
if [ -d "$corpora/csv-messytables" ]; then
	vectors run_csv csv-messytables
	vectors run_table csv-messytables
fi
vectors run_utf8 utf8
vectors run_sweep csv-csvkit csv-injection csv-spectrum csvw frictionless-py \
    table-schema utf8 naughty-strings
vectors run_strings naughty-strings
vectors run_schema table-schema
vectors run_keywords json-schema

# A fuzzer's seeds: anything may come of them but a crash or a long wait.
for kind in json csv tar; do
	seeds=$corpora/fuzz-seeds/$kind-seeds.tar.zst
	if ! command -v zstd >/dev/null; then
		skipped "$kind seeds" "zstd is not installed"
		continue
	fi
	[ -e "$seeds" ] && zstd -qdc "$seeds" | tar -C "$T" -xf -
	run run_$kind "$kind seeds" "$T/$kind"
done
plan $tap_n

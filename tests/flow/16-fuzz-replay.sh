#!/bin/sh
# Goal: every input that a fuzzer was started with, or once found something
# with, and the published files of the same formats, go through each parser
# without a crash, a hang, or a claim of tests/fuzz that does not hold.
. "${srcdir:-.}/tests/flow/lib.sh"

corpora=${SERAHTERIMA_CORPORA:-$srcdir/../shared/corpora}
n=0

replay() { # TARGET WHAT PATH...
	target=$1
	what=$2
	shift 2
	n=$((n + 1))
	if "$builddir/tests/fuzz/fuzz_$target" -v "$@" \
	    >"$T/out" 2>"$T/err"; then
		ok "$target: $(cat "$T/out") $what"
	else
		# The last input named is the one.
		tail -n 25 "$T/err" | sed 's/^/# /'
		: >"$T/err"
		not_ok "$target: $what"
	fi
}

for dir in "$srcdir"/tests/fuzz/corpus/*/; do
	target=$(basename "$dir")
	replay "$target" 'of ours' "$dir"
done
programs=$(find "$builddir/tests/fuzz" -maxdepth 1 -type f -name 'fuzz_*' \
    -perm -u+x | wc -l)
check 'each target has a corpus' test "$programs" -eq "$n"
n=$((n + 1))

# Our own vectors, signed ones without their signatures and the other way round.
own=$srcdir/tests/vectors/own
for target in agreement card contents manifest receipt; do
	# shellcheck disable=SC2046
	replay "$target" 'of the vectors' \
	    $(find "$own/$target" "$own/parcel" -name "$target*.json" \
		-o -path "$own/$target/*" -name '*.json')
done
# shellcheck disable=SC2046
replay signature 'of the vectors' $(find "$own" -name '*.minisig')
mkdir "$T/lines"
find "$own/journal" -name '*.jsonl' -exec cat {} + |
    split -l 1 -a 5 - "$T/lines/"
replay journal 'of the vectors' "$T/lines"

if ! [ -d "$corpora" ]; then
	echo "# no published test files in $corpora: not replayed"
	plan $n
	exit 0
fi

# Under the name of its target, each file as that target wants it.
give() { # TARGET PREFIX: puts the files named on standard input there
	mkdir -p "$T/foreign/$1"
	while read -r file; do
		k=$((k + 1))
		{ printf "$2"; cat "$file"; } >"$T/foreign/$1/$k"
	done
}
k=0
small='-type f -size -257k'
for kind in csv json tar; do
	mkdir -p "$T/seeds/$kind"
	[ -f "$corpora/fuzz-seeds/$kind-seeds.tar.zst" ] || continue
	zstd -dc "$corpora/fuzz-seeds/$kind-seeds.tar.zst" |
	    tar -xf - -C "$T/seeds/$kind"
done
mkdir -p "$T/age"
for file in "$corpora"/age-cctv/testdata/*; do
	# The vector's own words end at the first empty line.
	LC_ALL=C sed '1,/^$/d' "$file" >"$T/age/$(basename "$file")" \
	    2>/dev/null
done
# shellcheck disable=SC2086
{
	find "$T/seeds/json" "$corpora"/json-parsing $small | give json ''
	find "$T/seeds/csv" "$corpora"/csv-* $small | give csv '\340\200'
	find "$T/seeds/tar" "$corpora"/tar-* $small -name '*.tar' | give tar ''
	find "$corpora"/tar-* "$corpora"/zstd-golden $small -name '*.zst' |
	    give frame ''
	find "$T/age" $small | give header ''
	find "$T/age" $small | give stream '\000'
	find "$corpora"/minisign $small | give key ''
	find "$corpora"/minisign $small | give signature ''
	find "$corpora"/table-schema $small -name '*.json' | give schema ''
	cp -r "$T/foreign/json" "$T/foreign/manifest"
	cp -r "$T/foreign/json" "$T/foreign/agreement"
} 2>/dev/null
for dir in "$T"/foreign/*/; do
	target=$(basename "$dir")
	replay "$target" 'of others' "$dir"
done
plan $n

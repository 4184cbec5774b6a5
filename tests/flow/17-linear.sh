#!/bin/sh
# Goal: whoever sends twice as much costs us twice as much.  Every parser is
# given inputs of one shape in one and in two sizes, and the instructions of
# both are counted by valgrind: at most 2.3 times as many.
. "${srcdir:-.}/tests/flow/lib.sh"

fuzz=$builddir/tests/fuzz
command -v valgrind >/dev/null || skip_all "no valgrind"
# A sanitizer's build runs under no valgrind; check counts in the plain one.
valgrind -q "$fuzz/fuzz_url" "$srcdir/tests/fuzz/corpus/url" \
    >"$T/said" 2>&1 || {
	sed 's/^/# /' "$T/said" | head -n 5
	skip_all "valgrind does not run this build"
}

"$fuzz/shape" "$T/1" 1 && "$fuzz/shape" "$T/2" 2 || exit 99

most=1073741824
tunables=glibc.cpu.x86_rep_movsb_threshold=$most
tunables=$tunables:glibc.cpu.x86_rep_stosb_threshold=$most

# Instructions of each input of a target, one a line: the counters are dumped
# each time the target's function is left.  The first file is given once more
# before all, as the first call of a process pays for what is set up once.
count() { # TARGET FILE...
	target=$1
	shift
	mkdir -p "$T/count/$target"
	# "rep movsb" counts as one instruction a byte, and whether realloc has
	# to move is chance: copies are made as loops.
	GLIBC_TUNABLES=$tunables \
	    valgrind -q --tool=callgrind \
	    --toggle-collect=LLVMFuzzerTestOneInput \
	    --dump-after=LLVMFuzzerTestOneInput \
	    --callgrind-out-file="$T/count/$target/of" \
	    "$fuzz/fuzz_$target" "$1" "$@" >"$T/count/$target/log" 2>&1 || return 1
	k=1
	for f in "$@"; do
		k=$((k + 1))
		sed -n 's/^totals: *//p' "$T/count/$target/of.$k"
	done >"$T/count/$target/all"
}

measure() {
	(cd "$T/1/$1" && ls) >"$T/count/$1.names"
	# shellcheck disable=SC2046
	count "$1" $(sed "s|^|$T/1/$1/|" "$T/count/$1.names") \
	    $(sed "s|^|$T/2/$1/|" "$T/count/$1.names") || return 1
	n=$(wc -l <"$T/count/$1.names")
	head -n "$n" "$T/count/$1/all" >"$T/count/$1.once"
	tail -n +$((n + 1)) "$T/count/$1/all" >"$T/count/$1.twice"
	paste "$T/count/$1.names" "$T/count/$1.once" "$T/count/$1.twice" |
	    sed "s/^/$1 /" >"$T/count/$1.table"
}

mkdir "$T/count"
targets=$(ls "$T/1")
for t in $targets; do
	measure "$t" || { sed 's/^/# /' "$T/count/$t/log"; not_ok "counted $t"; }
done
cat "$T"/count/*.table >"$T/table"
while read -r target name once twice; do
	say="$target $name: $once to $twice instructions"
	if awk -v a="$once" -v b="$twice" \
	    'BEGIN { exit !(a > 0 && b > 0 && b <= 2.3 * a) }'; then
		ok "$say"
	else
		not_ok "$say"
	fi
done <"$T/table"
# Shapes that stop at the first byte would all pass: most must cost more.
check 'the shapes reach into the parsers' awk \
    '$4 > 1.6 * $3 { n++ } END { exit !(NR > 0 && n > 0.7 * NR) }' "$T/table"
plan $(($(wc -l <"$T/table") + 1))

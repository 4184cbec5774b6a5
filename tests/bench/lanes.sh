# lanes.sh: what the measurements stand on.  To be sourced after the settings.
#
#	die WORDS		ends it
#	need TOOL...		ends it when one is not there
#	make_world		homes, drop and agreement; $SET is the data set
#	make_extract ROWS	$T/p.csv
#	timed FILE COMMAND...	see below
#	median, ratio		of such files
#	machine			a cell of the table

# Homes, drop and extract on one file system, and not on a tmpfs.
TMPDIR=${TMPDIR:-/var/tmp}
export srcdir builddir TMPDIR

# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"
trap 'exit 1' INT TERM HUP

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

need() {
	[ -x /usr/bin/time ] || die 'no /usr/bin/time (package time)'
	for tool in jq "$@"; do
		command -v "$tool" >/dev/null || die "no $tool"
	done
}

# The example agreement of BP2MI and KPU, between the parties of lib.sh.
write_bench_paper() {
	mkdir -p "$T/paper"
	jq --arg kemlu "$(card kemlu | jq -r .root_key)" \
	    --arg kpu "$(card kpu | jq -r .root_key)" \
	    --arg dukcapil "$(card dukcapil | jq -r .root_key)" \
	    --arg url "$DROP_URL" --argjson host_keys "$DROP_HOST_KEYS" '
	    .id = "UJI-2026" |
	    .parties |= map(if .role == "provider" then
		.id = "KEMLU" | .root_key = $kemlu
	      elif .role == "recipient" then
		.id = "KPU" | .root_key = $kpu
	      else .id = "DUKCAPIL" | .root_key = $dukcapil end) |
	    .signatures_required = ["KEMLU", "KPU", "DUKCAPIL"] |
	    .datasets |= map(.from = "KEMLU" | .to = ["KPU"] |
		.manifest_fields = [] |
		.limits += {rows: 1000000000, bytes: 200000000000}) |
	    .contacts |= map(.party = "KPU") |
	    .drops[0].url = $url | .drops[0].host_keys = $host_keys' \
	    "$srcdir/examples/bp2mi-kpu/agreement.json" \
	    >"$T/paper/agreement.json"
}

make_world() {
	{ parties && start_drop && write_bench_paper &&
	    sign_paper kemlu kpu dukcapil && import_paper; } \
	    >"$T/world.log" 2>&1 ||
		{ cat "$T/world.log" >&2; die 'the world cannot be made'; }
	SET=$(jq -r '.datasets[0].id' "$T/paper/agreement.json")
}

# Beyond what generate makes at once, further letters continue the keys.
make_extract() {
	left=$1
	: >"$T/p.csv"
	for letter in P Q R S; do
		some=$left
		[ "$some" -le 80000000 ] || some=80000000
		left=$((left - some))
		[ "$some" -gt 0 ] || break
		"$builddir/tests/bench/generate" penempatan "$some" 1 |
		    if [ $letter = P ]; then
			cat
		    else
			sed "1d; s/^P/$letter/"
		    fi >>"$T/p.csv"
	done
	[ -s "$T/p.csv" ] || die 'no extract (is tests/bench/generate built?)'
	[ "$left" -eq 0 ] || die 'so many rows cannot be made'
}

# timed FILE COMMAND...: appends "wall-seconds peak-KiB processor-seconds".
timed() {
	file=$1
	shift
	/usr/bin/time -a -o "$T/times" -f '%e %M %U %S' "$@" >"$T/out" \
	    2>"$T/err" || { cat "$T/out" "$T/err" >&2; die "failed: $*"; }
	tail -n 1 "$T/times" | awk '{ print $1, $2, $3 + $4 }' >>"$file"
}

median() { # FILE FIELD
	cut -d' ' -f"$2" "$1" | sort -n |
	    awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# The median of the ratios pair by pair: drift of the machine falls out.
ratio() { # OURS THEIRS [FIELD]
	paste -d' ' "$1" "$2" | awk -v f="${3:-1}" '{
		printf "%.3f\n", $f / $(f + 3) }' | sort -n |
	    awk '{ v[NR] = $1 } END { printf "%.2f (%.2f-%.2f)\n",
		v[int((NR + 1) / 2)], v[1], v[NR] }'
}

machine() {
	echo "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)," \
	    "$(nproc) cores"
}

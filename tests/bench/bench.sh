#!/bin/sh
# bench.sh: our hand-over against the script that checks nothing, in turn, in
# one run.  Prints a row of the table in BENCHMARKS.md.
#
#	make bench			or
#	ROWS=4300000 RUNS=3 tests/bench/bench.sh
#	PAIR=walls tests/bench/bench.sh		what confinement costs: "theirs"
#			is the same hand-over with Landlock and seccomp left out
#
# Needs what the tests need, and GNU time.  Nothing is judged: read the ratios.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
builddir=${builddir:-$(pwd -P)}
# Homes, drop and extract on one file system, and not on a tmpfs.
TMPDIR=${TMPDIR:-/var/tmp}
export srcdir builddir TMPDIR
ROWS=${ROWS:-4300000}
RUNS=${RUNS:-3}
PAIR=${PAIR:-script}

# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"
trap 'exit 1' INT TERM HUP

die() {
	echo "bench.sh: $*" >&2
	exit 1
}

[ -x /usr/bin/time ] || die 'no /usr/bin/time (package time)'
for tool in age zstd sha256sum ssh sftp jq; do
	command -v $tool >/dev/null || die "no $tool"
done

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
		.manifest_fields = []) |
	    .contacts |= map(.party = "KPU") |
	    .drops[0].url = $url | .drops[0].host_keys = $host_keys' \
	    "$srcdir/examples/bp2mi-kpu/agreement.json" \
	    >"$T/paper/agreement.json"
}

{ parties && start_drop && write_bench_paper &&
    sign_paper kemlu kpu dukcapil && import_paper; } >"$T/world.log" 2>&1 ||
	{ cat "$T/world.log" >&2; die 'the world cannot be made'; }
SET=$(jq -r '.datasets[0].id' "$T/paper/agreement.json")
"$builddir/tests/bench/generate" penempatan "$ROWS" 1 >"$T/p.csv" ||
    die 'no extract (is tests/bench/generate built?)'
age-keygen -o "$T/age.key" 2>/dev/null
RECIPIENT=$(age-keygen -y "$T/age.key")
SSH_OPTIONS="-q -i $T/hub/client_key -o StrictHostKeyChecking=no
    -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes"
mkdir -p "$T/there" "$T/here"

# timed FILE COMMAND...: appends "wall-seconds peak-KiB processor-seconds".
timed() {
	file=$1
	shift
	/usr/bin/time -a -o "$T/times" -f '%e %M %U %S' "$@" >"$T/out" \
	    2>"$T/err" || { cat "$T/out" "$T/err" >&2; die "failed: $*"; }
	tail -n 1 "$T/times" | awk '{ print $1, $2, $3 + $4 }' >>"$file"
}

cat >"$T/their-send.sh" <<END
set -e
cd "$T"
tar cf - p.csv | zstd -q -1 -T2 | age -r $RECIPIENT |
    ssh -p $SSHD_PORT $(echo $SSH_OPTIONS) $SSHD_USER@127.0.0.1 \
	'cat > $T/there/x.part && mv $T/there/x.part $T/there/x'
END
cat >"$T/their-receive.sh" <<END
set -e
cd "$T/here"
echo "get $T/there/x x" | sftp -P $SSHD_PORT $(echo $SSH_OPTIONS) -b - \
    $SSHD_USER@127.0.0.1 >/dev/null
sha256sum x >/dev/null
age -d -i "$T/age.key" x | zstd -q -d | tar xf -
END

# One pair of programs for both lanes, built to leave the walls out on demand
# (tests/halves); their parcels follow one another in the same stream.
if [ "$PAIR" = walls ]; then
	[ -x "$builddir/tests/halves/serah" ] || die 'no tests/halves (make check)'
	PATH=$builddir/tests/halves:$PATH
	cat >"$T/their-send.sh" <<END
HOOK_WALLS=off exec serah --home "$T/kemlu" send -q "$A/$SET" "$T/p.csv"
END
	cat >"$T/their-receive.sh" <<END
HOOK_WALLS=off exec terima --home "$T/kpu" run -q
END
fi

ours() {
	timed "$T/send.ours" serah --home "$T/kemlu" send -q "$A/$SET" \
	    "$T/p.csv"
	sync
	timed "$T/receive.ours" terima --home "$T/kpu" run -q
	sync
}
theirs() {
	timed "$T/send.theirs" sh "$T/their-send.sh"
	sync
	timed "$T/receive.theirs" sh "$T/their-receive.sh"
	sync
}
i=0
while [ $i -lt "$RUNS" ]; do
	i=$((i + 1))
	# Both find the extract in the page cache, and no one else's writes
	# under way; and each is the second as often as the first.
	cat "$T/p.csv" >/dev/null
	sync
	if [ $((i % 2)) -eq 1 ]; then
		ours
		theirs
	else
		theirs
		ours
	fi
	rm -rf "$T/here/p.csv" "$T/here/x" "$T/kpu/staged/$A/$SET"
	serah --home "$T/kemlu" run -q >/dev/null 2>&1
done

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

echo "rows $ROWS, bytes $(wc -c <"$T/p.csv"), runs $RUNS, $(nproc) processors"
echo "send seconds ours $(cut -d' ' -f1 "$T/send.ours" | tr '\n' ' ')"
echo "send seconds theirs $(cut -d' ' -f1 "$T/send.theirs" | tr '\n' ' ')"
echo "receive seconds ours $(cut -d' ' -f1 "$T/receive.ours" | tr '\n' ' ')"
echo "receive seconds theirs $(cut -d' ' -f1 "$T/receive.theirs" | tr '\n' ' ')"
if [ "$PAIR" = walls ]; then
	echo "processor seconds, ratio: send" \
	    "$(ratio "$T/send.ours" "$T/send.theirs" 3), receive" \
	    "$(ratio "$T/receive.ours" "$T/receive.theirs" 3)"
fi
printf '| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' \
    "$(date +%F)" \
    "$(git -C "$srcdir" rev-parse --short HEAD 2>/dev/null || echo -)" \
    "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores" \
    "$(median "$T/send.theirs" 1)" "$(median "$T/send.ours" 1)" \
    "$(ratio "$T/send.ours" "$T/send.theirs")" \
    "$(median "$T/receive.theirs" 1)" "$(median "$T/receive.ours" 1)" \
    "$(ratio "$T/receive.ours" "$T/receive.theirs")" \
    "$(($(median "$T/send.ours" 2) / 1024))" \
    "$(($(median "$T/receive.ours" 2) / 1024))"

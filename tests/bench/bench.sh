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
ROWS=${ROWS:-4300000}
RUNS=${RUNS:-3}
PAIR=${PAIR:-script}

# shellcheck source=tests/bench/lanes.sh
. "$srcdir/tests/bench/lanes.sh"
need age zstd sha256sum ssh sftp
make_world
make_extract "$ROWS"
age-keygen -o "$T/age.key" 2>/dev/null
RECIPIENT=$(age-keygen -y "$T/age.key")
SSH_OPTIONS="-q -i $T/hub/client_key -o StrictHostKeyChecking=no
    -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes"
mkdir -p "$T/there" "$T/here"

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
    "$(machine)" \
    "$(median "$T/send.theirs" 1)" "$(median "$T/send.ours" 1)" \
    "$(ratio "$T/send.ours" "$T/send.theirs")" \
    "$(median "$T/receive.theirs" 1)" "$(median "$T/receive.ours" 1)" \
    "$(ratio "$T/receive.ours" "$T/receive.theirs")" \
    "$(($(median "$T/send.ours" 2) / 1024))" \
    "$(($(median "$T/receive.ours" 2) / 1024))"

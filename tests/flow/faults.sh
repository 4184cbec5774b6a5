# faults.sh: no memory, no room, a broken disk, no descriptors, no thread:
# whatever call fails, and whether it fails once or from then on, the exit status
# is a documented one and no refusal, something is said, nothing half-done is
# visible, no descriptor stays open, and a plain rerun completes.  The same when
# the program, or one of its processes, is killed at that call.  To be sourced.
#
#	faults_in CASE...	the whole test, for these cases of aftermath.sh
#
# A library that is loaded before the others counts the calls of all threads and
# processes together (tests/fake).  About 110 points a case are tried;
# CRASH_STRIDE=1 (check.sh --long) tries them all, and every fifth where memory
# stays away for good.
# shellcheck shell=sh

# shellcheck source=tests/flow/aftermath.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/aftermath.sh"
drive=$builddir/tests/fake/drive
[ -x "$drive" ] && [ -e "$builddir/tests/fake/faults.so" ] ||
    skip_all "no $drive"
stride=${CRASH_STRIDE:-10}
aftermath_world

# Runs a case with its n-th call of some kinds failing.
struck() { # CASE KINDS ERROR N ONCE
	hits=0 open=0 strays=0 where='' status=0
	rm -f "$T/fate"
	# shellcheck disable=SC2086
	invoke "$1" "$drive" -k "$2" -e "$3" -n "$4" \
	    ${5#once} -o "$T/fate" >"$T/out" 2>"$T/err" || status=$?
	read -r count hits open strays where <"$T/fate"
}
wrong() { # WORDS
	echo "# $point: $1"
	sed 's/^/# /' "$T/err" | tail -n 20
	broken=$((broken + 1))
}
# What the program says of a call that failed.
answer() { # KINDS ERROR
	case $2 in
	kill) [ "$status" -eq 137 ] || wrong "not killed: status $status"
		return ;;
	die) [ "$status" -ne 137 ] || return ;;
	EINTR|short) [ "$status" -eq 0 ] || wrong "status $status" ;;
	esac
	case $status in
	0) [ "$open" -le "$files" ] || wrong "$open descriptors are open" ;;
	1|4|5) [ -s "$T/err" ] || wrong 'not a word'
		[ "$open" -le "$files" ] || wrong "$open descriptors are open" ;;
	*) wrong "exit status $status" ;;
	esac
	# What has not reached the disk is not there.  But the index can be made
	# again; a payload may have been written again (the library made sure
	# that it had to be); and the receipt "received" is only a courtesy.
	# The parcel's directories on the drop are synced once more at the end.
	case $2/$1/$status/$where in
	[!k]*/sync/0/*index.sqlite*|[!k]*/sync/0/*received*|\
	[!k]*/sync/0/*' payload.tar.zst.age after'*|\
	[!k]*/sync/0/*'.part after payload.tar.zst.age'|\
	[!k]*/sync/0/'fsync KEMLU after') ;;
	[!k]*/sync/0/*) wrong 'fsync failed, and all is well?' ;;
	esac
	[ "$strays" -eq 0 ] || wrong "$strays processes stayed"
}
points=0 same=0
# Up to WANT points of a case, spread over all; in the long run, all.
try() { # CASE WANT KINDS ERROR ONCE
	begin "$1"
	struck "$1" "$3" "$4" 0 "$5"
	total=$count
	files=$open
	step=$((total * stride / 10 / $2))
	case $stride/$3/$5 in
	1/memory/-l) step=5 ;;
	1/*) step=1 ;;
	esac
	[ $step -gt 0 ] || step=1
	n=$((step / 2 + 1))
	begin "$1"
	while [ $n -le $((total + 20)) ]; do
		struck "$1" "$3" "$4" $n "$5"
		[ "$hits" -gt 0 ] || break
		point="$1: $5 $4 at $3 $n of $total ($where)"
		points=$((points + 1))
		answer "$3" "$4"
		if unchanged "$1"; then
			same=$((same + 1))
			[ "$status" -ne 0 ] || wrong 'done, yet nothing is'
		else
			courtesy=no
			[ "$4" != kill ] || courtesy=yes
			aftermath "$point" "$1"
			begin "$1"
		fi
		n=$((n + step))
	done
}
changes=create,close,write,sync,rename,mkdir,unlink,change,wait
disk=create,write,sync,rename,mkdir,unlink,change
tries() { # CASE
	points=0 same=0 broken=0
	try "$1" 30 memory ENOMEM once
	try "$1" 10 memory ENOMEM -l
	try "$1" 3 process EAGAIN once
	try "$1" 2 process EAGAIN -l
	try "$1" 8 open,create EMFILE once
	try "$1" 4 open,create EMFILE -l
	try "$1" 2 open,create ENFILE once
	try "$1" 8 "$disk" ENOSPC once
	try "$1" 4 "$disk" ENOSPC -l
	try "$1" 2 "$disk" EDQUOT -l
	try "$1" 8 "$disk" EIO once
	try "$1" 2 "$disk" EIO -l
	try "$1" 2 "$disk" EROFS -l
	try "$1" 5 sync EIO once
	try "$1" 3 close EIO once
	try "$1" 4 read,list EIO once
	try "$1" 3 read,write EINTR once
	try "$1" 2 read,write short once
	try "$1" 1 read,write short -l
	try "$1" 2 random EINTR once
	try "$1" 8 "$changes" kill once
	try "$1" 3 "$changes" die once
	echo "# $1: $points points; $same left all as before"
	check "$1: $points points, each completed once" [ $broken -eq 0 ]
	sum=$((sum + points))
}
faults_in() { # CASE...
	sum=0
	for c in "$@"; do
		tries "$c"
	done
	echo "# $sum points in all"
	plan $#
}

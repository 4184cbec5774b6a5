#!/bin/sh
# Goal: a hole in what reads foreign bytes gives nothing away.  Test builds with
# arbitrary code in each half (tests/halves) try what an intruder would: to open
# a socket, read a key, write a file, start a program, look into the process
# with the keys.  Each attempt succeeds without the walls, and fails behind
# them.  The lists of calls are short, and no run makes a call beside them.
. "${srcdir:-.}/tests/flow/lib.sh"

halves=$builddir/tests/halves
[ -x "$halves/terima" ] || skip_all 'no tests/halves (make check builds them)'
relaxed=no
if "$halves/tell" relaxed; then
	relaxed=yes
	echo '# a build with sanitizers: its walls are lower, fewer attempts count'
fi
landlock=$("$halves/tell" landlock)
lacks=$("$halves/tell" lacks | tr '\n' ' ')
[ -z "$lacks" ] || echo "# SKIP this kernel lacks: $lacks"
echo "# Landlock $landlock; calls: opening $("$halves/tell" count opening)," \
    "network $("$halves/tell" count network)," \
    "disk $("$halves/tell" count disk)"
for half in opening network disk; do
	check "$half: at most 45 calls" \
	    [ "$("$halves/tell" count $half)" -le 45 ]
done
check 'none of them opens another program' sh -c \
    "! { '$halves/tell' list opening; '$halves/tell' list network
     '$halves/tell' list disk; } | grep -qx 'execve\|execveat\|ptrace\|fork'"
check 'the products have no hook' sh -c \
    "! grep -q HOOK_IN '$builddir/serah' '$builddir/terima'"

world
mkdir "$T/outside"
touch "$T/outside/target"
send "$T/warga.csv" >/dev/null 2>&1 || exit 99
# The same parcel is taken again and again.
sed -i 's/^party = .*/&\nkeep_payload = yes/' "$T/kpu/serahterima.conf"
cp -a "$T/kpu" "$T/kpu.keep"

# How an attempt ended: managed, failed or killed; anything else is wrong, above
# all that the parcel is staged.
outcome() { # WALLS HALF WHAT PATH COMMAND...
	walls=$1 half=$2 what=$3 path=$4
	shift 4
	rm -rf "$T/kpu" "$T/outside/new" && cp -a "$T/kpu.keep" "$T/kpu"
	HOOK_IN=$half HOOK_DO=$what HOOK_PATH=$path HOOK_WALLS=$walls \
	    "$@" >"$T/out" 2>"$T/err"
	if [ -e "$T/outside/new" ]; then
		echo managed
	elif [ -d "$(staged_dir 1)" ]; then
		echo staged
	elif grep -q 'hook: done' "$T/err"; then
		echo managed
	elif grep -q 'hook: failed' "$T/err"; then
		echo failed
	elif grep -q 'what it may not do' "$T/err"; then
		echo killed
	else
		echo untold
	fi
}

# Whether this attempt can be judged here.
judged() { # HALF WHAT
	case $2 in
	read | write)
		case $lacks in *landlock*) return 1 ;; esac ;;
	signal)
		# Scopes came with the sixth version.
		[ "$landlock" -ge 6 ] ;;
	unix | fork | code | ptrace)
		[ $relaxed = no ] || return 1
		case $lacks in *seccomp*) return 1 ;; esac ;;
	*)
		case $lacks in *seccomp*) return 1 ;; esac ;;
	esac
}

tries() { # HALF WHO WHAT PATH COMMAND...
	half=$1 who=$2 what=$3 path=$4
	shift 4
	if ! judged "$half" "$what"; then
		echo "# not judged here: $who: $what"
		return
	fi
	case $(id -u):$what in
	0:* | *:[!pm]*)
		free=$(outcome off "$half" "$what" "$path" "$@")
		check "$who: $what succeeds without walls" \
		    [ "$free" = managed ] ;;
	# Nobody but root looks into what is not dumpable.
	*) ;;
	esac
	held=$(outcome on "$half" "$what" "$path" "$@")
	case $held in
	failed | killed) ok "$who: $what $held behind them" ;;
	*)	echo "# it was: $held"
		not_ok "$who: $what behind the walls" ;;
	esac
}

key=$T/kpu/keys/signing.key
receives() {
	"$halves/terima" --home "$T/kpu" run --json "$@"
}
directory() {
	receives --from "file://$DROP"
}

for what in socket udp unix exec fork ptrace memory signal code; do
	tries opening 'what opens parcels' $what "$T/outside/new" receives
done
tries opening 'what opens parcels' read "$key" receives
tries opening 'what opens parcels' read /etc/passwd receives
tries opening 'what opens parcels' write "$T/outside/new" receives
tries opening 'what opens parcels' write "$T/kpu/keys/new" receives

for what in socket udp exec fork ptrace memory signal code; do
	tries reading 'what reads manifests' $what "$T/outside/new" receives
done
tries reading 'what reads manifests' read "$key" receives
tries reading 'what reads manifests' write "$T/outside/new" receives

# It is made for a network; nothing else.
for what in unix exec fork ptrace memory signal; do
	tries courier 'what reaches a server' $what "$T/outside/new" receives
done
tries courier 'what reaches a server' read "$key" receives
tries courier 'what reaches a server' read /etc/passwd receives
tries courier 'what reaches a server' write "$T/outside/new" receives
tries courier 'what reaches a server' write "$T/kpu/journal/new" receives

for what in socket udp unix exec fork ptrace memory signal code; do
	tries courier 'what reaches a directory' $what "$T/outside/new" \
	    directory
done
tries courier 'what reaches a directory' read "$key" directory
tries courier 'what reaches a directory' write "$T/outside/new" directory

# The process with keys and journal: no network, no program, nothing outside.
for what in socket udp unix exec ptrace; do
	tries control 'what holds the keys' $what "$T/outside/new" receives
done
tries control 'what holds the keys' read /etc/passwd receives
tries control 'what holds the keys' write "$T/outside/new" receives

# The sender's courier: no key and no row.
sends() {
	rm -rf "$T/kemlu.now" && cp -a "$T/kemlu" "$T/kemlu.now"
	"$halves/serah" --home "$T/kemlu.now" send --json --field surat=2/UJI \
	    $A/warga "$T/warga.csv"
}
for path in "$T/kemlu.now/keys/signing.key" "$T/warga.csv"; do
	tries courier "the sender's" read "$path" sends
done
tries courier "the sender's" write "$T/outside/new" sends

# ---- a half that lies ----
unset HOOK_IN HOOK_DO HOOK_PATH HOOK_WALLS
lies() { # STATUS LIE
	rm -rf "$T/kpu" && cp -a "$T/kpu.keep" "$T/kpu"
	HOOK_LIE=$2
	export HOOK_LIE
	expect "$1" "a lie about what was opened: $2" receives
	unset HOOK_LIE
	expect_absent 'nothing is staged' "$(staged_dir 1)"
	check 'nor left behind' [ -z "$(find "$T/kpu/staged" -type f)" ]
	check 'nor on record' [ "$(noted kpu staged 1)" -eq 0 ]
}
for lie in rows contents counted name litter mode page exit; do
	lies 1 $lie
done
if [ $relaxed = no ]; then
	lies 3 crash
	expect_code 406 'a breakdown over a parcel refuses it'
fi

# ---- no call beside the list ----

# beside TRACE: calls of confined processes that their list does not have.  The
# first process is the control; who forks from it before its walls is the
# outpost, whose forks are couriers; the others open or read.
beside() {
	for w in opening network disk; do
		"$halves/tell" list $w | sed "s/^/$w /"
	done | awk -v courier="$2" '
	NR == FNR { list[$1 " " $2] = 1; next }
	# Twice: a child may be heard before its parent tells of it.
	FNR == 1 {
		pass++
		role[$1] = "control"
		for (p in walled)
			delete walled[p]
		for (p in born)
			walled[p] = born[p]
	}
	{ pid = $1; call = $2; sub(/\(.*/, "", call) }
	# A fork or a thread; its result may come with "resumed".
	$2 ~ /^clone3?\(/ { kind[pid] = /CLONE_THREAD/ ? "thread" : "fork" }
	/(^| )(clone3?\(|<\.\.\. clone3? resumed>).* = [0-9]+$/ {
		new = $NF
		if (kind[pid] == "thread") {
			role[new] = role[pid]
			born[new] = walled[new] = walled[pid]
		} else if (role[pid] == "outpost")
			role[new] = courier
		else if (role[pid] == "control")
			role[new] = walled[pid] ? "opening" : "outpost"
	}
	/SECCOMP_SET_MODE_FILTER, 0, .* = 0$/ {
		walled[pid] = 1
		n[role[pid]] += pass == 2
		next
	}
	pass == 2 && $2 ~ /^[a-z_0-9]+\(/ && walled[pid] && role[pid] != "control" &&
	    !(role[pid] " " call in list) { print role[pid], call }
	END { for (r in n) if (n[r] > 0) printf("# %d of %s\n", n[r], r) }
	' - "$1" "$1" | sort | uniq -c
}
if [ $relaxed = yes ] || [ -n "$lacks" ]; then
	echo '# not judged here: a trace of the calls'
else
	if ! strace -f -o "$T/trace" true 2>/dev/null; then
		echo '# SKIP a trace of the calls: no strace that works here'
	else
		rm -rf "$T/kpu" && cp -a "$T/kpu.keep" "$T/kpu"
		write_good 30000 >"$T/warga.csv"
		strace -f -o "$T/trace" serah --home "$T/kemlu" send --json \
		    --field surat=2/UJI $A/warga "$T/warga.csv" \
		    >"$T/out" 2>"$T/err"
		check 'a traced send ends well' [ $? -eq 0 ]
		beside "$T/trace" network >"$T/beside"
		sed 's/^ *1 #/#/' "$T/beside" | grep '#' || :
		check 'no call beside the list: serah send' sh -c \
		    "grep -q 'of network' '$T/beside' &&
		     ! grep -v '#' '$T/beside'"
		strace -f -o "$T/trace" terima --home "$T/kpu" run --json \
		    >"$T/out" 2>"$T/err"
		check 'a traced run ends well' [ $? -eq 0 ]
		beside "$T/trace" network >"$T/beside"
		sed 's/^ *1 #/#/' "$T/beside" | grep '#' || :
		check 'no call beside the list: terima run, a server' sh -c \
		    "grep -q 'of opening' '$T/beside' &&
		     grep -q 'of network' '$T/beside' &&
		     ! grep -v '#' '$T/beside'"
		rm -rf "$T/kpu" && cp -a "$T/kpu.keep" "$T/kpu"
		strace -f -o "$T/trace" terima --home "$T/kpu" run --json \
		    --from "file://$DROP" >"$T/out" 2>"$T/err"
		check 'a traced run ends well, a directory' [ $? -eq 0 ]
		beside "$T/trace" disk >"$T/beside"
		check 'no call beside the list: terima run, a directory' sh -c \
		    "grep -q 'of disk' '$T/beside' &&
		     ! grep -v '#' '$T/beside'"
		# The awk above must be able to see one.
		sed 's/ openat2(/ execve(/' "$T/trace" >"$T/trace.bad"
		beside "$T/trace.bad" disk >"$T/beside"
		check 'and one beside it would be seen' \
		    grep -q 'opening execve' "$T/beside"
	fi
fi

# ---- a kernel that lacks them ----

# without CALL ERROR COMMAND...
without() {
	inject=$1:error=$2
	shift 2
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null \
	    -e trace="${inject%%:*}" -e inject="$inject" "$@"
}
if strace -f -o /dev/null true 2>/dev/null; then
	rm -rf "$T/kpu" && cp -a "$T/kpu.keep" "$T/kpu"
	expect 0 'no Landlock: received all the same' \
	    without landlock_create_ruleset ENOSYS terima --home "$T/kpu" \
	    run --json
	check 'and named once' [ "$(grep -c 'no Landlock' "$T/err")" -eq 1 ]
	expect 0 'no Landlock: saksi doctor' \
	    without landlock_create_ruleset EOPNOTSUPP saksi --home \
	    "$T/kpu" doctor --json
	expect_json 'it says so' \
	    'any(.[]; .check == "landlock" and .state == "weak")'
	rm -rf "$T/kpu" && cp -a "$T/kpu.keep" "$T/kpu"
	expect 0 'no seccomp: received all the same' \
	    without seccomp EINVAL terima --home "$T/kpu" run --json
	check 'and named once' [ "$(grep -c 'no seccomp' "$T/err")" -eq 1 ]
	expect 0 'no seccomp: saksi doctor' \
	    without seccomp EINVAL saksi --home "$T/kpu" doctor --json
	expect_json 'it says so' \
	    'any(.[]; .check == "seccomp" and .state == "weak")'
else
	echo '# SKIP kernels that lack them: no strace that works here'
fi
expect 0 'saksi doctor' saksi --home "$T/kpu" doctor
chmod 755 "$T/kpu"
expect 1 'a home that others can reach' saksi --home "$T/kpu" doctor --json
expect_json 'it says so' 'any(.[]; .check == "home" and .state == "bad")'

plan $tap_n

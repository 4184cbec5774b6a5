#!/bin/sh
# Goal of this test: whatever the server is or does (another's host key, a
# login refused, silence, death in the middle of a transfer), nothing half-done
# is ever visible, a person is told which it was, and a plain rerun completes
# the same parcel, once, from where it stopped.

# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"
sftp=/usr/lib/openssh/sftp-server
[ -x $sftp ] || skip_all "no $sftp (package openssh-sftp-server)"
# The bytes of each transfer go to a log, to see what was carried twice.
# shellcheck disable=SC2034
SSHD_EXTRA="LogLevel VERBOSE
ForceCommand $sftp -e -l INFO 2>>$T/sftp.log"
world

# From now on the server comes back where it was.
here=$SSHD_PORT
sshd_pick_port() {
	echo "$here"
}
starts() {
	start_sshd "$T/hub" || {
		echo 'Bail out! the server does not come back'
		exit 99
	}
}
run() {
	serah --home "$T/kemlu" run --json
}
waits() { # WHAT: parcel 1 lies in the outbox, sealed, and nowhere else
	check "$1: the sealed parcel waits" [ -s \
	    "$T/kemlu/outbox/$A/warga/KEMLU/00000001/manifest.json" ]
	expect_absent "$1: nothing on the drop" "$(parcel_dir 1)"
}

# ---- a wrong host key ----

stop_sshd
mkdir "$T/true" && mv "$T/hub"/host_key* "$T/true"
starts
expect 3 "another's host key: refused" send "$T/warga.csv"
expect_code 501 "another's host key: 501"
waits "another's host key"
expect 3 "another's host key: refused by serah run too" run
expect_code 501 "another's host key, serah run: 501"
expect 3 "another's host key: refused by the receiver" receive
expect_code 501 "another's host key, terima run: 501"
stop_sshd
check 'the server has seen connections' grep -q 'Connection from' "$T/hub/log"
check 'it has learned no user name and no key' sh -c '! grep -Ev \
    "^(Connection (from|closed by|reset by) 127|Server listening|Received)" \
    "$1" | grep -E "user|Accepted|Failed|publickey"' - "$T/hub/log"
mv "$T/true"/host_key* "$T/hub"
starts

# ---- a login refused ----

ssh-keygen -q -t ed25519 -N '' -C '' -f "$T/other" || exit 99
for p in kemlu kpu; do
	mv "$T/$p/ssh.key" "$T/$p.ssh" && install -m 600 "$T/other" \
	    "$T/$p/ssh.key"
done
expect 3 'a key that the server does not know: refused' run
expect_code 502 'login: 502'
waits 'login'
expect 3 'the receiver: refused' receive
expect_code 502 'the receiver: 502'
for p in kemlu kpu; do
	mv "$T/$p.ssh" "$T/$p/ssh.key"
done

# ---- nobody there ----

stop_sshd
expect 4 'no server: not now' run
expect_code 503 'no server: 503'
waits 'no server'
expect 4 'no server, the receiver: not now' receive
expect_code 503 'no server, the receiver: 503'
starts
expect 0 'the server is back: a plain rerun delivers' run
expect 0 'and it is taken' receive
expect_staged 'once' 1 "$T/warga.csv"
check 'sealed once, sent once' [ "$(noted kemlu sealed 1)" -eq 1 ] &&
    check 'sent once' [ "$(noted kemlu sent 1)" -eq 1 ]
expect 0 'the receipt comes back' collect

# ---- death in the middle ----

mkdir "$T/large"
base64 -w 40 /dev/urandom | tr '+/' '  ' | head -n 600000 |
    awk 'BEGIN { print "id;nama;tanggal;status;nilai" }
	{ printf "%08d;%s;01-02-1990;A;%d\n", NR, $0, NR % 1001 }' \
    >"$T/large/warga.csv"
stream=$DROP/$A/warga/KEMLU

# Waits until a file has a first byte; the pattern is expanded each time.
begun() { # PATTERN PID
	while kill -0 "$2" 2>/dev/null; do
		for f in $1; do
			[ -s "$f" ] && return 0
		done
	done
	return 1
}
# Listener and sessions at once, so that nobody can come back.
dies() {
	# shellcheck disable=SC2046
	kill -s KILL "$SSHD_PID" $(sshd_children "$SSHD_PID") 2>/dev/null
	wait "$SSHD_PID" 2>/dev/null
	SSHD_PID=
}
# How many bytes of payloads the server was given, or gave, since the log began.
carried() { # written|read
	sed -n "s/.*close .*payload.*bytes read \([0-9]*\) written \([0-9]*\)/\
read \1\nwritten \2/p" "$T/sftp.log" |
	    awk -v w="$1" '$1 == w { n += $2 } END { print n + 0 }'
}

send "$T/large/warga.csv" >"$T/out" 2>"$T/err" &
pid=$!
begun "$stream/.00000002.*.part/payload.tar.zst.age*" $pid && dies
status=0
wait $pid || status=$?
check 'the server dies in mid-upload: not now' [ $status -eq 4 ]
expect_code 503 'died in mid-upload: 503'
expect_absent 'died in mid-upload: no parcel is visible' "$(parcel_dir 2)"
whole=$(wc -c <"$T/kemlu/outbox/$A/warga/KEMLU/00000002/payload.tar.zst.age")
part=$(cat "$stream"/.00000002.*.part/payload.tar.zst.age* | wc -c)
echo "# $part of $whole bytes were there"
check 'a part was there, and not all' [ "$part" -gt 0 -a "$part" -lt "$whole" ]
starts
expect 0 'died in mid-upload: the receiver sees nothing to do' receive
expect_unstaged 'died in mid-upload: nothing staged' 2
: >"$T/sftp.log"
expect 0 'a plain rerun completes the upload' run
got=$(carried written)
# The last MiB of a part is carried again, in case it never reached the disk.
check "it goes on where it stopped: $got bytes for $((whole - part))" \
    [ "$got" -ge $((whole - part)) -a \
    "$got" -le $((whole - part + 1048576)) ]
check 'the part is gone' [ -z "$(find "$stream" -name '.*')" ]
check 'the bytes are those of the outbox' cmp \
    "$T/kemlu/outbox/$A/warga/KEMLU/00000002/payload.tar.zst.age" \
    "$(parcel_dir 2)/payload.tar.zst.age"
check 'sent once' [ "$(noted kemlu sent 2)" -eq 1 ]

receive >"$T/out" 2>"$T/err" &
pid=$!
begun "$T/kpu/inbox/$A/warga/KEMLU/00000002/payload.part" $pid && dies
status=0
wait $pid || status=$?
check 'the server dies in mid-download: not now' [ $status -eq 4 ]
expect_code 503 'died in mid-download: 503'
expect_unstaged 'died in mid-download: nothing staged' 2
have=$(wc -c <"$T/kpu/inbox/$A/warga/KEMLU/00000002/payload.part")
echo "# $have of $whole bytes were here"
check 'a part is here, and not all' [ "$have" -gt 0 -a "$have" -lt "$whole" ]
starts
expect 0 'the sender waits for a receipt' collect
expect_json 'no word of it yet' 'map(.result) == ["waiting"]'
: >"$T/sftp.log"
expect 0 'a plain rerun completes the download' receive
got=$(carried read)
check "it goes on where it stopped: $got bytes for $((whole - have))" \
    [ "$got" -ge $((whole - have)) -a "$got" -le $((whole - have + 65536)) ]
expect_staged 'staged once' 2 "$T/large/warga.csv"
expect 0 'the receipt releases the sealed copy' collect
check 'the outbox is empty' [ -z "$(find "$T/kemlu/outbox" -type f)" ]
check "the sender's journal verifies" saksi --home "$T/kemlu" journal verify

# Only the session dies: the same run may connect again, or the next one does.
send "$T/large/warga.csv" >"$T/out" 2>"$T/err" &
pid=$!
begun "$stream/.00000003.*.part/payload.tar.zst.age*" $pid &&
    signal_sshd KILL
status=0
wait $pid || status=$?
check 'a session is cut in mid-upload: done, or not now' \
    [ $status -eq 0 -o $status -eq 4 ]
expect 0 'a plain run has it delivered' run
receive >"$T/out" 2>"$T/err" &
pid=$!
begun "$T/kpu/inbox/$A/warga/KEMLU/00000003/payload.part" $pid &&
    signal_sshd KILL
status=0
wait $pid || status=$?
check 'a session is cut in mid-download: done, or not now' \
    [ $status -eq 0 -o $status -eq 4 ]
expect 0 'a plain run has it taken' receive
expect_staged 'staged once' 3 "$T/large/warga.csv"
check 'sent once' [ "$(noted kemlu sent 3)" -eq 1 ]

plan 57

#!/bin/sh
# Goal: a full disk on either side, and a second instance, cost time and nothing
# else: code 504, exit status 4, nothing half-visible; with room again a plain
# rerun completes, once.
. "${srcdir:-.}/tests/flow/lib.sh"

[ "$(id -u)" -eq 0 ] || skip_all 'only root can mount a small disk'
mkdir -p "$T/probe"
mount -t tmpfs -o size=64k tmpfs "$T/probe" 2>/dev/null ||
    skip_all 'no tmpfs can be mounted here'
umount "$T/probe"

disks=
small_disk() { # DIR SIZE: what lies in DIR moves onto a small disk
	mkdir -p "$1" "$T/aside"
	cp -a "$1/." "$T/aside/"
	mount -t tmpfs -o "size=$2,mode=0700" tmpfs "$1"
	cp -a "$T/aside/." "$1/"
	rm -rf "$T/aside"
	disks="$1 $disks"
}
end_disks() {
	for d in $disks; do
		umount -l "$d" 2>/dev/null
	done
	flow_end
}
trap end_disks EXIT

# Cells that do not compress: the sealed payload is about as large.
write_random() { # ROWS
	echo 'id;nama;tanggal;status;nilai'
	od -An -v -tx1 -w18 -N $(($1 * 18)) /dev/urandom | tr -d ' ' |
	    awk '{ printf "%08d;%s;01-01-1980;A;1\n", NR, $0 }'
}

WORLD_DROP=file
world
write_random 40000 >"$T/warga.csv"

# ---- the sender's disk ----
small_disk "$T/kemlu" 700k
expect 4 "sender's disk full: not now" send "$T/warga.csv"
expect_code 504 'with its code'
expect_absent 'nothing on the drop' "$(parcel_dir 1)"
check 'nothing in the outbox' sh -c \
    "[ -z \"\$(find '$T/kemlu/outbox' -type f)\" ]"
mount -o remount,size=64m "$T/kemlu"
expect 0 'journal whole after it' saksi --home "$T/kemlu" journal verify
expect 0 'with room again: sent' send "$T/warga.csv"
check 'as number 1' jq -se '.[0].parcel == "UJI-2026/warga/KEMLU/1"' "$T/out"

# ---- the receiver's disk ----
small_disk "$T/kpu" 1m
expect 4 "receiver's disk full: not now" receive
expect_code 504 'with its code'
expect_absent 'nothing staged' "$(staged_dir 1)"
expect_absent 'no receipt of staging' \
    "$(parcel_dir 1)/receipt.KPU.staged.json"
expect_absent 'no refusal' "$(parcel_dir 1)/receipt.KPU.refused.json"
mount -o remount,size=256m "$T/kpu"
expect 0 'with room again: staged' receive
check 'the very bytes' cmp "$T/warga.csv" "$(staged_dir 1)/warga.csv"
expect 0 'acknowledged' collect
check 'once' sh -c "saksi --home '$T/kpu' journal show --event staged |
    wc -l | grep -qx 1"

# ---- the drop's disk ----
small_disk "$DROP" 600k
expect 4 "drop's disk full: not now" send "$T/warga.csv"
expect_code 504 'with its code'
expect_absent 'nothing published' "$(parcel_dir 2)"
expect_said 'it waits in the outbox' 'waits in the outbox'
mount -o remount,size=64m "$DROP"
expect 0 'with room again: run completes it' collect
expect 0 'and it is staged' receive
check 'the very bytes again' cmp "$T/warga.csv" "$(staged_dir 2)/warga.csv"
expect 0 'journals whole' saksi --home "$T/kemlu" journal verify
expect 0 'on both sides' saksi --home "$T/kpu" journal verify

# ---- a second instance ----
# The lock is held by flock(1): as a program at work would hold it.
for who in serah:kemlu terima:kpu; do
	program=${who%:*} home=$T/${who#*:}
	sh -c 'exec 9>"$0"; flock 9; exec sleep 5' "$home/locks/$program" &
	holder=$!
	sleep 0.3
	expect 4 "$program: a second instance is told to wait" \
	    "$program" --home "$home" run --json
	expect_code 10 'with its code'
	kill $holder
	wait $holder 2>/dev/null
	expect 0 'and works when the first has ended' \
	    "$program" --home "$home" run --json
done
plan 31

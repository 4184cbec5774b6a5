#!/bin/sh
# demo.sh: the hand-over, end to end, on a bare Debian 12.
#
#	./demo.sh [--keep]
#
# Installs what is needed, builds, makes three parties (Kemlu hands over, KPU
# receives, Dukcapil guards), an agreement all three sign, a real SFTP server,
# and hands over 593,000 registrants and the real list of administrative areas.
# With --keep the homes stay to play with.  May be run again at any time.
set -eu

src=$(cd "$(dirname "$0")" && pwd -P)
build=$src/build-demo
work=$build/demo
keep=no
case ${1:-} in
--keep) keep=yes ;;
'') ;;
*)	echo "usage: ./demo.sh [--keep]" >&2
	exit 2 ;;
esac

step() {
	printf '\n== %s\n' "$*"
}

die() {
	printf 'demo.sh: %s\n' "$*" >&2
	exit 1
}

# Shows a command as a person would type it, then runs it.
run() {
	printf '$ %s\n' "$*"
	"$@"
}

# ---- packages ----

packages='gcc make autoconf automake autopoint gettext pkg-config libc6-dev
libsodium-dev libssl-dev libarchive-dev libzstd-dev libssh2-1-dev
libcurl4-openssl-dev libjansson-dev libsqlite3-dev libpcre2-dev libseccomp-dev
openssh-server openssh-client openssh-sftp-server minisign age zstd tar jq'

install_packages() {
	missing=
	for p in $packages; do
		dpkg-query -W -f '${Status}' "$p" 2>/dev/null |
		    grep -q '^install ok installed$' || missing="$missing $p"
	done
	[ -n "$missing" ] || return 0
	step "installing:$missing"
	sudo=
	if [ "$(id -u)" -ne 0 ]; then
		sudo=sudo
	fi
	# Our own sshd is started below; the system's must not start by itself.
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q update >/dev/null
	# shellcheck disable=SC2086
	$sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -q -y \
	    install --no-install-recommends $missing >/dev/null
}

build_programs() {
	step "building in $build"
	mkdir -p "$build"
	if ! [ -f "$src/configure" ]; then
		(cd "$src" && autoreconf -fi >"$build/autoreconf.log" 2>&1) ||
		    die "autoreconf failed: see $build/autoreconf.log"
	fi
	cd "$build"
	if ! [ -f Makefile ]; then
		"$src/configure" -q CFLAGS='-O2 -g' >configure.log 2>&1 ||
		    die "configure failed: see $build/configure.log"
	fi
	make -s -j"$(nproc)" all tests/bench/generate >make.log 2>&1 ||
	    die "make failed: see $build/make.log"
	PATH=$build:$PATH
	export PATH
}

# ---- the world ----

cleanup() {
	stop_sshd || :
	if [ "$keep" = no ]; then
		rm -rf "$work"
	fi
}

start_world() {
	rm -rf "$work"
	mkdir -p "$work"
	cd "$work"
	# shellcheck source=tests/flow/sshd.sh
	. "$src/tests/flow/sshd.sh"
	trap cleanup EXIT
	trap 'exit 1' INT TERM
	start_sshd "$work/hub" || die "the SFTP server does not start"
	echo "SFTP server: $SSHD_URL"
}

fingerprint() {
	saksi --home "$1" card --json | jq -r .fingerprint
}

make_parties() {
	saksi --home kemlu init --party KEMLU --no-passphrase \
	    --name 'Kementerian Luar Negeri'
	saksi --home kpu init --party KPU --no-passphrase -q \
	    --name 'Komisi Pemilihan Umum'
	saksi --home dukcapil init --party DUKCAPIL --no-passphrase -q \
	    --name 'Direktorat Jenderal Dukcapil'
	for p in kemlu kpu dukcapil; do
		saksi --home $p card -q --out $p.card.json
		cp hub/client_key $p/ssh.key
		chmod 600 $p/ssh.key
		printf '\n[drop hub]\nuser = %s\nssh_key = ssh.key\n' \
		    "$SSHD_USER" >>$p/serahterima.conf
	done
	# The demonstration opens the parcel with stock tools at the end, so
	# the receiver leaves the sealed payload on the drop.
	sed -i 's/^#* *keep_payload *=.*/keep_payload = yes/' \
	    kpu/serahterima.conf
	for p in kemlu kpu dukcapil; do
		for q in kemlu kpu dukcapil; do
			[ $p = $q ] || saksi --home $p trust -q $q.card.json \
			    --fingerprint "$(fingerprint $q)"
		done
	done
	run saksi --home kpu party list
}

root_key() {
	saksi --home "$1" card --json | jq -r .root_key
}

write_agreement() {
	mkdir -p paper
	jq --arg kemlu "$(root_key kemlu)" --arg kpu "$(root_key kpu)" \
	    --arg dukcapil "$(root_key dukcapil)" --arg url "$SSHD_URL" \
	    --arg host_key "$(cut -d' ' -f1,2 hub/host_key.pub)" '
	    .parties |= map(.root_key = {KEMLU: $kemlu, KPU: $kpu,
		DUKCAPIL: $dukcapil}[.id]) |
	    .drops[0].url = $url | .drops[0].host_keys = [$host_key]' \
	    "$src/examples/kemlu-kpu/agreement.json" >paper/agreement.json
	run saksi agreement check paper/agreement.json
	run saksi --home kemlu agreement sign paper/agreement.json
	run saksi --home kpu agreement sign paper/agreement.json
	run saksi --home kemlu agreement import paper
}

countersign() {
	run saksi --home dukcapil agreement sign paper/agreement.json
	for p in kemlu kpu dukcapil; do
		run saksi --home $p agreement import paper
	done
}

# ---- the hand-over ----

A=PKS-KEMLU-KPU-2026

hand_over() {
	run serah --home kemlu send $A/lapor-diri lapor-diri.csv \
	    --field nomor_surat=001/DEMO/2026 --field periode=2026-11 \
	    --field gelombang=1 --period 2026-11
	for set in provinsi:provinces kabupaten:regencies desa:villages; do
		file=$src/examples/data/${set#*:}.csv
		[ -f "$file" ] || file=$src/../shared/data/${set#*:}.csv
		if [ -f "$file" ]; then
			run serah --home kemlu send "$A/${set%:*}" "$file" \
			    --field edisi=2025
		else
			echo "(no ${set#*:}.csv here: ${set%:*} is left out)"
		fi
	done
}

refused() {
	printf '$ %s\n' "$*"
	status=0
	"$@" || status=$?
	[ $status -eq 3 ] || die "expected a refusal, exit status 3"
	if [ -n "$(find hub/root -type f)" ]; then
		die "a byte is on the drop"
	fi
	echo "(refused with exit status 3, no byte on the drop: as it must be)"
}

compare_journals() {
	run saksi --home kemlu journal verify
	run saksi --home kpu journal verify
	# What each side wrote down of the other's head is a line of the
	# other's journal.
	for pair in kemlu:kpu kpu:kemlu; do
		mine=${pair%:*} other=${pair#*:}
		heads=$(saksi --home "$mine" journal show --json |
		    jq -r 'select(.their_head) | .their_head' | sort -u)
		n=0
		for head in $heads; do
			saksi --home "$other" journal show --json |
			    while IFS= read -r line; do
				printf %s "$line" | sha256sum
			    done | cut -c1-64 | grep -qx "$head" ||
			    die "$mine knows a head that $other does not have"
			n=$((n + 1))
		done
		echo "$n heads of $other written down by $mine: all in its journal"
	done
}

stock_tools() {
	parcel=hub/root/$A/lapor-diri/KEMLU/00000001
	signer=$(saksi --home kpu party show KEMLU --json |
	    jq -r '.signing_keys[0].key')
	mkdir -p opened
	run minisign -Vm $parcel/manifest.json -P "$signer"
	echo "$(jq -r .payload.sha256 $parcel/manifest.json)" \
	    " $parcel/payload.tar.zst.age" | run sha256sum -c
	echo "\$ age -d -i kpu/keys/decryption.key payload.tar.zst.age |" \
	    "zstd -d | tar x"
	age -d -i kpu/keys/decryption.key $parcel/payload.tar.zst.age |
	    zstd -q -d | tar -x -C opened
	jq -r '.files[] | .sha256 + "  opened/" + .name' \
	    opened/contents.json | run sha256sum -c
	run cmp opened/lapor-diri.csv lapor-diri.csv
	run cmp "kpu/staged/$A/lapor-diri/KEMLU/00000001/lapor-diri.csv" \
	    lapor-diri.csv
}

install_packages
build_programs
step 'A real SFTP server on loopback'
start_world
step 'Three parties, who know each other by fingerprint'
make_parties
step 'An agreement; the guardian has not signed yet'
write_agreement
step 'Data: 593,000 registrants, 92,524 of them verified'
"$build/tests/bench/generate" lapor-diri 593000 92524 1 >lapor-diri.csv
ls -l lapor-diri.csv
step 'Without the guardian nothing moves'
refused serah --home kemlu send $A/lapor-diri lapor-diri.csv \
    --field nomor_surat=001/DEMO/2026 --field periode=2026-11 \
    --field gelombang=1
step 'Dukcapil signs: the agreement is in force'
countersign
step 'A column too many: refused, nothing sealed'
sed '1s/$/,telepon/; 1!s/$/,x/' "$src/examples/data/provinces.csv" >extra.csv
refused serah --home kemlu send $A/provinsi extra.csv --field edisi=2025
step 'Hand over'
hand_over
step 'Receive: prove, open, check again, stage'
run terima --home kpu run
step 'Receipts come back; the sealed copies are let go'
run serah --home kemlu run
run serah --home kemlu status
step 'Two journals that agree'
compare_journals
step 'The hand-over record'
saksi --home kpu record $A/lapor-diri/KEMLU/1 >record.txt
cat record.txt
grep -q '593[.,]000' record.txt || die 'the record lacks 593,000'
grep -q 'TERVERIFIKASI  *92[.,]524' record.txt || die 'the record lacks 92,524'
step 'The same parcel, opened with stock tools only'
stock_tools
if [ "$keep" = yes ]; then
	printf '\nThe homes stay in %s (the server ends with this script).\n' \
	    "$work"
fi
printf '\nDone.\n'

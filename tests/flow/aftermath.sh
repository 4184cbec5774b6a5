# aftermath.sh: six commands that may die or fail at any point, and what must
# hold after that.  To be sourced in place of lib.sh.
#
#	aftermath_world		makes all that follows
#	begin CASE		everything as it is before the command
#	invoke CASE [PREFIX...]	runs the command, behind a prefix
#	unchanged CASE		everything is still as before, to the byte
#	aftermath WHAT CASE	what is visible is sound now; one plain rerun, as
#				a person or a timer does it, completes it, once.
#				Counts $broken and tells.  With courtesy=no, the
#				receipt "received" may be missing.
#
# CASE: init (a new home), settle (in an empty directory), import, renew (a new
# version of the agreement), send, receive, collect (serah run).
# shellcheck shell=sh

# Disks are slow, and what is lost with the power is no matter here.
if [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ] &&
    [ "$(df -k --output=avail /dev/shm | tail -n 1)" -gt 200000 ]; then
	TMPDIR=/dev/shm
	export TMPDIR
fi
# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"

stream=$A/warga/KEMLU
broken=0 again=0 courtesy=yes

aftermath_parties() {
	parties && make_party lain LAIN Lain &&
	    for p in kemlu kpu dukcapil; do
		saksi --home "$T/lain" trust -q "$T/$p.card.json" \
		    --fingerprint "$(card $p | jq -r .fingerprint)" || return 1
	    done
}
# Paper 1 in force, paper 2 ready to replace it.
aftermath_papers() {
	write_paper && sign_paper kemlu kpu dukcapil && import_paper &&
	    cp -a "$T/paper" "$T/paper1" && rm "$T/paper"/* &&
	    jq '.version = 2 | .replaces = "'"$(sha256sum \
		<"$T/paper1/agreement.json" | cut -c1-64)"'"' \
		"$T/paper1/agreement.json" >"$T/paper/agreement.json" &&
	    sign_paper kemlu kpu dukcapil && mv "$T/paper" "$T/paper2"
}
# What a case changes.
dirs() { # CASE
	case $1 in
	init|settle) echo baru ;;
	import|renew) echo lain ;;
	*) echo kemlu kpu drop ;;
	esac
}
keep() { # CASE
	mkdir -p "$T/keep/$1" && for d in $(dirs "$1"); do
		[ ! -e "$T/$d" ] || cp -a "$T/$d" "$T/keep/$1" || return 1
	done
	picture "$1" >"$T/keep/$1.picture"
}
# Locks and the draft of a key are no state; all else is.
picture() { # CASE
	for d in $(dirs "$1"); do
		find "$T/$d" "$T/.$d.new" -type f ! -path '*/locks/*' \
		    -printf '%p %s %m %T@\n' 2>/dev/null
	done | LC_ALL=C sort
}
aftermath_keeps() {
	keep init && mkdir "$T/baru" && keep settle && keep import &&
	    saksi --home "$T/lain" agreement import -q "$T/paper1" &&
	    keep renew && send "$T/warga.csv" && receive && collect &&
	    mkdir "$T/data" && write_good 2500 >"$T/data/warga.csv" &&
	    keep send && send "$T/data/warga.csv" && keep receive && receive &&
	    keep collect
}
aftermath_world() {
	# shellcheck disable=SC2034
	WORLD_DROP=file
	write_good 2000 >"$T/warga.csv"
	{ aftermath_parties && start_drop && aftermath_papers &&
	    aftermath_keeps; } >"$T/world.log" 2>&1 || {
		sed 's/^/# /' "$T/world.log"
		echo 'Bail out! the world cannot be made'
		exit 99
	}
}

begin() { # CASE
	for d in $(dirs "$1"); do
		rm -rf "${T:?}/$d" "$T/.$d.new"
	done
	cp -a "$T/keep/$1/." "$T"
}
unchanged() { # CASE
	picture "$1" | cmp -s - "$T/keep/$1.picture"
}
invoke() { # CASE [PREFIX...]
	what=$1
	shift
	case $what in
	init|settle) "$@" saksi --home "$T/baru" init --party BARU \
	    --name Baru --no-passphrase ;;
	import) "$@" saksi --home "$T/lain" agreement import "$T/paper1" ;;
	renew) "$@" saksi --home "$T/lain" agreement import "$T/paper2" ;;
	send) "$@" serah --home "$T/kemlu" send --field surat=1/UJI $A/warga \
	    "$T/data/warga.csv" ;;
	receive) "$@" terima --home "$T/kpu" run ;;
	collect) "$@" serah --home "$T/kemlu" run ;;
	esac
}

# ---- what must hold at once ----

whole_home() { # HOME: three pairs of keys, its own card, a chain
	for pair in root signing decryption; do
		[ -s "$1/keys/$pair.key" ] && [ -s "$1/keys/$pair.pub" ] || return 1
	done
	minisign -Vqm "$1/parties/BARU.card.json" -p "$1/keys/root.pub" &&
	    saksi --home "$1" card --json >/dev/null &&
	    saksi --home "$1" journal verify
}
standing() { # the versions in force in lain
	saksi --home "$T/lain" agreement list --json |
	    jq -rs 'map("\(.version) \(.in_force)") | join(" ")'
}
# Whatever is visible under a parcel's name is whole and signed.
whole_parcel() {
	for d in "$T/kpu/staged/$stream"/0*2 "$T/kemlu/outbox/$stream"/0*2 \
	    "$DROP/$stream"/0*2; do
		[ ! -d "$d" ] || minisign -Vqm "$d/manifest.json" \
		    -p "$T/kemlu/keys/signing.pub" || return 1
	done
	d=$(staged_dir 2)
	[ ! -d "$d" ] || cmp "$d/warga.csv" "$T/data/warga.csv"
}
sound() { # CASE
	case $1 in
	init|settle)
		[ ! -e "$T/baru/serahterima.conf" ] || whole_home "$T/baru" ;;
	import)
		case $(standing) in ''|'1 true') ;; *) false ;; esac &&
		    saksi --home "$T/lain" journal verify ;;
	renew)
		case $(standing) in '1 true'|'2 true') ;; *) false ;; esac &&
		    saksi --home "$T/lain" journal verify ;;
	*)
		whole_parcel && saksi --home "$T/kemlu" journal verify &&
		    saksi --home "$T/kpu" journal verify ;;
	esac
}

# ---- what must hold in the end ----

# How often each event of parcel 2 is on record.
tally() { # HOME
	cat "$T/$1"/journal/*.jsonl | jq -rs 'map(select(.subject |
	    endswith("/KEMLU/2"))) | group_by(.event) |
	    map("\(.[0].event)=\(length)") | join(" ")'
}
parcel_done() {
	[ -z "$(find "$T/kpu/inbox" "$T/kemlu/outbox" -type f)" ] &&
	    [ -z "$(find "$DROP" -name '.?*' -o -name '*.part')" ] &&
	    [ -z "$(find "$T/kpu/staged" -type f -path '*/.*')" ] &&
	    [ ! -e "$DROP/$stream/00000003" ] &&
	    [ -d "$(staged_dir 2)" ] || return 1
	# Nobody waits for the receipt "received": what goes wrong with it does
	# not keep the parcel back.
	case $(tally kemlu) in
	'receipt=2 released=1 sealed=1 sent=1') ;;
	'receipt=1 released=1 sealed=1 sent=1') [ "$courtesy" = no ] ;;
	*) false ;;
	esac && [ "$(tally kpu)" = 'staged=1 taken=1' ]
}
# Killed before it was sealed: as if it had never been begun.
carry_on() {
	collect || return 1
	if [ ! -d "$DROP/$stream/00000002" ]; then
		again=$((again + 1))
		send "$T/data/warga.csv" || return 1
	fi
	receive && collect
}
completes() { # CASE
	case $1 in
	init|settle)
		# A home that was made is not made anew.
		if [ -e "$T/baru/serahterima.conf" ]; then
			! invoke init || return 1
		else
			invoke init || return 1
		fi
		whole_home "$T/baru" && [ -z "$(find "$T" -maxdepth 1 \
		    -name '.baru*' -o -maxdepth 1 -name 'baru[^.]*')" ] &&
		    [ -z "$(find "$T/baru" -name '.?*')" ] &&
		    [ "$(cat "$T/baru"/journal/*.jsonl |
			jq -s 'map(select(.event == "init")) | length')" = 1 ] ;;
	import|renew)
		version=1
		[ "$1" = import ] || version=2
		invoke "$1" && [ "$(standing)" = "$version true" ] &&
		    [ -z "$(find "$T/lain" -name '.?*')" ] &&
		    cat "$T/lain"/journal/*.jsonl | jq -se "any(.[];
			.event == \"imported\" and .version == $version)" ;;
	*)
		carry_on && parcel_done ;;
	esac
}

tell() { # CASE
	sed 's/^/# /' "$T/said" | tail -n 20
	case $1 in
	send|receive|collect)
		echo "# kemlu: $(tally kemlu); kpu: $(tally kpu)" ;;
	esac
	for d in $(dirs "$1"); do
		find "$T/$d" "$T/.$d.new" 2>/dev/null
	done | sed "s,^$T,# ," | sort | head -n 60
}
aftermath() { # WHAT CASE
	if ! sound "$2" >"$T/said" 2>&1; then
		echo "# $1: what is visible is not sound"
	elif ! completes "$2" >"$T/said" 2>&1 ||
	    ! sound "$2" >>"$T/said" 2>&1; then
		echo "# $1: a rerun does not complete it once"
	else
		return
	fi
	tell "$2"
	broken=$((broken + 1))
}

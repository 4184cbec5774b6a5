#!/bin/sh
# Goal of this test: the vectors of our own formats are what make_vectors
# writes, our readers and writers agree with every one of them, terima judges
# every parcel as the index says, stock tools open what is accepted, and each
# refusal code has a vector or a test that shows it.
#
# OWN_VECTORS names another copy of the set.

# shellcheck source=tests/flow/lib.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/lib.sh"
own=${OWN_VECTORS:-$srcdir/tests/vectors/own}
make_vectors=$builddir/tests/vectors/make_vectors
run_own=$builddir/tests/vectors/run_own
recipient=UJI-PENERIMA
stream=UJI-VEKTOR/warga/UJI-PENGIRIM

[ -x "$make_vectors" ] && [ -x "$run_own" ] || {
	echo "Bail out! make_vectors and run_own are not built"
	exit 99
}
command -v jq >/dev/null || skip_all "no jq here"

# ---- the set ----

mkdir "$T/made" "$T/again"
check 'make_vectors writes the set' "$make_vectors" "$T/made"
"$make_vectors" "$T/again"
check 'twice the same' diff -r "$T/made" "$T/again"
check 'the set in the tree is what it writes' \
    diff -r -x README "$T/made" "$own"
size=$(find "$own" -type f -exec cat {} + | wc -c)
echo "# $(find "$own" -type f | wc -l) files, $size bytes"
check 'it is smaller than 2 MiB' [ "$size" -lt 2097152 ]
check 'no secret key is in it' \
    sh -c '! grep -rlE "AGE-SECRET-KEY-|^RWRTY|^RWQAA" "$1"' - "$own"

# Columns: path format codes form at what.
tab=$(printf '\t')
(cd "$own" && find . -type f ! -name README ! -name INDEX.tsv |
    sed 's|^\./||') >"$T/files"
awk -F "$tab" 'NR == FNR { if (FNR > 1 && $1 != "-") path[$1] = 1; next }
	{
		at = $0
		sub(/\.minisig$/, "", at)
		while (at != "" && !(at in path))
			if (!sub(/\/[^\/]*$/, "", at))
				at = ""
		if (at == "")
			print
		else
			seen[at] = 1
	}
	END { for (p in path) if (!(p in seen)) print "no file: " p }' \
    "$own/INDEX.tsv" "$T/files" >"$T/astray"
check 'every file is in the index, every path of the index is there' \
    sh -c 'cat "$1"; [ ! -s "$1" ]' - "$T/astray"

# ---- our readers and writers ----

check 'run_own agrees with every document' "$run_own" "$own"
tail -n 1 "$T/said" >"$T/counts"
sed 's/^/# /' "$T/counts"
check 'and skips none' grep -q ' 0 failed, 0 skipped$' "$T/counts"
# A test of the test: it sees a wrong verdict and a document that changed.
mkdir "$T/bent" && cp -R "$own/." "$T/bent" && chmod -R u+w "$T/bent"
sed -i 's|^\(manifest/rows-more.json.*\)106|\10|' "$T/bent/INDEX.tsv"
sed -i 's/"rows": 5/"rows":  5/' "$T/bent/manifest/plain.json"
check 'it finds two things bent in a copy' sh -c \
    '"$1" "$2" | tail -n 1 | grep -q " 2 failed"' - "$run_own" "$T/bent"

# ---- each refusal code ----

codes_covered() {
	bad=0
	for word in $(sed -n 's/^	\(FAULT_[A-Z_]*\) = \([1-5][0-9][0-9]\),*$/\1=\2/p' \
	    "$srcdir/lib/base/fault.h"); do
		code=${word#*=}
		where=$(awk -F "$tab" -v code="$code" '{
			n = split($3, part, /[,;]/)
			for (i = 1; i <= n; i++)
				if (part[i] == code) {
					print $2 ":" $6
					exit
				}
		}' "$own/INDEX.tsv")
		case $where in
		'')
			echo "$word: neither a vector nor a test"
			bad=1
			;;
		later:*)
			# As soon as something gives it, it needs a vector.
			grep -rl --include='*.c' "${word%=*}" "$srcdir/lib" \
			    "$srcdir/cmd" | grep -v /fault.c && bad=1
			;;
		flow:*)
			file=${where#flow:}
			grep -q "expect_code $code" "$srcdir/${file%%:*}" || {
				echo "$word: not in ${file%%:*}"
				bad=1
			}
			;;
		esac
	done
	[ -n "$word" ] && [ $bad -eq 0 ]
}
check 'each refusal code has a vector, or a test that shows it' codes_covered

# ---- whole parcels ----

# The recipient's home, made of what is in the set and of keys that anybody can
# compute.
make_home() {
	h=$T/good
	mkdir -m 700 "$h" "$h/keys" &&
	    mkdir -p "$h/parties" "$h/agreements/UJI-VEKTOR" "$h/outbox" \
		"$h/inbox" "$h/staged" "$h/refused" "$h/records" \
		"$h/journal" "$h/locks" "$h/watch" &&
	    "$make_vectors" -k "$h/keys" && chmod 600 "$h"/keys/* &&
	    cp "$own"/parties/* "$h/parties" &&
	    cp "$own"/agreement/in-force/* "$h/agreements/UJI-VEKTOR"
}
make_home || {
	echo "Bail out! the home cannot be made"
	exit 99
}

# The rule in the README is how the keys are made.
rule_holds() {
	seed=$(printf %s "serah terima test vectors, no secret:" \
	    " key $recipient signing 1 0" | sha256sum | cut -c1-64)
	[ "$(sed -n 2p "$T/good/keys/signing.key" | base64 -d |
	    od -An -v -tx1 -j62 -N32 | tr -d ' \n')" = "$seed" ]
}
check 'everybody can compute the keys' rule_holds

# Each scenario has a place of its own, $W: a home, and a drop.

# One run over what lies in the directory; sets codes to "0,303".
run() { # DIRECTORY
	rm -rf "$W/drop" && mkdir -p "$W/drop/$stream" &&
	    cp -R "$1"/0* "$W/drop/$stream" && chmod -R u+w "$W/drop" || return
	rm -f "$W/drop/$stream"/*/"receipt.$recipient."*
	terima --home "$W/home" run --json >"$W/out" 2>"$W/err"
	codes=$(jq -s -r 'map(.code // 0 | tostring) | join(",")' <"$W/out")
}

# What is staged is what was sent, file by file, and was answered.
is_staged() { # NUMBER
	at=$W/home/staged/$stream/$1
	cmp "$at/manifest.json" "$W/drop/$stream/$1/manifest.json" &&
	    [ "$(sha256sum <"$at/contents.json" | cut -c1-64)" = \
		"$(jq -r .contents "$at/manifest.json")" ] || return 1
	jq -r '.files[] | .sha256 + "  " + .name' "$at/contents.json" |
	    (cd "$at" && sha256sum --quiet -c -) || return 1
	[ -z "$(find "$at" ! -type d ! -perm 600)" ] &&
	    [ -e "$W/drop/$stream/$1/receipt.$recipient.staged.json" ]
}

# Of a refused one there is the evidence, and nothing else.
is_not_staged() { # NUMBER CODE
	[ ! -e "$W/home/staged/$stream/$1" ] &&
	    [ ! -e "$W/drop/$stream/$1/receipt.$recipient.staged.json" ] &&
	    [ -z "$(find "$W/home/staged" -name '.?*')" ] || return 1
	case $2 in
	303 | 505) [ -z "$(find "$W/home/refused" -name "$1.*")" ] ;;
	*) [ -e "$W/home/refused/$stream/$1.$2" ] ;;
	esac
}

after() { # CODES: of the last run, parcel by parcel
	# shellcheck disable=SC2046
	set -- $(echo "$1" | tr , ' ')
	for number in "$W/drop/$stream"/0*; do
		number=${number##*/}
		case $1 in
		0 | 301) is_staged "$number" ;;
		302) [ -e "$W/home/staged/$stream/$number" ] ;;
		*) is_not_staged "$number" "$1" ;;
		esac || {
			echo "$number: $1, but that is not what is there"
			return 1
		}
		shift
	done
	saksi --home "$W/home" journal verify -q
}

judge() { # NAME CODES
	mkdir "$W" && cp -a "$T/good" "$W/home" &&
	    printf 'party = %s\n[drop hub]\nurl = file://%s\n' $recipient \
		"$W/drop" >"$W/home/serahterima.conf" || return 1
	run "$own/parcel/$1"
	all=$codes
	if [ -d "$own/parcel/$1/then" ]; then
		run "$own/parcel/$1/then"
		all="$all;$codes"
	fi
	[ "$all" = "$2" ] || {
		echo "wanted $2, got $all"
		cat "$W/out" "$W/err"
		return 1
	}
	after "$codes"
}

# What a scenario came to, once it is over; its place is cleared.
judged() { # PLACE
	cat "$1.said"
	rm -rf "$1"
	[ "$(cat "$1.status")" = 0 ]
}

awk -F "$tab" '$2 == "parcel" { sub(/^parcel\//, "", $1); print $1, $3, $6 }' \
    "$own/INDEX.tsv" >"$T/parcels"
check 'there are parcels' [ -s "$T/parcels" ]
# They mostly wait for the disk: eight at a time.
settle() {
	wait
	while read -r place told; do
		check "parcel $told" judged "$place"
	done <"$T/begun"
	: >"$T/begun"
	begun=0
}
begun=0
: >"$T/begun"
while read -r name wanted what; do
	W=$T/parcel.$name
	(
		trap - EXIT
		judge "$name" "$wanted" >"$W.said" 2>&1
		echo $? >"$W.status"
	) &
	echo "$W $name: $wanted, $what" >>"$T/begun"
	begun=$((begun + 1))
	[ $begun -lt 8 ] || settle
done <"$T/parcels"
settle

# ---- stock tools ----

# The sender's two signing keys stand in its card.
stock() { # PARCEL
	p=$own/parcel/$1/00000001
	rm -rf "$T/opened" && mkdir "$T/opened"
	for key in $(jq -r '.signing_keys[].key' \
	    "$own/parties/UJI-PENGIRIM.card.json"); do
		minisign -Vqm "$p/manifest.json" -P "$key" && break
	done || return 1
	[ "$(sha256sum <"$p/payload.tar.zst.age" | cut -c1-64)" = \
	    "$(jq -r .payload.sha256 "$p/manifest.json")" ] || return 1
	age -d -i "$T/good/keys/decryption.key" "$p/payload.tar.zst.age" |
	    zstd -qd | tar -C "$T/opened" -x &&
	    [ "$(sha256sum <"$T/opened/contents.json" | cut -c1-64)" = \
		"$(jq -r .contents "$p/manifest.json")" ] &&
	    jq -r '.files[] | .sha256 + "  " + .name' \
		"$T/opened/contents.json" |
	    (cd "$T/opened" && sha256sum --quiet -c -)
}
stock_all() {
	n=0
	while read -r name wanted what; do
		[ "$wanted" = 0 ] || continue
		stock "$name" || { echo "$name"; return 1; }
		n=$((n + 1))
	done <"$T/parcels"
	[ $n -gt 0 ]
}
stock_here() {
	for program in minisign age zstd; do
		command -v $program >/dev/null || return 1
	done
}
if stock_here; then
	check 'stock tools verify and open every parcel that is accepted' \
	    stock_all
else
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - stock tools # SKIP no minisign, age or zstd here"
fi
plan "$tap_n"

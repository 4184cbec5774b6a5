#!/bin/sh
# Goal of this test: what we write, Debian's age, minisign, zstd, GNU tar,
# bsdtar and sha256sum open and verify; what they write, we open and verify.
# 100 random cases, both ways, from a seed that is printed: SEED=N repeats a
# run, CASES=N changes the number (check.sh --long: 1,000).  Without bsdtar its half is left out, aloud.
#
# TOOL is the built tests/vectors/tool (default: below the current directory).

TOOL=${TOOL:-./tests/vectors/tool}
CASES=${CASES:-${SERAHTERIMA_LONG:+1000}}
CASES=${CASES:-100}
SEED=${SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
LC_ALL=C
export LC_ALL

case $TOOL in
/*) ;;
*) TOOL=$(pwd)/$TOOL ;;
esac
if [ ! -x "$TOOL" ]; then
	echo "Bail out! $TOOL is not built"
	exit 99
fi
for program in age age-keygen minisign zstd tar sha256sum; do
	if ! command -v $program >/dev/null 2>&1; then
		echo "1..0 # SKIP $program is not installed"
		exit 0
	fi
done

bsdtar=yes
command -v bsdtar >/dev/null 2>&1 || bsdtar=

dir=$(mktemp -d "${TMPDIR:-/tmp}/interop.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
trap 'exit 99' INT TERM
cd "$dir" || exit 99
echo "# seed $SEED"

# A generator of our own, for sh has none: Numerical Recipes' 32-bit numbers,
# of which the low bits are not used.
state=$((SEED % 4294967296))
random() { # BELOW: sets r
	state=$(((state * 1664525 + 1013904223) % 4294967296))
	r=$(((state / 65536) % $1))
}
# Bytes that depend on the seed alone, which compress like real extracts: half
# noise, half repetition.
bytes() { # SIZE NAME
	random 65536
	awk -v n="$1" -v s="$((state))" 'BEGIN {
		srand(s)
		for (i = 0; i < n; i += 64) {
			line = ""
			for (j = 0; j < 8; j++)
				line = line sprintf("%07d,", rand() * 1e7)
			if (rand() < 0.5) line = last; else last = line
			printf "%s", substr(line line, 1, n - i < 64 ? n - i : 64)
		}
	}' >"$2"
	# The last write may run short of a line: cut or fill to the byte.
	truncate -s "$1" "$2"
}
text() { # LENGTH ALPHABET: sets t
	t=
	i=0
	while [ $i -lt "$1" ]; do
		random ${#2}
		t=$t$(printf %s "$2" | cut -c$((r + 1)))
		i=$((i + 1))
	done
}

# The keys: twenty recipients, and the two kinds of signer's file, made by the
# stock programs; the tool reads them all.
i=1
while [ $i -le 20 ]; do
	age-keygen -o id$i 2>/dev/null
	age-keygen -y id$i >to$i
	i=$((i + 1))
done
minisign -G -W -p sign.pub -s sign.key >/dev/null 2>&1 || exit 99

# One case: sets why when something fails.
step() { # WHAT COMMAND...
	what=$1
	shift
	if [ -z "$why" ] && ! "$@" >log 2>&1; then
		why=$what
		sed 's/^/# /' log
	fi
}
ours_sealed() { # shellcheck disable=SC2086
	"$TOOL" seal $to <payload >x.age && age -d -i id$who x.age | cmp - payload
}
theirs_sealed() { # shellcheck disable=SC2086
	age $to <payload >y.age && "$TOOL" unseal -i id$who <y.age | cmp - payload
}
ours_signed() {
	"$TOOL" sign -s sign.key -t "$comment" payload >payload.minisig &&
	    minisign -VHm payload -p sign.pub -Q >said &&
	    [ "$(cat said)" = "$comment" ]
}
theirs_signed() {
	minisign -S -s sign.key -m payload -x z.minisig -t "$comment" &&
	    [ "$("$TOOL" verify -p sign.pub payload z.minisig)" = "$comment" ]
}
ours_refuses() {
	cp payload changed && printf x >>changed &&
	    ! "$TOOL" verify -p sign.pub changed z.minisig &&
	    ! minisign -Vm changed -x payload.minisig -p sign.pub
}
ours_packed() { # shellcheck disable=SC2086
	rm -rf out && mkdir out &&
	    (cd in && "$TOOL" pack $members) >x.tar.zst &&
	    zstd -qdc x.tar.zst | tar -C out -xf - &&
	    (cd out && sha256sum --quiet -c ../SUMS) && diff -r in out
}
theirs_packed() { # shellcheck disable=SC2086
	rm -rf out && mkdir out &&
	    tar -C in --format=pax --owner=0 --group=0 --numeric-owner \
		--mtime=@1790000000 --pax-option=delete=atime,delete=ctime \
		-cf - $members | zstd -qc >y.tar.zst &&
	    "$TOOL" unpack out <y.tar.zst &&
	    (cd out && sha256sum --quiet -c ../SUMS) && diff -r in out
}
# bsdtar decompresses by itself.  It writes pax or ustar, through zstd or its own
# (into a file: into a pipe it would fill the last block up).  Holes in a file
# would make it write a sparse one, which no payload has.
ours_to_bsdtar() { # shellcheck disable=SC2086
	rm -rf out && mkdir out && (cd in && "$TOOL" pack $members) >x.tar.zst &&
	    bsdtar -C out -xf x.tar.zst && diff -r in out
}
bsdtar_packs() { # shellcheck disable=SC2086
	bsdtar -C in --no-read-sparse --format "$form" "$@" $members
}
bsdtar_to_ours() {
	rm -rf out && mkdir out &&
	    if [ "$own_zstd" = yes ]; then
		    bsdtar_packs --zstd -cf "$dir/b.tar.zst"
	    else
		    bsdtar_packs -cf - | zstd -qc >b.tar.zst
	    fi && "$TOOL" unpack out <b.tar.zst &&
	    (cd out && sha256sum --quiet -c ../SUMS) && diff -r in out
}
# The recipe of the manual, the other way round and straight.
whole_way() { # shellcheck disable=SC2086
	(cd in && "$TOOL" pack $members) | "$TOOL" seal $to >p.tar.zst.age &&
	    rm -rf out && mkdir out &&
	    age -d -i id$who p.tar.zst.age | zstd -d | tar -C out -x &&
	    diff -r in out
}

edges="0 1 65535 65536 65537 131072"
n=1
while [ $n -le "$CASES" ]; do
	why=
	# shellcheck disable=SC2086
	set -- $edges
	if [ $# -ge $n ]; then
		eval "size=\${$n}"
	else
		random 4800
		size=$((r * 64))
		random 64
		size=$((size + r))
	fi
	random 20
	count=$((r + 1))
	random $count
	who=$((r + 1))
	to=
	i=1
	while [ $i -le $count ]; do
		to="$to -r $(cat to$i)"
		i=$((i + 1))
	done
	random 60
	text $((r + 1)) 'abcXYZ019 .,:;/=_-+#'
	comment=c$t.
	bytes "$size" payload
	rm -rf in && mkdir in
	random 5
	files=$((r + 1))
	members=
	while [ $files -gt 0 ]; do
		random 40
		text $((r + 1)) 'abcdefXYZ0189._-'
		name=m$files$t.csv
		random 20000
		if [ $files -eq 1 ]; then
			cp payload "in/$name"
		else
			bytes "$r" "in/$name"
		fi
		members="$members $name"
		files=$((files - 1))
	done
	(cd in && sha256sum ./*) >SUMS
	step "age opens what we seal" ours_sealed
	step "we open what age seals" theirs_sealed
	step "minisign verifies what we sign" ours_signed
	step "we verify what minisign signs" theirs_signed
	step "a changed file is refused by both" ours_refuses
	step "tar and zstd open what we pack" ours_packed
	step "we unpack what tar and zstd pack" theirs_packed
	random 2
	form=pax
	[ "$r" -eq 0 ] || form=ustar
	random 2
	own_zstd=no
	[ "$r" -eq 0 ] || own_zstd=yes
	[ -z "$bsdtar" ] || step "bsdtar opens what we pack" ours_to_bsdtar
	[ -z "$bsdtar" ] ||
	    step "we unpack what bsdtar packs ($form, own zstd: $own_zstd)" bsdtar_to_ours
	step "the whole recipe" whole_way
	case=" $n - $size bytes, $count recipients, $(echo "$members" | wc -w) files"
	if [ -z "$why" ]; then
		echo "ok$case"
	else
		echo "not ok$case: $why (seed $SEED)"
		failed=yes
	fi
	n=$((n + 1))
done
if [ -z "$bsdtar" ]; then
	echo "ok $n - bsdtar # SKIP bsdtar is not installed"
	CASES=$n
fi
echo "1..$CASES"
[ -z "$failed" ]

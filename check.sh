#!/bin/sh
# check.sh: installs what the tests need, builds with warnings as errors under
# gcc and clang, runs every test (plain, and under ASan and UBSan), every lint,
# and make distcheck.  The last line counts.
#
#	./check.sh [--quick | --long]
#
# --quick leaves out clang, the sanitizers and distcheck; --long tries more cases
# where a test draws them, and every call at which a program may die or fail, and
# fuzzes each parser for a minute; what that finds is kept in fuzz-found/.
set -u

src=$(cd "$(dirname "$0")" && pwd -P)
work=$src/build-check
quick=no
long=no
case ${1:-} in
--quick) quick=yes ;;
--long) long=yes ;;
'') ;;
*)	echo "usage: ./check.sh [--quick | --long]" >&2
	exit 2 ;;
esac

passed=0 failed=0 skipped=0
broken=

packages='gcc clang make autoconf automake autopoint gettext pkg-config
libc6-dev libsodium-dev libssl-dev libarchive-dev libzstd-dev libssh2-1-dev
libcurl4-openssl-dev libjansson-dev libsqlite3-dev libpcre2-dev libseccomp-dev
openssh-server openssh-client openssh-sftp-server minisign age zstd tar
xz-utils jq mandoc universal-ctags clang-format python3 python3-jsonschema
faketime strace locales file libarchive-tools valgrind postgresql'
[ $long = no ] || packages="$packages libclang-rt-14-dev"

say() {
	printf '\n=== %s\n' "$*"
}

install_packages() {
	missing=
	for p in $packages; do
		dpkg-query -W -f '${Status}' "$p" 2>/dev/null |
		    grep -q '^install ok installed$' || missing="$missing $p"
	done
	[ -n "$missing" ] || return 0
	say "installing:$missing"
	sudo=
	if [ "$(id -u)" -ne 0 ]; then
		sudo=sudo
	fi
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q update >/dev/null
	# shellcheck disable=SC2086
	$sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -q -y \
	    install --no-install-recommends $missing >/dev/null ||
	    { echo "check.sh: the packages cannot be installed" >&2; exit 1; }
}

# A step that is no test program: counted as one test.
step() {
	name=$1
	shift
	say "$name"
	if "$@" >"$work/step.log" 2>&1; then
		passed=$((passed + 1))
		echo "ok: $name"
	else
		failed=$((failed + 1))
		broken="$broken
  $name"
		tail -n 60 "$work/step.log"
		echo "FAILED: $name"
	fi
}

count() {
	sed -n "s/^# $2: *//p" "$1" | head -n 1
}

# Adds up one test-suite.log, naming each skip and each failure.
add_up() {
	log=$1/test-suite.log
	if ! [ -f "$log" ]; then
		failed=$((failed + 1))
		broken="$broken
  no test ran in $1"
		return
	fi
	passed=$((passed + $(count "$log" PASS)))
	failed=$((failed + $(count "$log" FAIL) + $(count "$log" ERROR)))
	skipped=$((skipped + $(count "$log" SKIP)))
	grep -h '^SKIP' "$log" || :
	grep -h '^\(FAIL\|ERROR\|XPASS\)' "$log" || :
}

# build NAME CC CONFIGURE-OPTIONS: configures and makes in its own directory.
build() {
	dir=$work/$1
	mkdir -p "$dir"
	# shellcheck disable=SC2086
	(cd "$dir" && "$src/configure" -q --enable-werror CC="$2" $3 \
	    CFLAGS="-O2 -g" && make -s -j"$(nproc)" all)
}

suite() {
	say "tests: $1"
	(cd "$work/$1" && make -s -j"$(nproc)" -k check) \
	    >"$work/$1/check.log" 2>&1
	add_up "$work/$1"
}

# Each target for a minute, with clang's fuzzer.
fuzz() {
	mkdir -p "$work/fuzz"
	(cd "$work/fuzz" && "$src/configure" -q --enable-fuzzing CC=clang \
	    CFLAGS=-g && make -s -j"$(nproc)" fuzz) &&
	    "$src/tests/fuzz/run.sh" 60 "$work/fuzz" "$src/fuzz-found"
}

distcheck() {
	(cd "$work/gcc" && make -s -j"$(nproc)" distcheck)
}

cd "$src" || exit 1
install_packages
rm -rf "$work"
mkdir -p "$work"
step 'autoreconf' autoreconf -fi
step 'gcc, warnings as errors' build gcc gcc ''
if [ $long = yes ]; then
	# Once in full is enough: the other builds run the same code.
	SERAHTERIMA_LONG=yes
	CRASH_STRIDE=1
	export SERAHTERIMA_LONG CRASH_STRIDE
fi
suite gcc
unset SERAHTERIMA_LONG CRASH_STRIDE
if [ $quick = no ]; then
	step 'clang, warnings as errors' build clang clang ''
	step 'gcc, ASan and UBSan' build asan gcc --enable-sanitizers
	# Programs start ten times as slowly: fewer of the places to die at.
	# And the package needs only to show that the test is in it.
	CRASH_STRIDE=100
	export CRASH_STRIDE
	suite asan
	step 'make distcheck' distcheck
	unset CRASH_STRIDE
fi
if [ $long = yes ]; then
	step 'a minute of fuzzing each parser' fuzz
fi
if [ -n "$broken" ]; then
	printf '\nfailed:%s\n' "$broken"
fi
printf '\n'
if [ $skipped -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ]

#!/bin/sh
# Goal: the house stays a house.  A room includes its own headers and those of
# lower ranks; rooms of rank 5 never include each other; a third-party header
# is seen only in the room that owns it and in no header of ours; below cmd/
# nothing exits, aborts, asserts or prints an error.
# usage: ranks.sh [SOURCE_DIRECTORY]
cd "${1:-${srcdir:-.}}" || exit 99
files=$(find lib cmd -name '*.[ch]' | LC_ALL=C sort)
[ -n "$files" ] || { echo "Bail out! no source below lib and cmd"; exit 99; }

# shellcheck disable=SC2086
LC_ALL=C awk '
BEGIN {
	split("base 0 text 1 sys 1 key 2 conf 2 check 3 record 4 envelope 5 " \
	    "pack 5 remote 5 spool 5 cmd 6", pair, " ")
	for (i = 1; i in pair; i += 2)
		rank[pair[i]] = pair[i + 1]
	split("sodium ^lib/(key|envelope)/ openssl ^lib/key/(hash|imprint)\\.c$ " \
	    "jansson ^lib/text/doc\\.c$ archive ^lib/pack/ " \
	    "archive_entry ^lib/pack/ zstd ^lib/pack/ zstd_errors ^lib/pack/ " \
	    "libssh2 ^lib/remote/ libssh2_sftp ^lib/remote/ curl ^lib/remote/ " \
	    "sqlite3 ^lib/spool/index\\.c$ seccomp ^lib/sys/filter\\.c$ " \
	    "pcre2 ^lib/check/pattern\\.c$",
	    pair2, " ")
	for (i = 1; i in pair2; i += 2)
		owner[pair2[i]] = pair2[i + 1]
}
function fault(text) { printf("# %s:%d: %s\n", FILENAME, FNR, text); bad++ }
FNR == 1 {
	split(FILENAME, part, "/")
	room = part[1] == "lib" ? part[2] : "cmd"
	comment = 0
	if (!(room in rank))
		fault("room \"" room "\" has no rank")
}
/^[ \t]*#[ \t]*include/ {
	name = $0
	sub(/^[^<"]*[<"]/, "", name)
	sub(/[>"].*$/, "", name)
	first = name
	sub(/[\/.].*$/, "", first)
	if (name ~ /\.\./)
		fault(name ": no way round")
	else if (first in owner) {
		if (FILENAME !~ owner[first])
			fault(name " belongs to " owner[first])
		else if (FILENAME ~ /\.h$/)
			fault(name " in a header of ours")
	} else if ($0 ~ /"/ && name ~ /\//) {
		if (first == "cmd" || !(first in rank)) {
			if (room != "cmd")
				fault(name ": no such room")
		} else if (first != room && rank[first] >= rank[room])
			fault(name ": rank " rank[first] " from rank " rank[room])
	} else if ($0 ~ /"/ && room != "cmd" && name != "config.h")
		fault(name ": name its room")
	next
}
room != "cmd" {
	line = $0
	gsub(/"([^"\\]|\\.)*"/, "", line)
	gsub(/\/\*([^*]|\*[^\/])*\*\//, "", line)
	if (comment && sub(/^.*\*\//, "", line))
		comment = 0
	if (comment)
		line = ""
	if (sub(/\/\*.*$/, "", line))
		comment = 1
	call = "(^|[^A-Za-z0-9_])(exit|_exit|_Exit|abort|assert|err|errx|verr|" \
	    "warn|warnx|perror)[ \t]*\\("
	if (line ~ call && !(room == "sys" && line ~ /_exit[ \t]*\(/))
		fault("only cmd/ may end the program or speak")
}
END {
	print bad ? "not ok 1 - ranks" : "ok 1 - ranks"
	print "1..1"
	exit bad ? 1 : 0
}' $files

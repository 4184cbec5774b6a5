#!/bin/sh
# Goal: keys, cards, passphrases, permissions and the configuration: what is
# wrong is refused in words that say how to mend it, and nothing is changed.

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/flow/lib.sh
. "$srcdir/tests/flow/lib.sh"
# shellcheck source=tests/flow/evidence.sh
. "$srcdir/tests/flow/evidence.sh"

WORLD_DROP='file'
world

expect_same() { # NAME DIRECTORY: as it was at "keep"
	snapshot "$2" >"$T/now"
	check "$1" diff "$T/kept" "$T/now"
}

keep() {
	snapshot "$1" >"$T/kept"
}

fingerprint() {
	card "$1" | jq -r .fingerprint
}

# ---- init ----

keep "$T/kemlu"
expect 1 "init over a home" saksi --home "$T/kemlu" init --party KEMLU \
    --name Lain --no-passphrase
expect_said "it says that the keys stay" 'there is a home already'
expect_same "they stayed" "$T/kemlu"
mkdir "$T/full" && echo x >"$T/full/letter"
expect 1 "init over a directory in use" saksi --home "$T/full" init \
    --party LAIN --name Lain --no-passphrase
check "which is as it was" test "$(ls -A "$T/full")" = letter
expect 2 "init with a bad identifier" saksi --home "$T/new" init \
    --party 'KEM/LU' --name Lain --no-passphrase
expect 2 "init with an identifier that climbs" saksi --home "$T/new" init \
    --party .. --name Lain --no-passphrase
expect 2 "init without a name" saksi --home "$T/new" init --party LAIN \
    --no-passphrase
expect 2 "init without a party" saksi --home "$T/new" init --name Lain \
    --no-passphrase
expect 2 "init with both kinds of passphrase" saksi --home "$T/new" init \
    --party LAIN --name Lain --no-passphrase --passphrase-file "$T/none"
: >"$T/empty"
expect 1 "init with an empty passphrase" saksi --home "$T/new" init \
    --party LAIN --name Lain --passphrase-file "$T/empty"
expect 1 "init with no passphrase file" saksi --home "$T/new" init \
    --party LAIN --name Lain --passphrase-file "$T/none"
expect_absent "there is no home then" "$T/new"
check "nor a part of one" test -z "$(find "$T" -maxdepth 1 -name 'new*')"
check "keys are for their owner alone" test -z \
    "$(find "$T/kemlu/keys" -name '*.key' -perm /077)"
check "so is the home" test "$(stat -c %a "$T/kemlu")" = 700

# ---- the passphrase of a root key ----

printf 'kata sandi uji\n' >"$T/right"
printf 'kata sandi lain\n' >"$T/wrong"
check "an officer's root key" saksi --home "$T/officer" init -q \
    --party KEMLU --name Kemlu --passphrase-file "$T/right"
mkdir "$T/desk"
jq --arg root "$(card officer | jq -r .root_key)" \
    '.parties[0].root_key = $root' "$T/paper/agreement.json" \
    >"$T/desk/agreement.json"
keep "$T/officer"
expect 1 "signing with the wrong passphrase" saksi --home "$T/officer" \
    agreement sign --passphrase-file "$T/wrong" "$T/desk/agreement.json"
expect_said "it says which" 'passphrase'
expect_absent "no signature" "$T/desk/KEMLU.minisig"
expect_same "nothing noted" "$T/officer"
# Without a terminal there is nobody to ask.
expect 1 "signing without a passphrase" setsid -w saksi --home "$T/officer" \
    agreement sign "$T/desk/agreement.json"
expect_said "it names the option" '[-][-]passphrase-file'
expect_absent "still no signature" "$T/desk/KEMLU.minisig"
expect 0 "signing with the right one" saksi --home "$T/officer" agreement \
    sign --passphrase-file "$T/right" "$T/desk/agreement.json"
check "a signature" test -s "$T/desk/KEMLU.minisig"
check "the passphrase is nowhere" eval \
    '! grep -rq "kata sandi" "$T/officer" "$T/desk"'
expect 3 "another's paper cannot be signed" saksi --home "$T/kemlu" \
    agreement sign "$T/desk/agreement.json"
expect_said "for it names another root key" 'another root key'

# ---- cards ----

make_party bawaslu BAWASLU Bawaslu >"$T/out" 2>&1
keep "$T/kemlu"
expect 3 "a card with another fingerprint" saksi --home "$T/kemlu" trust \
    --json "$T/bawaslu.card.json" --fingerprint "$(fingerprint kpu)"
expect_code 202 "code 202"
expect_said "the right one is shown" "$(fingerprint bawaslu)"
expect 3 "a fingerprint cut short" saksi --home "$T/kemlu" trust \
    "$T/bawaslu.card.json" --fingerprint \
    "$(fingerprint bawaslu | cut -c1-9)"
expect 3 "an empty fingerprint" saksi --home "$T/kemlu" trust \
    "$T/bawaslu.card.json" --fingerprint ''
expect 2 "nobody to ask" setsid -w saksi --home "$T/kemlu" trust \
    "$T/bawaslu.card.json"
sed 's/Bawaslu/Bawasla/' "$T/bawaslu.card.json" >"$T/edited.card.json"
cp "$T/bawaslu.card.json.minisig" "$T/edited.card.json.minisig"
expect 3 "an edited card" saksi --home "$T/kemlu" trust --json \
    "$T/edited.card.json" --fingerprint "$(fingerprint bawaslu)"
expect_code 201 "code 201"
expect_said "the file is named" 'edited\.card\.json'
rm "$T/edited.card.json.minisig"
expect 1 "a card without a signature" saksi --home "$T/kemlu" trust \
    "$T/edited.card.json" --fingerprint "$(fingerprint bawaslu)"
expect_same "nothing was pinned or noted" "$T/kemlu"
expect 0 "the right fingerprint, as it is read aloud" saksi --home \
    "$T/kemlu" trust "$T/bawaslu.card.json" --fingerprint \
    "$(fingerprint bawaslu | tr '[:lower:]' '[:upper:]')"
check "is pinned" saksi --home "$T/kemlu" party show BAWASLU

# A second party of the same name.
make_party other BAWASLU Bawaslu >"$T/out" 2>&1
keep "$T/kemlu"
expect 3 "another root under a pinned name" saksi --home "$T/kemlu" trust \
    --json "$T/other.card.json" --fingerprint "$(fingerprint other)"
expect_code 202 "code 202"
expect_same "the pinned one stays" "$T/kemlu"

# A pinned card that somebody edits on our own disk.
cp "$T/kemlu/parties/KPU.card.json" "$T/kpu.pinned"
sed -i 's/Komisi/Komosi/' "$T/kemlu/parties/KPU.card.json"
remember
expect 3 "an edited pinned card: send" send "$T/warga.csv"
expect_code 201 "an edited pinned card: code 201"
expect_said "an edited pinned card: it is named" 'KPU\.card\.json'
cp "$T/kpu.pinned" "$T/kemlu/parties/KPU.card.json"
expect_unchanged "an edited pinned card"

# ---- permissions ----

expect_closed() { # NAME PATH MODE GOOD
	chmod "$3" "$2"
	remember
	expect 1 "$1: send" send "$T/warga.csv"
	expect_said "$1: the chmod is told" "run: chmod go= $2"
	expect 1 "$1: saksi" saksi --home "$T/kemlu" party list
	chmod "$4" "$2"
	expect_unchanged "$1"
}
expect_closed "an open home" "$T/kemlu" 755 700
expect_closed "open keys" "$T/kemlu/keys" 711 700
expect_closed "a readable signing key" "$T/kemlu/keys/signing.key" 644 600
expect_closed "a root key for the group" "$T/kemlu/keys/root.key" 640 600
chmod 644 "$T/kpu/keys/decryption.key"
expect 1 "a readable decryption key: receive" receive
chmod 600 "$T/kpu/keys/decryption.key"
rm "$T/kemlu/parties/BAWASLU."*
mv "$T/kemlu/keys/signing.key" "$T/signing.key"
ln -s "$T/signing.key" "$T/kemlu/keys/signing.key"
remember
expect 1 "a key behind a link: send" send "$T/warga.csv"
mv "$T/signing.key" "$T/kemlu/keys/signing.key"
expect_unchanged "a key behind a link"
expect 1 "no home" saksi --home "$T/nowhere" card
expect_said "it says how to make one" 'saksi init'

# A signing key that our own card does not vouch for.
cp "$T/kemlu/keys/signing.key" "$T/signing.key"
cp "$T/kpu/keys/signing.key" "$T/kemlu/keys/signing.key"
refused 202 "a signing key of another" send "$T/warga.csv"
cp "$T/signing.key" "$T/kemlu/keys/signing.key"

# ---- configuration ----

conf=$T/kemlu/serahterima.conf
cp "$conf" "$T/conf"
bad_conf() { # NAME LINE SAID
	echo "$2" >>"$conf"
	remember
	expect 1 "$1: send" send "$T/warga.csv"
	expect_said "$1: file, line and fault" \
	    "serahterima\.conf:$(wc -l <"$conf"): .*$3"
	cp "$T/conf" "$conf"
	expect_unchanged "$1"
}
bad_conf "an unknown key" 'kunci = 1' "unknown key 'kunci'"
bad_conf "a key twice" 'party = KEMLU' "key 'party' is given twice"
bad_conf "an unknown section" '[jump hub]' 'unknown section'
bad_conf "a level too high" 'level = 20' "bad value of 'level'"
bad_conf "a line that is none" 'level' 'neither'
bad_conf "a drop's key outside a section" 'user = kpu' "'user' belongs in"
sed -i 's/^party = KEMLU/party = LAIN/' "$conf"
remember
expect 1 "a party without keys of its own: send" send "$T/warga.csv"
cp "$T/conf" "$conf"
expect_unchanged "a party without keys of its own"
expect 0 "all mended: send" send "$T/warga.csv"
plan 94

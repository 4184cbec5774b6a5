#!/bin/sh
# Goal: a parcel refused once for one reason and once more for another is told
# of both, and mended where the second is damage on the drop.
. "${srcdir:-.}/tests/flow/lib.sh"

WORLD_DROP=file
world
expect 0 'sent' send "$T/warga.csv"

# The receiver has lost its key for a while.
cp "$T/kpu/keys/decryption.key" "$T/good.key"
saksi --home "$T/other" init --party LAIN --name Lain --no-passphrase -q
cat "$T/other/keys/decryption.key" >"$T/kpu/keys/decryption.key"
expect 3 'cannot be decrypted' receive
expect_code 405 'with its code'
expect 3 'the sender is told' collect
expect_code 405 'with that code'
expect_absent 'nothing staged' "$(staged_dir 1)"

# The key is back, but the fetched copy is lost and the one on the drop damaged.
rm -rf "$T/kpu/inbox/$A"
cat "$T/good.key" >"$T/kpu/keys/decryption.key"
flip "$(parcel_dir 1)/payload.tar.zst.age" 300
expect 3 'damaged' receive
expect_code 404 'with its code'
expect 0 'the sender puts it there again' collect
expect_said 'and says so' '"result":"mended"'
expect 0 'staged at last' receive
check 'the very bytes' cmp "$T/warga.csv" "$(staged_dir 1)/warga.csv"
expect 0 'acknowledged' collect
expect_said 'and let go' '"result":"acknowledged"'
plan 14

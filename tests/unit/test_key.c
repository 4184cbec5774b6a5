/* key: minisign's files, ours and the real program's, and damaged ones. */
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "key/key.h"
#include "tap.h"

static char dir[PATH_MAX];
static int dir_fd = -1;

static int __attribute__((format(printf, 1, 2))) sh(const char *fmt, ...)
{
	char line[2 * PATH_MAX] = "";
	va_list ap;
	int n = 0;

	n = snprintf(line, sizeof line, "cd '%s' && exec >log 2>&1 && ", dir);
	va_start(ap, fmt);
	(void)vsnprintf(line + n, sizeof line - (size_t)n, fmt, ap);
	va_end(ap);
	return system(line);
}

static enum fault
save(const char *name, const struct buf *b)
{
	return io_save(dir_fd, name, b->data, b->len, 0600, true, NULL);
}

static enum fault
load(struct buf *b, const char *name)
{
	return io_load(b, dir_fd, name, NULL);
}

static enum fault
verify(const struct buf *sig, const struct public_key *k, const void *bytes,
    size_t len)
{
	static struct signature s;
	enum fault f = signature_parse(&s, sig->data, sig->len, NULL);

	return f != FAULT_NONE ? f : signature_verify(&s, k, bytes, len, NULL);
}

/* ---- keys ---- */

static void
round_trip(const struct secret_key *k)
{
	struct buf b = BUF_MAX(LIMIT_KEY_FILE);
	struct secret_key *again = NULL;
	struct public_key one;
	struct public_key two;
	char text[KEY_TEXT_LEN] = "";
	bool encrypted = true;

	secret_key_public(k, &one);
	TAP_INT(secret_key_format(&b, k, NULL, "a comment", NULL), FAULT_NONE);
	TAP_INT(
	    secret_key_encrypted(&encrypted, b.data, b.len, NULL), FAULT_NONE);
	TAP_OK(!encrypted);
	TAP_INT(
	    secret_key_parse(&again, b.data, b.len, NULL, NULL), FAULT_NONE);
	secret_key_public(again, &two);
	TAP_OK(public_key_equal(&one, &two));
	secret_key_free(again);
	buf_wipe(&b);
	TAP_INT(
	    secret_key_format(&b, k, NULL, "two\nlines", NULL), FAULT_FORMAT);
	TAP_INT(b.len, 0);

	public_key_text(text, &one);
	TAP_OK(strncmp(text, "RW", 2) == 0 && strlen(text) == 56);
	TAP_INT(public_key_from_text(&two, text, NULL), FAULT_NONE);
	TAP_OK(public_key_equal(&one, &two));
	TAP_INT(public_key_format(&b, &one, "public"), FAULT_NONE);
	TAP_INT(public_key_parse(&two, b.data, b.len, NULL), FAULT_NONE);
	TAP_OK(public_key_equal(&one, &two));
	text[0] = 'S';
	TAP_INT(public_key_from_text(&two, text, NULL), FAULT_FORMAT);
	TAP_INT(public_key_from_text(&two, "", NULL), FAULT_FORMAT);
	buf_free(&b);
	secret_key_free(NULL);

	/* libsodium 1.0.18 by itself takes 0xaf for '/'. */
	memset(&one, 0xff, sizeof one);
	public_key_text(text, &one);
	TAP_OK(text[20] == '/');
	text[20] = (char)0xaf;
	TAP_INT(public_key_from_text(&two, text, NULL), FAULT_FORMAT);
}

static void
fingerprint(void)
{
	struct public_key k = { { 0 }, { 0 } };
	char text[KEY_FINGERPRINT_LEN] = "";
	/* sha256sum of 32 zero bytes */
	static const char want[] = "6668 7aad f862 bd77 6c8f c18b 8e9f 8e20 "
				   "0897 1485 6ee2 33b3 902a 591d 0d5f 2925";

	public_key_fingerprint(text, &k);
	TAP_STR(text, want);
	TAP_OK(public_key_fingerprint_equal(&k, text));
	TAP_OK(public_key_fingerprint_equal(&k,
	    "66687AADF862BD776C8FC18B8E9F8E20"
	    "0897:1485:6ee2:33b3:902a:591d:0d5f:2925\n"));
	text[78] = '4';
	TAP_OK(!public_key_fingerprint_equal(&k, text));
	TAP_OK(!public_key_fingerprint_equal(&k, ""));
	TAP_OK(!public_key_fingerprint_equal(&k, "6668 7aad"));
	TAP_OK(!public_key_fingerprint_equal(&k,
	    "6668 7aad f862 bd77 6c8f "
	    "c18b 8e9f 8e20 0897 1485 6ee2 33b3 902a 591d 0d5f 2925 0"));
}

static void
damaged_keys(const struct secret_key *k)
{
	struct buf b = BUF_MAX(LIMIT_KEY_FILE);
	struct secret_key *out = NULL;
	char *at = NULL;
	char was = 0;
	bool encrypted = false;

	TAP_INT(secret_key_format(&b, k, NULL, "x", NULL), FAULT_NONE);
	/* Cut at every length: never a key, save without the last newline. */
	for (size_t n = 0; n + 1 < b.len; n++)
		if (secret_key_parse(&out, b.data, n, NULL, NULL) !=
			FAULT_FORMAT ||
		    out != NULL)
			TAP_INT(n, -1);
	TAP_INT(
	    secret_key_parse(&out, b.data, b.len - 1, NULL, NULL), FAULT_NONE);
	secret_key_free(out);
	/* A changed seed does not belong to the public half. */
	at = strchr(buf_text(&b), '\n') + 1;
	at += 62 * 4 / 3 + 4;
	was = *at;
	*at = was == 'A' ? 'B' : 'A';
	TAP_INT(
	    secret_key_parse(&out, b.data, b.len, NULL, NULL), FAULT_FORMAT);
	TAP_OK(out == NULL);
	*at = was;
	/* Something behind the last line. */
	TAP_INT(buf_puts(&b, "x\n"), FAULT_NONE);
	TAP_INT(
	    secret_key_parse(&out, b.data, b.len, NULL, NULL), FAULT_FORMAT);
	TAP_INT(secret_key_parse(&out, NULL, 0, NULL, NULL), FAULT_FORMAT);
	TAP_INT(secret_key_encrypted(&encrypted, "", 0, NULL), FAULT_FORMAT);
	TAP_OK(!encrypted);
	buf_wipe(&b);
}

/* "Ed", "Sc", "B2", salt of zeros, then ops and mem of all ones. */
static void
greedy_key(void)
{
	char text[320] = "untrusted comment: x\nRWRTY0Iy";
	struct secret_key *out = NULL;
	struct cause why;
	size_t n = strlen(text);

	/* 158 bytes are 212 characters; 6 are written, 32 of salt follow. */
	memset(text + n, 'A', 42);
	n += 42;
	/* From the salt's last bits on all ones: both limits are 2^64-1. */
	memset(text + n, '/', 162);
	n += 162;
	memcpy(text + n - 2, "8=\n", 4);
	cause_clear(&why);
	TAP_INT(secret_key_parse(&out, text, strlen(text), "p", &why),
	    FAULT_LARGER);
	TAP_INT(why.fault, FAULT_LARGER);
	TAP_OK(out == NULL);
}

/* ---- signatures ---- */

static void
signing(const struct secret_key *k, const struct public_key *pub)
{
	struct buf sig = BUF_MAX(LIMIT_KEY_FILE);
	struct secret_key *other = NULL;
	struct public_key wrong;
	static char comment[LIMIT_TRUSTED_COMMENT + 1];

	TAP_INT(
	    key_sign(&sig, k, "hello", 5, "file:hello\tn:1", NULL), FAULT_NONE);
	TAP_INT(verify(&sig, pub, "hello", 5), FAULT_NONE);
	TAP_INT(verify(&sig, pub, "hellp", 5), FAULT_SIGNATURE);
	TAP_INT(verify(&sig, pub, "hello", 4), FAULT_SIGNATURE);
	TAP_INT(verify(&sig, pub, "", 0), FAULT_SIGNATURE);
	TAP_INT(secret_key_new(&other, NULL), FAULT_NONE);
	secret_key_public(other, &wrong);
	TAP_INT(verify(&sig, &wrong, "hello", 5), FAULT_UNKNOWN_SIGNER);
	/* The same id, another key: the id is only a hint. */
	memcpy(wrong.id, pub->id, sizeof wrong.id);
	TAP_INT(verify(&sig, &wrong, "hello", 5), FAULT_SIGNATURE);
	secret_key_free(other);
	buf_free(&sig);
	TAP_INT(key_sign(&sig, k, NULL, 0, "", NULL), FAULT_NONE);
	TAP_INT(verify(&sig, pub, NULL, 0), FAULT_NONE);
	buf_free(&sig);
	TAP_INT(key_sign(&sig, k, "a", 1, "two\nlines", NULL), FAULT_FORMAT);
	TAP_INT(key_sign(&sig, k, "a", 1, "\x1b[2J", NULL), FAULT_FORMAT);
	TAP_INT(key_sign(&sig, k, "a", 1, "\xff", NULL), FAULT_FORMAT);
	memset(comment, 'c', LIMIT_TRUSTED_COMMENT);
	TAP_INT(key_sign(&sig, k, "a", 1, comment, NULL), FAULT_FORMAT);
	TAP_INT(sig.len, 0);
	buf_free(&sig);
}

/* One changed byte anywhere, but in the untrusted comment, is refused. */
static void
flipped(const struct secret_key *k, const struct public_key *pub)
{
	struct buf sig = BUF_MAX(LIMIT_KEY_FILE);
	size_t accepted = 0;
	size_t first = 0;

	TAP_INT(key_sign(&sig, k, "hello", 5, "timestamp:1", NULL), FAULT_NONE);
	first = (size_t)(strchr(buf_text(&sig), '\n') - buf_text(&sig));
	for (size_t i = first; i < sig.len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			sig.data[i] ^= (unsigned char)(1U << bit);
			if (verify(&sig, pub, "hello", 5) == FAULT_NONE)
				accepted++;
			sig.data[i] ^= (unsigned char)(1U << bit);
		}
	}
	TAP_INT(accepted, 0);
	for (size_t n = 0; n + 1 < sig.len; n++) {
		struct buf cut = sig;

		cut.len = n;
		if (verify(&cut, pub, "hello", 5) == FAULT_NONE)
			accepted++;
	}
	TAP_INT(accepted, 0);
	TAP_INT(verify(&sig, pub, "hello", 5), FAULT_NONE);
	TAP_INT(buf_puts(&sig, "\r\n\n"), FAULT_NONE);
	TAP_INT(verify(&sig, pub, "hello", 5), FAULT_NONE);
	TAP_INT(buf_puts(&sig, "more"), FAULT_NONE);
	TAP_INT(verify(&sig, pub, "hello", 5), FAULT_FORMAT);
	buf_free(&sig);
}

/* ---- the real minisign ---- */

static void
ours_by_minisign(const struct secret_key *k, const struct public_key *pub)
{
	struct buf b = BUF_MAX(LIMIT_KEY_FILE);
	static char comment[LIMIT_TRUSTED_COMMENT];
	char key[KEY_TEXT_LEN] = "";

	/* As long as minisign takes: prefix, newline and NUL make 8192. */
	memset(comment, 'c', LIMIT_TRUSTED_COMMENT - 19);
	TAP_INT(key_sign(&b, k, "message", 7, comment, NULL), FAULT_NONE);
	TAP_INT(save("m.minisig", &b), FAULT_NONE);
	buf_free(&b);
	TAP_INT(buf_puts(&b, "message"), FAULT_NONE);
	TAP_INT(save("m", &b), FAULT_NONE);
	buf_free(&b);
	public_key_text(key, pub);
	TAP_INT(sh("minisign -VHm m -P %s", key), 0);
	TAP_OK(sh("printf x >>m; minisign -VHm m -P %s", key) != 0);
	TAP_INT(public_key_format(&b, pub, "ours"), FAULT_NONE);
	TAP_INT(save("ours.pub", &b), FAULT_NONE);
	buf_free(&b);
	TAP_INT(secret_key_format(&b, k, NULL, "ours, bare", NULL), FAULT_NONE);
	TAP_INT(save("ours.key", &b), FAULT_NONE);
	buf_wipe(&b);
	/* minisign signs with our secret key; both of us verify. */
	TAP_INT(sh("printf hello >n; minisign -S -s ours.key -m n -t ours && "
		   "minisign -Vm n -p ours.pub"),
	    0);
	TAP_INT(load(&b, "n.minisig"), FAULT_NONE);
	TAP_INT(verify(&b, pub, "hello", 5), FAULT_NONE);
	buf_free(&b);
	/* Legacy signatures are refused by policy. */
	TAP_INT(sh("minisign -S -l -s ours.key -m n"), 0);
	TAP_INT(load(&b, "n.minisig"), FAULT_NONE);
	TAP_INT(verify(&b, pub, "hello", 5), FAULT_SIGNATURE);
	buf_free(&b);
}

/* Encrypted keys both ways: about a gigabyte and some seconds. */
static void
encrypted_both_ways(const struct secret_key *k, const struct public_key *pub)
{
	struct buf b = BUF_MAX(LIMIT_KEY_FILE);
	struct buf file = BUF_MAX(LIMIT_KEY_FILE);
	struct secret_key *got = NULL;
	struct public_key have;
	struct public_key want;
	bool encrypted = false;

	TAP_INT(secret_key_format(&b, k, "rahasia sekali", "ours", NULL),
	    FAULT_NONE);
	TAP_INT(save("box.key", &b), FAULT_NONE);
	TAP_INT(
	    secret_key_encrypted(&encrypted, b.data, b.len, NULL), FAULT_NONE);
	TAP_OK(encrypted);
	TAP_INT(secret_key_parse(&got, b.data, b.len, NULL, NULL),
	    FAULT_PASSPHRASE);
	TAP_INT(secret_key_parse(&got, b.data, b.len, "falsch", NULL),
	    FAULT_PASSPHRASE);
	TAP_OK(got == NULL);
	buf_wipe(&b);
	TAP_INT(sh("printf hello >o; echo 'rahasia sekali' | "
		   "minisign -S -s box.key -m o"),
	    0);
	TAP_INT(load(&b, "o.minisig"), FAULT_NONE);
	TAP_INT(verify(&b, pub, "hello", 5), FAULT_NONE);
	buf_free(&b);

	TAP_INT(sh("printf 'satu\\nsatu\\n' | "
		   "minisign -G -p theirs.pub -s theirs.key"),
	    0);
	TAP_INT(load(&b, "theirs.pub"), FAULT_NONE);
	TAP_INT(load(&file, "theirs.key"), FAULT_NONE);
	TAP_INT(public_key_parse(&want, b.data, b.len, NULL), FAULT_NONE);
	TAP_INT(secret_key_parse(&got, file.data, file.len, "satu", NULL),
	    FAULT_NONE);
	if (got != NULL) {
		secret_key_public(got, &have);
		TAP_OK(public_key_equal(&have, &want));
	}
	secret_key_free(got);
	buf_free(&b);
	buf_wipe(&file);
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");
	struct secret_key *k = NULL;
	struct public_key pub;

	(void)snprintf(
	    dir, sizeof dir, "%s/test_key.XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(dir) == NULL ||
	    io_opendir(&dir_fd, AT_FDCWD, dir, NULL) != FAULT_NONE)
		return 99;
	TAP_INT(key_setup(NULL), FAULT_NONE);
	TAP_INT(secret_key_new(&k, NULL), FAULT_NONE);
	secret_key_public(k, &pub);
	round_trip(k);
	fingerprint();
	damaged_keys(k);
	greedy_key();
	signing(k, &pub);
	flipped(k, &pub);
	if (system("command -v minisign >/dev/null") == 0) {
		ours_by_minisign(k, &pub);
		encrypted_both_ways(k, &pub);
	} else
		TAP_SKIP("minisign is not installed");
	secret_key_free(k);
	(void)close(dir_fd);
	if (io_remove_tree(AT_FDCWD, dir, NULL) != FAULT_NONE)
		printf("# %s is left\n", dir);
	return TAP_DONE();
}

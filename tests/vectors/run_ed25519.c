/*
 * run_ed25519: pins which Ed25519 signatures we accept where implementations
 * differ, and that signify's files are Ed25519 but no minisign.
 *
 * usage: run_ed25519 DIR
 *
 * DIR may hold
 *	ed25519vectors.json	C2SP/CCTV: taken is what has no flag but a
 *				component of low order, or a k that readers
 *				compute alike
 *	speccheck-cases.json	novifinancial: of its twelve, the fourth
 *	NAME, NAME.sig, *.pub	signify: forgery.txt is one, the others hold
 *
 * A signature of ours is over a hash, so a published one cannot pass through
 * signature_verify: libsodium's function is driven, the same that it calls.
 * signify's two lines go through our minisign reader, which must refuse them.
 */
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/io.h"
#include "base/limits.h"
#include "key/key.h"
#include "text/doc.h"

#define FILE_MAX (64 * MIB)
#define SIG_LEN 64
/* "Ed", key id, then key or signature. */
#define PUBLIC_LEN (2 + KEY_ID_LEN + KEY_PUBLIC_LEN)
#define SIGNED_LEN (2 + KEY_ID_LEN + SIG_LEN)

static unsigned passed, failed;
static int dir = -1;

static void
verdict(bool ok, const char *what, const char *why)
{
	if (ok) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED %s: %s\n", what, why);
}

static struct doc *
load(const char *name)
{
	struct buf file = BUF_MAX(FILE_MAX);
	struct doc *d = NULL;
	enum fault f = io_load(&file, dir, name, NULL);

	if (f == FAULT_NONE)
		verdict(doc_parse(&d, file.data, file.len, NULL) == FAULT_NONE,
		    name, "cannot be read");
	buf_free(&file);
	return d;
}

/* Whether a case's signature holds; msg as text or in hexadecimal. */
static bool
holds(const struct node *c, const char *key, const char *sig, const char *hex,
    const char *text)
{
	unsigned char k[KEY_PUBLIC_LEN], s[SIG_LEN], m[256];
	const char *msg = node_text(c, hex != NULL ? hex : text);
	size_t len = msg == NULL ? 0 : strlen(msg);

	if (msg == NULL || len > sizeof(m) || node_text(c, key) == NULL ||
	    node_text(c, sig) == NULL ||
	    !hex_decode(k, sizeof(k), node_text(c, key)) ||
	    !hex_decode(s, sizeof(s), node_text(c, sig)) ||
	    (hex != NULL && !hex_decode(m, len / 2, msg))) {
		verdict(false, key, "a case without its members");
		return false;
	}
	return hex != NULL ? crypto_sign_verify_detached(s, m, len / 2, k) == 0
			   : crypto_sign_verify_detached(
				 s, (const unsigned char *)msg, len, k) == 0;
}

/* ---- C2SP/CCTV ---- */

/* What lets one key or signature have two forms, or one signature hold under
 * many keys. */
static bool
ambiguous(const struct node *flags)
{
	static const char *const words[] = { "low_order_A", "low_order_R",
		"non_canonical_A", "non_canonical_R", "low_order_residue" };

	for (size_t i = 0; i < node_count(flags); i++)
		for (size_t j = 0; j < sizeof(words) / sizeof(words[0]); j++)
			if (strcmp(node_string(node_at(flags, i)), words[j]) ==
			    0)
				return true;
	return false;
}

static void
run_cctv(const struct node *cases)
{
	unsigned taken = 0;
	char what[32];

	for (size_t i = 0; i < node_count(cases); i++) {
		const struct node *c = node_at(cases, i);
		bool ok = holds(c, "key", "sig", NULL, "msg");

		(void)snprintf(what, sizeof(what), "vector %zu", i);
		verdict(ok == !ambiguous(node_get(c, "flags")), what,
		    ok ? "accepted" : "refused");
		taken += ok;
	}
	printf("# accepted: %u of %zu\n", taken, node_count(cases));
	/* The published file as a whole: libsodium 1.0.18's count. */
	if (node_count(cases) == 914)
		verdict(taken == 43, "ed25519vectors.json", "not 43 accepted");
}

/* ---- speccheck ---- */

static void
run_speccheck(const struct node *cases)
{
	char what[32];

	for (size_t i = 0; i < node_count(cases); i++) {
		bool ok = holds(
		    node_at(cases, i), "pub_key", "signature", "message", NULL);

		(void)snprintf(what, sizeof(what), "speccheck %zu", i);
		verdict(ok == (i == 3), what, ok ? "accepted" : "refused");
	}
}

/* ---- signify ---- */

/* The base64 of a file's second line, which has exactly "len" bytes. */
static bool
second_line(unsigned char *out, size_t len, const struct buf *file)
{
	const char *line = strchr(buf_text(file), '\n');
	size_t got = 0;

	return line != NULL &&
	    sodium_base642bin(out, len, line + 1, strcspn(line + 1, "\n"), NULL,
		&got, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
	    got == len;
}

static void
run_signed(const char *name, const unsigned char *public)
{
	static struct signature parsed;
	struct buf file = BUF_MAX(MIB);
	struct buf msg = BUF_MAX(MIB);
	unsigned char sig[SIGNED_LEN] = { 0 };
	char path[256] = "";
	bool forged = strncmp(name, "forgery", 7) == 0;
	bool ok = false;

	(void)snprintf(
	    path, sizeof(path), "%.*s", (int)(strlen(name) - 4), name);
	if (io_load(&file, dir, name, NULL) != FAULT_NONE ||
	    io_load(&msg, dir, path, NULL) != FAULT_NONE ||
	    !second_line(sig, sizeof(sig), &file)) {
		verdict(false, name, "cannot be read");
		goto out;
	}
	ok = crypto_sign_verify_detached(sig + 2 + KEY_ID_LEN, msg.data,
		 msg.len, public + 2 + KEY_ID_LEN) == 0;
	verdict(ok == !forged, name, ok ? "holds" : "does not hold");
	verdict(
	    signature_parse(&parsed, file.data, file.len, NULL) == FAULT_FORMAT,
	    name, "two lines taken as minisign's four");
out:
	buf_free(&file);
	buf_free(&msg);
}

/* A public key has one form in both programs; a secret key has not. */
static bool
run_key(unsigned char *public, const char *name, bool secret)
{
	struct buf file = BUF_MAX(MIB);
	struct secret_key *k = NULL;
	struct public_key read;
	bool is = false;

	if (io_load(&file, dir, name, NULL) != FAULT_NONE)
		verdict(false, name, "cannot be read");
	else if (secret)
		verdict(secret_key_parse(&k, file.data, file.len, "", NULL) ==
			FAULT_FORMAT,
		    name, "taken as a secret key of minisign's");
	else if (second_line(public, PUBLIC_LEN, &file)) {
		is = true;
		verdict(public_key_parse(&read, file.data, file.len, NULL) ==
			    FAULT_NONE &&
			memcmp(read.key, public + 2 + KEY_ID_LEN,
			    KEY_PUBLIC_LEN) == 0,
		    name, "not read as a public key");
	}
	secret_key_free(k);
	buf_free(&file);
	return is;
}

static bool
ends(const char *name, const char *with)
{
	size_t n = strlen(name);

	return n > 4 && strcmp(name + n - 4, with) == 0;
}

static void
run_signify(const struct io_names *names)
{
	unsigned char public[PUBLIC_LEN] = { 0 };
	bool key = false;

	for (size_t i = 0; i < names->n; i++)
		if (ends(names->name[i], ".pub"))
			key = run_key(public, names->name[i], false) || key;
		else if (ends(names->name[i], ".sec"))
			(void)run_key(public, names->name[i], true);
	for (size_t i = 0; i < names->n; i++)
		if (ends(names->name[i], ".sig"))
			run_signed(names->name[i], public);
	if (key)
		printf("# signify: its signatures hold, its files are none "
		       "of ours\n");
}

int
main(int argc, char **argv)
{
	struct io_names names = { NULL, 0 };
	struct doc *cctv = NULL;
	struct doc *speccheck = NULL;

	if (argc != 2) {
		fprintf(stderr, "usage: run_ed25519 DIR\n");
		return 2;
	}
	if (key_setup(NULL) != FAULT_NONE ||
	    io_opendir(&dir, AT_FDCWD, argv[1], NULL) != FAULT_NONE ||
	    io_names(&names, dir, ".", 10000, NULL) != FAULT_NONE) {
		fprintf(stderr, "run_ed25519: %s: cannot be read\n", argv[1]);
		return 2;
	}
	cctv = load("ed25519vectors.json");
	speccheck = load("speccheck-cases.json");
	if (cctv != NULL)
		run_cctv(doc_root(cctv));
	if (speccheck != NULL)
		run_speccheck(doc_root(speccheck));
	run_signify(&names);
	doc_free(cctv);
	doc_free(speccheck);
	io_names_free(&names);
	printf("%u passed, %u failed, 0 skipped\n", passed, failed);
	return failed > 0 || passed == 0 ? 1 : 0;
}

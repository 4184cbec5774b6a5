/*
 * run_minisign: holds our minisign reader against a folder of published keys
 * and signatures.
 *
 * usage: run_minisign DIR
 *
 * DIR holds CASES.tsv (verify/CASE.pub, .msg, .minisig), PARSE.tsv
 * (parse/FILE), KEYS.tsv (keys/FILE) and reference-0.11/INDEX.tsv (CASE.msg,
 * .minisig, signed by keys/unencrypted.key).  A case whose files are not there
 * is skipped aloud.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "key/key.h"

#define FILE_MAX (4 * 1024 * 1024)
#define COLUMNS 6

/* Where our policy is stricter than the table's "valid" or "accept". */
static const struct exception {
	const char *row;  /* case or file, or "mode legacy" */
	enum fault fault; /* what we answer instead */
	const char *reason;
} exceptions[] = {
	{ "mode legacy", FAULT_SIGNATURE,
	    "legacy signatures are refused: one kind, prehashed" },
	{ "sig-00.minisig", FAULT_SIGNATURE,
	    "its lines are well-formed; it is a legacy signature" },
	{ "sig-01.minisig", FAULT_SIGNATURE,
	    "its lines are well-formed; it is a legacy signature" },
	{ "robtest.ps1.minisig", FAULT_SIGNATURE,
	    "its lines are well-formed; it is a legacy signature" },
};

static unsigned passed, failed, skipped;
static int dir = -1;

/* ---- the tables ---- */

struct row {
	char *column[COLUMNS];
};

static void
verdict(const char *name, bool good, enum fault got, const char *want)
{
	if (good) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED %s: wanted %s, got fault %d\n", name, want, (int)got);
}

static const struct exception *
exception_of(const char *row, const char *mode)
{
	for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++) {
		const char *e = exceptions[i].row;

		if (strcmp(e, row) == 0 ||
		    (mode != NULL && strncmp(e, "mode ", 5) == 0 &&
			strcmp(e + 5, mode) == 0))
			return &exceptions[i];
	}
	return NULL;
}

static bool
load(struct buf *out, const char *folder, const char *name, const char *suffix)
{
	char path[256] = "";

	(void)snprintf(path, sizeof path, "%s/%s%s", folder, name, suffix);
	if (io_load(out, dir, path, NULL) == FAULT_NONE &&
	    buf_put(out, "", 0) == FAULT_NONE)
		return true;
	return false;
}

static void
skip(const char *name)
{
	skipped++;
	printf("SKIPPED %s: its files are not in this folder\n", name);
}

/* Calls each for every row after the head. */
static bool
table(const char *path, void (*each)(const struct row *))
{
	struct buf text = BUF_MAX(FILE_MAX);
	char *rest = NULL;
	char *line = NULL;
	bool head = true;

	if (io_load(&text, dir, path, NULL) != FAULT_NONE) {
		buf_free(&text);
		return false;
	}
	rest = (char *)text.data;
	while ((line = strsep(&rest, "\n")) != NULL) {
		struct row r = { { NULL } };
		size_t n = 0;
		char *cell = NULL;

		while (n < COLUMNS && (cell = strsep(&line, "\t")) != NULL)
			r.column[n++] = cell;
		if (!head && n >= 3)
			each(&r);
		head = false;
	}
	buf_free(&text);
	return true;
}

/* ---- the cases ---- */

/* A public key file of two lines, or the bare base64 line. */
static enum fault
public_read(struct public_key *out, struct buf *bytes)
{
	if (strncmp(buf_text(bytes), "untrusted", 9) == 0)
		return public_key_parse(out, bytes->data, bytes->len, NULL);
	while (bytes->len > 0 && strchr("\r\n", bytes->data[bytes->len - 1]))
		bytes->data[--bytes->len] = '\0';
	return public_key_from_text(out, buf_text(bytes), NULL);
}

static enum fault
verify(const struct public_key *k, const struct buf *msg, const struct buf *sig)
{
	static struct signature s;
	enum fault f = signature_parse(&s, sig->data, sig->len, NULL);

	if (f == FAULT_NONE)
		f = signature_verify(&s, k, msg->data, msg->len, NULL);
	return f;
}

/* What the table's word asks of us. */
static bool
answers(const char *expect, enum fault f)
{
	if (strcmp(expect, "valid") == 0 || strcmp(expect, "accept") == 0)
		return f == FAULT_NONE;
	if (strcmp(expect, "invalid-signature") == 0 ||
	    strcmp(expect, "invalid-comment-signature") == 0)
		return f == FAULT_SIGNATURE;
	if (strcmp(expect, "key-id-mismatch") == 0)
		return f == FAULT_UNKNOWN_SIGNER;
	/* malformed-public-key, reject */
	return f == FAULT_FORMAT;
}

static void
judge(const char *name, const char *mode, const char *expect, enum fault f)
{
	const struct exception *e = exception_of(name, mode);

	if (e != NULL && strncmp(expect, "malformed", 9) != 0) {
		printf("STRICTER %s: %s\n", name, e->reason);
		verdict(name, f == e->fault, f, "the exception's fault");
		return;
	}
	verdict(name, answers(expect, f), f, expect);
}

static void
case_row(const struct row *r)
{
	const char *name = r->column[0];
	struct buf pub = BUF_MAX(FILE_MAX);
	struct buf msg = BUF_MAX(FILE_MAX);
	struct buf sig = BUF_MAX(FILE_MAX);
	struct public_key k;
	enum fault f = FAULT_NONE;

	/* Some signed their own public key file. */
	if (!load(&pub, "verify", name, ".pub") ||
	    !load(&sig, "verify", name, ".minisig") ||
	    (!load(&msg, "verify", name, ".msg") &&
		!load(&msg, "verify", name, ".pub"))) {
		skip(name);
		goto out;
	}
	f = public_read(&k, &pub);
	if (f == FAULT_NONE)
		f = verify(&k, &msg, &sig);
	judge(name, r->column[1], r->column[2], f);
out:
	buf_free(&pub);
	buf_free(&msg);
	buf_free(&sig);
}

static void
reference_row(const struct row *r)
{
	const char *name = r->column[0];
	struct buf pub = BUF_MAX(FILE_MAX);
	struct buf msg = BUF_MAX(FILE_MAX);
	struct buf sig = BUF_MAX(FILE_MAX);
	struct public_key k;
	enum fault f = FAULT_NONE;

	if (!load(&pub, "keys", "unencrypted.pub", "") ||
	    !load(&msg, "reference-0.11", name, ".msg") ||
	    !load(&sig, "reference-0.11", name, ".minisig")) {
		skip(name);
		goto out;
	}
	f = public_read(&k, &pub);
	if (f == FAULT_NONE)
		f = verify(&k, &msg, &sig);
	judge(name, r->column[1], r->column[2], f);
	/* One flipped bit in a message that is not empty. */
	if (f == FAULT_NONE && msg.len > 0) {
		msg.data[msg.len / 2] ^= 1;
		f = verify(&k, &msg, &sig);
		verdict(name, f == FAULT_SIGNATURE, f, "a refused bit");
	}
out:
	buf_free(&pub);
	buf_free(&msg);
	buf_free(&sig);
}

static void
parse_row(const struct row *r)
{
	static struct signature s;
	const char *name = r->column[0];
	struct buf file = BUF_MAX(FILE_MAX);
	struct public_key k;
	enum fault f = FAULT_NONE;

	if (!load(&file, "parse", name, ""))
		skip(name);
	else {
		f = strncmp(name, "pub", 3) == 0
		    ? public_read(&k, &file)
		    : signature_parse(&s, file.data, file.len, NULL);
		judge(name, NULL, r->column[1], f);
	}
	buf_free(&file);
}

static void
key_row(const struct row *r)
{
	const char *name = r->column[0];
	bool bare = strncmp(r->column[2], "(none", 5) == 0;
	struct buf file = BUF_MAX(FILE_MAX);
	struct buf pub = BUF_MAX(FILE_MAX);
	struct secret_key *k = NULL;
	struct public_key have;
	struct public_key want;
	enum fault f = FAULT_NONE;

	if (!load(&file, "keys", name, "")) {
		skip(name);
		goto out;
	}
	f = secret_key_parse(
	    &k, file.data, file.len, bare ? NULL : r->column[2], NULL);
	verdict(name, f == FAULT_NONE, f, "a key");
	if (f == FAULT_NONE && strcmp(r->column[1], "-") != 0 &&
	    load(&pub, "keys", r->column[1], "")) {
		secret_key_public(k, &have);
		f = public_read(&want, &pub);
		verdict(r->column[1],
		    f == FAULT_NONE && public_key_equal(&have, &want), f,
		    "the same public key");
	}
out:
	secret_key_free(k);
	buf_free(&file);
	buf_free(&pub);
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: run_minisign DIR\n");
		return 2;
	}
	if (key_setup(NULL) != FAULT_NONE ||
	    io_opendir(&dir, AT_FDCWD, argv[1], NULL) != FAULT_NONE ||
	    !table("CASES.tsv", case_row) || !table("PARSE.tsv", parse_row) ||
	    !table("KEYS.tsv", key_row) ||
	    !table("reference-0.11/INDEX.tsv", reference_row)) {
		fprintf(stderr, "run_minisign: %s: cannot be read\n", argv[1]);
		return 2;
	}
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed > 0 || passed == 0 ? 1 : 0;
}

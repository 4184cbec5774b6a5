/*
 * run_age: opens each vector of a folder in the C2SP/CCTV age format and holds
 * the outcome against what the vector expects.
 *
 * usage: run_age DIR
 *
 * The classes of failure are kept apart, and the SHA-256 of every byte released
 * must be the vector's.  What we do not offer (armor, passphrases, hybrid keys)
 * must be refused with nothing released.  Each vector is opened twice: whole,
 * and one byte at a time.
 *
 * A folder with *.age files, and its folders, are read otherwise: each file is
 * opened with each identity of the *.txt beside it.  INDEX.tsv (file, bytes,
 * recipients, SHA-256) says what must come of it, and to how many.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "envelope/unseal.h"
#include "key/hash.h"
#include "key/key.h"

#define VECTOR_MAX (4 * 1024 * 1024)
#define INFLATED_MAX (32UL * 1024 * 1024)
#define IDENTITIES_MAX 8

struct vector {
	char expect[32];
	char payload[HASH_TEXT_LEN];
	char identity[IDENTITIES_MAX][128];
	size_t n_identities;
	bool passphrase;
	bool armored;
	bool compressed;
	bool unknown; /* a key that we do not know: skip */
	const unsigned char *body;
	size_t body_len;
};

/* What opening it gave. */
struct outcome {
	const char *class; /* in the vectors' words */
	char released[HASH_TEXT_LEN];
	uint64_t bytes;
	size_t stanzas;
	enum fault fault;
};

/* ---- the vector ---- */

static void
copy(char *out, size_t cap, const char *value, size_t len)
{
	if (len >= cap)
		len = cap - 1;
	memcpy(out, value, len);
	out[len] = '\0';
}

static bool
line_is(const char *line, size_t len, const char *key, const char **value,
    size_t *value_len)
{
	size_t n = strlen(key);

	if (len < n + 2 || memcmp(line, key, n) != 0 || line[n] != ':' ||
	    line[n + 1] != ' ')
		return false;
	*value = line + n + 2;
	*value_len = len - n - 2;
	return true;
}

static void
vector_line(struct vector *v, const char *line, size_t len)
{
	const char *at = NULL;
	size_t n = 0;

	if (line_is(line, len, "expect", &at, &n))
		copy(v->expect, sizeof v->expect, at, n);
	else if (line_is(line, len, "payload", &at, &n))
		copy(v->payload, sizeof v->payload, at, n);
	else if (line_is(line, len, "passphrase", &at, &n))
		v->passphrase = true;
	else if (line_is(line, len, "armored", &at, &n))
		v->armored = n == 3 && memcmp(at, "yes", 3) == 0;
	else if (line_is(line, len, "compressed", &at, &n))
		v->compressed = n == 4 && memcmp(at, "zlib", 4) == 0;
	else if (line_is(line, len, "identity", &at, &n) &&
	    v->n_identities < IDENTITIES_MAX)
		copy(v->identity[v->n_identities++], sizeof v->identity[0], at,
		    n);
	else if (!line_is(line, len, "file key", &at, &n) &&
	    !line_is(line, len, "comment", &at, &n))
		v->unknown = true;
}

static bool
vector_parse(struct vector *v, const unsigned char *bytes, size_t len)
{
	const char *at = (const char *)bytes;

	memset(v, 0, sizeof *v);
	for (;;) {
		const char *lf = memchr(at, '\n', len);
		size_t n = 0;

		if (lf == NULL)
			return false;
		n = (size_t)(lf - at);
		len -= n + 1;
		if (n == 0)
			break;
		vector_line(v, at, n);
		at = lf + 1;
	}
	v->body = (const unsigned char *)at + 1;
	v->body_len = len;
	return true;
}

/* zlib is asked for at run time: it is needed here and nowhere else. */
static unsigned char *
inflated(const unsigned char *bytes, size_t *len)
{
	int (*uncompress)(unsigned char *, unsigned long *,
	    const unsigned char *, unsigned long) = NULL;
	void *lib = dlopen("libz.so.1", RTLD_NOW);
	void *symbol = lib == NULL ? NULL : dlsym(lib, "uncompress");
	unsigned char *out = NULL;
	unsigned long n = INFLATED_MAX;

	if (symbol != NULL && (out = malloc(n)) != NULL) {
		memcpy(&uncompress, &symbol, sizeof symbol);
		if (uncompress(out, &n, bytes, *len) != 0) {
			free(out);
			out = NULL;
		}
		*len = n;
	}
	if (lib != NULL)
		(void)dlclose(lib);
	return out;
}

/* ---- opening ---- */

struct bytes {
	const unsigned char *at;
	size_t left;
	size_t step; /* at most so many at a time */
};

static enum fault
bytes_read(void *self, void *out, size_t cap, size_t *got, struct cause *why)
{
	struct bytes *b = self;

	(void)why;
	*got = b->left < cap ? b->left : cap;
	if (*got > b->step)
		*got = b->step;
	memcpy(out, b->at, *got);
	b->at += *got;
	b->left -= *got;
	return FAULT_NONE;
}

static const char *
class_of(enum header_failure failure)
{
	switch (failure) {
	case HEADER_MALFORMED:
		return "header failure";
	case HEADER_NO_MATCH:
		return "no match";
	case HEADER_MAC:
		return "HMAC failure";
	case HEADER_OK:
		break;
	}
	return "payload failure";
}

static void
open_with(struct outcome *o, const unsigned char *body, size_t len,
    const struct identity *id, size_t step)
{
	struct bytes b = { body, len, step };
	struct source in = { bytes_read, &b };
	enum header_failure failure = HEADER_OK;
	struct unseal *u = NULL;
	struct hash *h = NULL;
	/* Both of unseal's ways: into our memory, and through its own. */
	size_t cap = step == 1 ? 1000 : 70000;
	unsigned char *block = malloc(cap);
	size_t got = 0;
	enum fault f = hash_new(&h);

	if (f != FAULT_NONE || block == NULL)
		abort();
	f = unseal_new_class(&u, in, id, &failure, NULL);
	while (f == FAULT_NONE) {
		struct source s = unseal_source(u);

		f = s.read(s.self, block, cap, &got, NULL);
		if (f != FAULT_NONE || got == 0)
			break;
		hash_add(h, block, got);
		o->bytes += got;
	}
	o->class = f == FAULT_NONE ? "success" : class_of(failure);
	o->fault = f;
	o->stanzas = u == NULL ? 0 : unseal_stanzas(u);
	hash_finish_text(h, o->released);
	unseal_free(u);
	hash_free(h);
	free(block);
}

/* The identities one after the other, as age does, until one matches. */
static void
vector_open(struct outcome *o, const struct vector *v, size_t step)
{
	struct identity *id = NULL;
	bool tried = false;

	memset(o, 0, sizeof *o);
	o->class = "no match";
	for (size_t i = 0; i < v->n_identities; i++) {
		if (identity_parse(&id, v->identity[i], strlen(v->identity[i]),
			NULL) != FAULT_NONE)
			continue;
		tried = true;
		open_with(o, v->body, v->body_len, id, step);
		identity_free(id);
		if (strcmp(o->class, "no match") != 0)
			return;
	}
	if (tried)
		return;
	/* A vector for a passphrase or hybrid key: any key of ours. */
	if (identity_new(&id, NULL) != FAULT_NONE)
		abort();
	open_with(o, v->body, v->body_len, id, step);
	identity_free(id);
}

/* ---- judging ---- */

/* Whether the vector asks for something that we refuse by design. */
static bool
foreign(const struct vector *v, const char *name)
{
	if (v->armored || v->passphrase || strncmp(name, "hybrid", 6) == 0 ||
	    strncmp(name, "scrypt", 6) == 0)
		return true;
	for (size_t i = 0; i < v->n_identities; i++)
		if (strncmp(v->identity[i], "AGE-SECRET-KEY-PQ-", 18) == 0)
			return true;
	return false;
}

static bool
judge(const struct vector *v, const char *name, size_t step)
{
	char empty[HASH_TEXT_LEN] = "";
	struct outcome o;
	bool good = false;

	if (hash_bytes_text(empty, "", 0) != FAULT_NONE)
		abort();
	vector_open(&o, v, step);
	if (foreign(v, name))
		good = strcmp(o.class, "success") != 0 && o.bytes == 0;
	else
		good = strcmp(o.class, v->expect) == 0 &&
		    strcmp(o.released,
			v->payload[0] != '\0' ? v->payload : empty) == 0;
	/* Whatever the class: to people and partners it is one refusal. */
	good = good && (o.fault == FAULT_NONE || o.fault == FAULT_DECRYPT);
	if (!good)
		printf("FAILED %s: expected %s, got %s after %llu bytes\n",
		    name, v->expect, o.class, (unsigned long long)o.bytes);
	return good;
}

static unsigned passed, failed, skipped;

static void
run(int dir, const char *name)
{
	struct buf file = BUF_MAX(VECTOR_MAX);
	struct vector v;
	unsigned char *body = NULL;

	if (io_load(&file, dir, name, NULL) != FAULT_NONE ||
	    !vector_parse(&v, file.data, file.len)) {
		printf("FAILED %s: cannot be read\n", name);
		failed++;
		goto out;
	}
	if (v.unknown) {
		printf("SKIPPED %s: unknown key in its header\n", name);
		skipped++;
		goto out;
	}
	if (v.compressed) {
		body = inflated(v.body, &v.body_len);
		if (body == NULL) {
			printf("SKIPPED %s: libz.so.1 is missing\n", name);
			skipped++;
			goto out;
		}
		v.body = body;
	}
	if (judge(&v, name, SIZE_MAX) && judge(&v, name, 1))
		passed++;
	else
		failed++;
out:
	free(body);
	buf_free(&file);
}

/* ---- files of the reference programs ---- */

/* Those of age's own testdata, which has no index. */
static const struct reference {
	const char *name;
	size_t recipients;
	const char *sha256;
} references[] = {
	{ "example.age", 1,
	    "bdbf81f4c46f6a18160948139283499d10363d8f7c10651858a01135b9cdf26"
	    "f" },
	{ "example.zip.age", 1,
	    "05fdc20804be2fffe560f7a971255566b8e860e96f7db6d95390c4878e18d9f"
	    "1" },
};

static bool
ends(const char *name, const char *with)
{
	size_t n = strlen(name);

	return n > strlen(with) && strcmp(name + n - strlen(with), with) == 0;
}

/* Fills the row of the index, or of the table above. */
static bool
reference_find(size_t *recipients, char sha256[HASH_TEXT_LEN], char *index,
    const char *name)
{
	char *line = index;
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof references / sizeof references[0]; i++)
		if (strcmp(references[i].name, name) == 0) {
			*recipients = references[i].recipients;
			copy(sha256, HASH_TEXT_LEN, references[i].sha256, 64);
			return true;
		}
	for (; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, n) == 0 && line[n] == '\t')
			return sscanf(line + n, "%*u %zu %64s", recipients,
				   sha256) == 2;
	}
	return false;
}

/* With each identity: the index's bytes, or "no match" and not one. */
static bool
reference_opens(const char *name, const struct buf *file, char *identities,
    size_t recipients, const char *sha256)
{
	char *line = identities;
	size_t opened = 0;
	bool good = true;

	for (; line != NULL; line = strchr(line, '\n')) {
		struct identity *id = NULL;
		struct outcome o = { NULL, "", 0, 0, FAULT_NONE };

		line += *line == '\n';
		if (strncmp(line, "AGE-SECRET-KEY-1", 16) != 0)
			continue;
		if (identity_parse(&id, line, strcspn(line, "\n"), NULL) !=
		    FAULT_NONE)
			return false;
		open_with(&o, file->data, file->len, id, SIZE_MAX);
		identity_free(id);
		if (o.fault == FAULT_NONE && strcmp(o.released, sha256) == 0 &&
		    o.stanzas == recipients)
			opened++;
		else if (strcmp(o.class, "no match") != 0 || o.bytes > 0) {
			printf("FAILED %s: %s\n", name, o.class);
			good = false;
		}
	}
	if (opened != recipients)
		printf("FAILED %s: opened by %zu of %zu recipients\n", name,
		    opened, recipients);
	return good && opened == recipients;
}

static void
reference_run(int dir, const char *name, char *identities, char *index)
{
	struct buf file = BUF_MAX(VECTOR_MAX);
	char sha256[HASH_TEXT_LEN] = "";
	size_t recipients = 0;

	if (io_load(&file, dir, name, NULL) != FAULT_NONE ||
	    !reference_find(&recipients, sha256, index, name)) {
		printf("FAILED %s: cannot be read, or in no index\n", name);
		failed++;
	} else if (reference_opens(name, &file, identities, recipients, sha256))
		passed++;
	else
		failed++;
	buf_free(&file);
}

/* Whether the folder, or one in it, holds files of that kind. */
static bool
reference_folder(int at, const char *path)
{
	struct io_names names = { NULL, 0 };
	struct buf identities = BUF_MAX(VECTOR_MAX);
	struct buf index = BUF_MAX(VECTOR_MAX);
	bool any = false;
	int dir = -1;

	if (io_opendir(&dir, at, path, NULL) != FAULT_NONE)
		return false;
	if (io_names(&names, dir, ".", 10000, NULL) != FAULT_NONE)
		abort();
	(void)!io_load(&index, dir, "INDEX.tsv", NULL);
	for (size_t i = 0; i < names.n; i++)
		if (ends(names.name[i], ".txt"))
			(void)!io_load(&identities, dir, names.name[i], NULL);
	for (size_t i = 0; i < names.n; i++)
		if (ends(names.name[i], ".age")) {
			reference_run(dir, names.name[i],
			    (char *)identities.data, (char *)index.data);
			any = true;
		} else
			any = reference_folder(dir, names.name[i]) || any;
	io_names_free(&names);
	buf_free(&identities);
	buf_free(&index);
	(void)close(dir);
	return any;
}

int
main(int argc, char **argv)
{
	struct io_names names = { NULL, 0 };
	char testdata[4096];
	int dir = -1;

	if (argc != 2) {
		fprintf(stderr, "usage: run_age DIR\n");
		return 2;
	}
	/* The vectors themselves, or the published folder that holds them. */
	(void)snprintf(testdata, sizeof(testdata), "%s/testdata", argv[1]);
	if (access(testdata, F_OK) != 0)
		(void)snprintf(testdata, sizeof(testdata), "%s", argv[1]);
	if (key_setup(NULL) != FAULT_NONE ||
	    io_opendir(&dir, AT_FDCWD, testdata, NULL) != FAULT_NONE ||
	    io_names(&names, dir, ".", 10000, NULL) != FAULT_NONE) {
		fprintf(stderr, "run_age: %s: cannot be listed\n", argv[1]);
		return 2;
	}
	if (!reference_folder(dir, "."))
		for (size_t i = 0; i < names.n; i++)
			run(dir, names.name[i]);
	io_names_free(&names);
	(void)close(dir);
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed > 0 || passed == 0 ? 1 : 0;
}

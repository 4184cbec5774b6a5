/* trust: pinning, replacing, and what a home with odd files in it does. */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "key/trust.h"
#include "tap.h"

struct made {
	struct card card;
	struct buf bytes;
	struct buf signature;
};

static int dir = -1;

static void
make(struct made *m, const struct secret_key *root, const char *party,
    uint64_t serial)
{
	memset(m, 0, sizeof *m);
	m->bytes.max = LIMIT_DOCUMENT;
	m->signature.max = LIMIT_KEY_FILE;
	(void)strcpy(m->card.party, party);
	(void)strcpy(m->card.name, party);
	m->card.serial = serial;
	secret_key_public(root, &m->card.root);
	TAP_INT(card_format(&m->bytes, &m->card), FAULT_NONE);
	TAP_INT(key_sign(&m->signature, root, m->bytes.data, m->bytes.len,
		    "card", NULL),
	    FAULT_NONE);
}

static void
drop(struct made *m)
{
	buf_free(&m->bytes);
	buf_free(&m->signature);
}

static enum fault
pin(const struct made *m)
{
	return trust_pin(dir, &m->card, &m->bytes, &m->signature, NULL);
}

static enum fault
save(const char *name, const struct buf *b)
{
	return io_save(dir, name, b->data, b->len, 0600, true, NULL);
}

/* Loads and tells how many, or the fault as a negative number. */
static int
count(struct cause *why)
{
	struct trust *t = NULL;
	enum fault f = FAULT_NONE;
	int n = 0;

	cause_clear(why);
	f = trust_load(&t, dir, why);
	n = f == FAULT_NONE ? (int)trust_count(t) : -(int)f;
	trust_free(t);
	return n;
}

static void
pinning(const struct secret_key *root, const struct secret_key *other)
{
	struct made one, two, forged, wrong;
	struct trust *t = NULL;

	make(&one, root, "KPU", 1);
	make(&two, root, "KPU", 2);
	make(&forged, other, "KPU", 3);
	TAP_INT(pin(&one), FAULT_NONE);
	TAP_INT(pin(&one), FAULT_EXISTS);
	TAP_INT(pin(&forged), FAULT_UNKNOWN_SIGNER);
	TAP_INT(pin(&two), FAULT_NONE);
	TAP_INT(pin(&one), FAULT_CHAIN);
	/* Equal serial, other bytes. */
	make(&wrong, root, "KPU", 2);
	(void)strcpy(wrong.card.name, "other");
	drop(&wrong);
	TAP_INT(card_format(&wrong.bytes, &wrong.card), FAULT_NONE);
	TAP_INT(key_sign(&wrong.signature, root, wrong.bytes.data,
		    wrong.bytes.len, "card", NULL),
	    FAULT_NONE);
	TAP_INT(pin(&wrong), FAULT_CHAIN);
	/* A signature of another card pins nothing. */
	TAP_INT(
	    trust_pin(dir, &forged.card, &forged.bytes, &two.signature, NULL),
	    FAULT_UNKNOWN_SIGNER);
	TAP_INT(trust_load(&t, dir, NULL), FAULT_NONE);
	TAP_INT(trust_count(t), 1);
	TAP_OK(trust_card(t, "KPU") == trust_at(t, 0));
	TAP_INT(trust_card(t, "KPU")->serial, 2);
	TAP_OK(trust_card(t, "KEMLU") == NULL);
	TAP_OK(trust_at(t, 1) == NULL);
	trust_free(t);
	trust_free(NULL);
	drop(&one);
	drop(&two);
	drop(&forged);
	drop(&wrong);
}

static void
loading(const struct secret_key *root)
{
	struct made three, four, kemlu;
	struct cause why;

	make(&three, root, "KPU", 3);
	make(&four, root, "KPU", 4);
	make(&kemlu, root, "KEMLU", 1);
	TAP_INT(save("README", &kemlu.bytes), FAULT_NONE);
	TAP_INT(save(".card.json", &kemlu.bytes), FAULT_NONE);
	TAP_INT(count(&why), 1);
	/* Another's signature beside it; pinning again heals it. */
	TAP_INT(save("KPU.card.json.minisig", &three.signature), FAULT_NONE);
	TAP_INT(count(&why), -FAULT_SIGNATURE);
	TAP_STR(why.file, "KPU.card.json");
	TAP_INT(pin(&three), FAULT_NONE);
	TAP_INT(count(&why), 1);
	/* A lost signature. */
	TAP_INT(io_remove_tree(dir, "KPU.card.json.minisig", NULL), FAULT_NONE);
	TAP_INT(count(&why), -FAULT_SIGNATURE);
	TAP_INT(pin(&three), FAULT_EXISTS);
	TAP_INT(count(&why), 1);
	/* A card under another party's name. */
	TAP_INT(save("BAWASLU.card.json", &kemlu.bytes), FAULT_NONE);
	TAP_INT(
	    save("BAWASLU.card.json.minisig", &kemlu.signature), FAULT_NONE);
	TAP_INT(count(&why), -FAULT_FORMAT);
	TAP_STR(why.file, "BAWASLU.card.json");
	TAP_INT(io_remove_tree(dir, "BAWASLU.card.json", NULL), FAULT_NONE);
	TAP_INT(pin(&kemlu), FAULT_NONE);
	TAP_INT(count(&why), 2);
	/* A crash while the next card takes its place: no moment without one
	 * that holds. */
	TAP_INT(
	    save("KPU.card.json.minisig.next", &four.signature), FAULT_NONE);
	TAP_INT(count(&why), 2);
	TAP_INT(save("KPU.card.json", &four.bytes), FAULT_NONE);
	TAP_INT(count(&why), 2);
	TAP_INT(why.fault, FAULT_NONE);
	TAP_INT(pin(&four), FAULT_EXISTS);
	TAP_OK(faccessat(dir, "KPU.card.json.minisig.next", F_OK, 0) != 0);
	TAP_INT(count(&why), 2);
	/* One changed byte. */
	kemlu.bytes.data[kemlu.bytes.len - 1] = ' ';
	TAP_INT(save("KEMLU.card.json", &kemlu.bytes), FAULT_NONE);
	TAP_INT(count(&why), -FAULT_SIGNATURE);
	TAP_STR(why.file, "KEMLU.card.json");
	drop(&three);
	drop(&four);
	drop(&kemlu);
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");
	char path[PATH_MAX] = "";
	struct secret_key *root = NULL;
	struct secret_key *other = NULL;
	struct cause why;

	(void)snprintf(path, sizeof path, "%s/test_trust.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(path) == NULL ||
	    io_opendir(&dir, AT_FDCWD, path, NULL) != FAULT_NONE)
		return 99;
	TAP_INT(key_setup(NULL), FAULT_NONE);
	TAP_INT(secret_key_new(&root, NULL), FAULT_NONE);
	TAP_INT(secret_key_new(&other, NULL), FAULT_NONE);
	TAP_INT(count(&why), 0);
	pinning(root, other);
	loading(root);
	secret_key_free(root);
	secret_key_free(other);
	(void)close(dir);
	if (io_remove_tree(AT_FDCWD, path, NULL) != FAULT_NONE)
		printf("# %s is left\n", path);
	return TAP_DONE();
}

/* recipient: Bech32 by its published strings, and age-keygen both ways. */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "key/key.h"
#include "key/recipient.h"
#include "tap.h"

/* A published test pair of age's own documentation tests. */
static const char secret[] =
    "AGE-SECRET-KEY-"
    "184JMZMVQH3E6U0PSL869004Y3U2NYV7R30EU99CSEDNPH02YUVFSZW44VU";
static const char created[] = "# created: 2026-11-24T05:42:00Z\n";

static enum fault
parse(struct identity **id, const char *text)
{
	return identity_parse(id, text, strlen(text), NULL);
}

static void
files(void)
{
	struct identity *id = NULL;
	struct identity *again = NULL;
	struct recipient a;
	struct recipient b;
	struct buf out = BUF_MAX(LIMIT_KEY_FILE);
	char text[RECIPIENT_TEXT_LEN] = "";

	TAP_INT(parse(&id, secret), FAULT_NONE);
	identity_recipient(id, &a);
	recipient_text(text, &a);
	TAP_OK(strlen(text) == RECIPIENT_TEXT_LEN - 1);
	TAP_INT(recipient_parse(&b, text, NULL), FAULT_NONE);
	TAP_OK(memcmp(&a, &b, sizeof a) == 0);
	TAP_INT(identity_format(&out, id, 1795498920), FAULT_NONE);
	TAP_OK(strncmp(buf_text(&out), created, strlen(created)) == 0);
	TAP_OK(strstr(buf_text(&out), secret) != NULL);
	TAP_OK(strstr(buf_text(&out), text) != NULL);
	TAP_INT(identity_parse(&again, out.data, out.len, NULL), FAULT_NONE);
	identity_recipient(again, &b);
	TAP_OK(memcmp(&a, &b, sizeof a) == 0);
	identity_free(again);
	/* Twice the same key is two keys. */
	TAP_INT(buf_puts(&out, secret), FAULT_NONE);
	TAP_INT(identity_parse(&again, out.data, out.len, NULL), FAULT_FORMAT);
	TAP_OK(again == NULL);
	identity_free(id);
	identity_free(NULL);
	buf_wipe(&out);
	TAP_INT(identity_new(&id, NULL), FAULT_NONE);
	identity_recipient(id, &b);
	TAP_OK(memcmp(&a, &b, sizeof a) != 0);
	identity_free(id);
}

static void
refused(void)
{
	struct identity *id = NULL;
	struct recipient r;
	char text[128] = "";
	size_t accepted = 0;

	TAP_INT(parse(&id, ""), FAULT_FORMAT);
	TAP_INT(parse(&id, "# only a comment\n\n"), FAULT_FORMAT);
	TAP_INT(parse(&id, "AGE-SECRET-KEY-PQ-1QQQQ\n"), FAULT_FORMAT);
	(void)snprintf(text, sizeof text, " %s\n", secret);
	TAP_INT(parse(&id, text), FAULT_FORMAT);
	(void)snprintf(text, sizeof text, "\r\n%s\r\n", secret);
	TAP_INT(parse(&id, text), FAULT_NONE);
	identity_free(id);
	/* Every single changed character breaks the checksum. */
	memcpy(text, secret, sizeof secret);
	for (size_t i = 0; text[i] != '\0'; i++) {
		char was = text[i];

		for (int c = 1; c < 256; c++) {
			text[i] = (char)c;
			if ((char)c == was || parse(&id, text) != FAULT_NONE)
				continue;
			accepted++;
			identity_free(id);
		}
		text[i] = was;
	}
	TAP_INT(accepted, 0);
	TAP_INT(recipient_parse(&r, "", NULL), FAULT_FORMAT);
	TAP_INT(recipient_parse(&r, secret, NULL), FAULT_FORMAT);
	TAP_INT(recipient_parse(&r,
		    "age1mnxkpf0cwn8ajwauccwmm4nyp6ttk0cz773f23rmq4wd2df504csuj"
		    "t6ee",
		    NULL),
	    FAULT_NONE);
	TAP_INT(recipient_parse(&r,
		    "AGE1MNXKPF0CWN8AJWAUCCWMM4NYP6TTK0CZ773F23RMQ4WD2DF504CSUJ"
		    "T6EE",
		    NULL),
	    FAULT_FORMAT);
	TAP_INT(recipient_parse(&r,
		    "age1mnxkpf0cwn8ajwauccwmm4nyp6ttk0cz773f23rmq4wd2df504csuj"
		    "t6ef",
		    NULL),
	    FAULT_FORMAT);
}

static void
agree(void)
{
	struct identity *a = NULL;
	struct identity *b = NULL;
	struct recipient ra;
	struct recipient rb;
	uint8_t one[32] = { 0 };
	uint8_t two[32] = { 0 };
	static const uint8_t zero[32];

	TAP_INT(identity_new(&a, NULL), FAULT_NONE);
	TAP_INT(identity_new(&b, NULL), FAULT_NONE);
	identity_recipient(a, &ra);
	identity_recipient(b, &rb);
	TAP_INT(identity_agree(a, rb.key, one), FAULT_NONE);
	TAP_INT(identity_agree(b, ra.key, two), FAULT_NONE);
	TAP_OK(memcmp(one, two, 32) == 0);
	TAP_INT(identity_agree(a, zero, one), FAULT_DECRYPT);
	TAP_OK(memcmp(one, zero, 32) == 0);
	identity_free(a);
	identity_free(b);
}

/* age-keygen reads the file we write, and we read the file it writes. */
static void
keygen(int dir_fd, const char *dir)
{
	struct identity *id = NULL;
	struct recipient r;
	struct buf out = BUF_MAX(LIMIT_KEY_FILE);
	char text[RECIPIENT_TEXT_LEN] = "";
	char line[2 * PATH_MAX] = "";

	TAP_INT(identity_new(&id, NULL), FAULT_NONE);
	identity_recipient(id, &r);
	recipient_text(text, &r);
	TAP_INT(identity_format(&out, id, 0), FAULT_NONE);
	TAP_INT(io_save(dir_fd, "ours", out.data, out.len, 0600, true, NULL),
	    FAULT_NONE);
	(void)snprintf(line, sizeof line,
	    "cd '%s' && test \"$(age-keygen -y ours)\" = %s && "
	    "age-keygen -o theirs 2>/dev/null && age-keygen -y theirs | "
	    "tr -d '\\n' >public",
	    dir, text);
	TAP_INT(system(line), 0);
	identity_free(id);
	id = NULL;
	buf_wipe(&out);
	TAP_INT(io_load(&out, dir_fd, "theirs", NULL), FAULT_NONE);
	TAP_INT(identity_parse(&id, out.data, out.len, NULL), FAULT_NONE);
	buf_wipe(&out);
	TAP_INT(io_load(&out, dir_fd, "public", NULL), FAULT_NONE);
	if (id != NULL) {
		identity_recipient(id, &r);
		recipient_text(text, &r);
		TAP_STR(text, buf_text(&out));
	}
	identity_free(id);
	buf_free(&out);
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");
	char dir[PATH_MAX] = "";
	int fd = -1;

	(void)snprintf(dir, sizeof dir, "%s/test_recipient.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(dir) == NULL ||
	    io_opendir(&fd, AT_FDCWD, dir, NULL) != FAULT_NONE)
		return 99;
	TAP_INT(key_setup(NULL), FAULT_NONE);
	files();
	refused();
	agree();
	if (system("command -v age-keygen >/dev/null") == 0)
		keygen(fd, dir);
	else
		TAP_SKIP("age-keygen is not installed");
	(void)close(fd);
	if (io_remove_tree(AT_FDCWD, dir, NULL) != FAULT_NONE)
		printf("# %s is left\n", dir);
	return TAP_DONE();
}

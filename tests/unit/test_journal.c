/*
 * test_journal: the chain holds, every break of it is named, a torn line is cut
 * off and nothing else, and several processes may write at once.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "base/cause.h"
#include "base/hex.h"
#include "base/limits.h"
#include "key/hash.h"
#include "room.h"
#include "spool/chain.h"
#include "spool/home.h"
#include "spool/journal.h"
#include "tap.h"
#include "text/doc.h"

#define NOW 1795500000 /* 2026-11-24T06:00:00Z */
#define FIRST "h/journal/000000000001.jsonl"
#define ZEROS                              \
	"00000000000000000000000000000000" \
	"00000000000000000000000000000000"

static struct cause why;
static struct home *home;

static enum fault
append(struct journal *j, const char *subject)
{
	const struct journal_member members[] = {
		{ "manifest", ZEROS, 0 },
		{ "rows", NULL, 593000 },
		{ "code", "", 0 },
	};

	cause_clear(&why);
	return journal_append(j, NOW, "sealed", subject, members, 3, &why);
}

static enum fault
verify(struct journal_head *head)
{
	cause_clear(&why);
	return journal_verify(home, head, &why);
}

/* Begins with an empty journal. */
static void
empty(void)
{
	if (io_remove_tree(room_dir, "h/journal", NULL) != FAULT_NONE ||
	    io_mkdirs(room_dir, "h/journal", NULL) != FAULT_NONE)
		printf("# cannot empty the journal\n");
}

/* A journal of n entries; the room's file FIRST holds it. */
static void
fill(int n)
{
	struct journal *j = NULL;

	empty();
	TAP_INT(journal_open(&j, home, NULL), FAULT_NONE);
	for (int i = 0; j != NULL && i < n; i++)
		if (append(j, "A/d/KEMLU/1") != FAULT_NONE)
			tap_ok(0, "append", __FILE__, __LINE__);
	journal_close(j);
}

static struct buf
load(const char *name)
{
	struct buf b = BUF_MAX(256 * MIB);

	if (io_load(&b, AT_FDCWD, room_name(name), NULL) != FAULT_NONE)
		printf("# cannot load %s\n", name);
	return b;
}

static void
test_append(void)
{
	struct journal *j = NULL;
	struct journal_head head = { 0 };
	struct buf b = { 0 };
	char hash[HASH_TEXT_LEN] = "";
	const char *line = "{\"n\":1,\"time\":\"2026-11-24T06:00:00Z\","
			   "\"event\":\"sealed\",\"subject\":\"A/d/KEMLU/1\","
			   "\"manifest\":\"" ZEROS "\",\"rows\":593000,"
			   "\"prev\":\"" ZEROS "\"}";

	empty();
	TAP_INT(journal_open(&j, home, NULL), FAULT_NONE);
	if (j == NULL)
		return;
	TAP_INT(journal_head(j, &head, NULL), FAULT_NONE);
	TAP_INT(head.entries, 0);
	TAP_STR(head.hash, ZEROS);
	TAP_INT(append(j, "A/d/KEMLU/1"), FAULT_NONE);
	TAP_INT(room_mode(FIRST), 0600);
	b = load(FIRST);
	TAP_OK(b.len > 0 && b.data[b.len - 1] == '\n');
	b.data[b.len - 1] = '\0';
	TAP_STR(buf_text(&b), line);
	TAP_INT(hash_bytes_text(hash, line, strlen(line)), FAULT_NONE);
	TAP_INT(journal_head(j, &head, NULL), FAULT_NONE);
	TAP_INT(head.entries, 1);
	TAP_STR(head.hash, hash);
	TAP_INT(append(j, "A/d/KEMLU/2"), FAULT_NONE);
	TAP_INT(journal_head(j, &head, NULL), FAULT_NONE);
	memset(hash, 0, sizeof(hash));
	journal_close(j);
	/* A new handle and a full reading come to the same head. */
	TAP_INT(journal_open(&j, home, NULL), FAULT_NONE);
	TAP_INT(append(j, "A/d/KEMLU/3"), FAULT_NONE);
	TAP_INT(journal_head(j, &head, NULL), FAULT_NONE);
	memcpy(hash, head.hash, sizeof(hash));
	TAP_INT(verify(&head), FAULT_NONE);
	TAP_INT(head.entries, 3);
	TAP_STR(head.hash, hash);
	journal_close(j);
	buf_free(&b);
}

/* What could not be read again is not written. */
static void
test_misfits(void)
{
	static char big[LIMIT_JOURNAL_LINE];
	const struct journal_member large = { "m", big, 0 };
	const struct journal_member twice = { "prev", "x", 0 };
	const struct journal_member number = { "m", NULL, UINT64_MAX };
	const struct journal_member latin = { "m", "\xe9", 0 };
	struct journal *j = NULL;
	struct journal_head head = { 0 };

	fill(1);
	memset(big, 'x', sizeof(big) - 1);
	TAP_INT(journal_open(&j, home, NULL), FAULT_NONE);
	if (j == NULL)
		return;
	TAP_INT(
	    journal_append(j, NOW, "e", "s", &large, 1, NULL), FAULT_LARGER);
	TAP_INT(
	    journal_append(j, NOW, "e", "s", &number, 1, NULL), FAULT_LARGER);
	TAP_INT(
	    journal_append(j, NOW, "e", "s", &twice, 1, NULL), FAULT_FORMAT);
	TAP_INT(
	    journal_append(j, NOW, "e", "s", &latin, 1, NULL), FAULT_FORMAT);
	big[300] = '\0';
	TAP_INT(journal_append(j, NOW, big, "s", NULL, 0, NULL), FAULT_FORMAT);
	TAP_INT(journal_append(j, NOW, "e", big, NULL, 0, NULL), FAULT_FORMAT);
	TAP_INT(append(j, "A/d/KEMLU/2"), FAULT_NONE);
	TAP_INT(verify(&head), FAULT_NONE);
	TAP_INT(head.entries, 2);
	journal_close(j);
}

/* Cuts the file to every length and opens it: whole lines stay, a torn one
 * goes, and the chain goes on. */
static void
test_torn(void)
{
	struct journal_head head = { 0 };
	struct buf b = { 0 };
	struct journal *j = NULL;
	size_t first = 0, second = 0;
	int bad = 0;

	fill(3);
	b = load(FIRST);
	first =
	    (size_t)((char *)memchr(b.data, '\n', b.len) - (char *)b.data) + 1;
	second = (size_t)((char *)memchr(b.data + first, '\n', b.len - first) -
		     (char *)b.data) +
	    1;
	for (size_t len = 0; len < b.len; len++) {
		uint64_t want = len < first ? 0 : len < second ? 1 : 2;

		empty();
		bad += !room_write(FIRST, b.data, len);
		/* Reading alone does not mind the torn line. */
		bad += verify(&head) != FAULT_NONE || head.entries != want;
		bad += journal_open(&j, home, &why) != FAULT_NONE;
		if (j == NULL)
			continue;
		bad += room_size(FIRST) !=
		    (long)(want == 0    ? 0
			    : want == 1 ? first
					: second);
		bad += append(j, "A/d/KEMLU/9") != FAULT_NONE;
		bad += verify(&head) != FAULT_NONE || head.entries != want + 1;
		journal_close(j);
	}
	TAP_INT(bad, 0);
	/* A torn line appears while we are open: another process died. */
	empty();
	TAP_OK(room_write(FIRST, b.data, first));
	TAP_INT(journal_open(&j, home, &why), FAULT_NONE);
	TAP_OK(room_write(FIRST, b.data, first + 20));
	TAP_INT(append(j, "A/d/KEMLU/9"), FAULT_NONE);
	TAP_INT(verify(&head), FAULT_NONE);
	TAP_INT(head.entries, 2);
	/* Entries vanish while we are open: that is no crash. */
	TAP_OK(room_write(FIRST, b.data, first));
	TAP_INT(append(j, "A/d/KEMLU/9"), FAULT_CHAIN);
	TAP_INT(append(j, "A/d/KEMLU/9"), FAULT_CHAIN);
	TAP_OK(room_write(FIRST, b.data, second - 1));
	TAP_INT(append(j, "A/d/KEMLU/9"), FAULT_CHAIN);
	TAP_OK(room_write(FIRST, b.data, first));
	TAP_INT(room_size(FIRST), (long)first);
	journal_close(j);
	buf_free(&b);
}

/* Every byte of a chain is proved: any one changed is found. */
static void
test_flips(void)
{
	struct journal_head head = { 0 };
	struct journal *j = NULL;
	struct secret_key *key = NULL;
	struct buf b = { 0 };
	int found = 0;

	fill(2);
	TAP_INT(home_signing_key(home, &key, NULL), FAULT_NONE);
	TAP_INT(journal_open(&j, home, NULL), FAULT_NONE);
	if (j == NULL || key == NULL)
		return;
	TAP_INT(journal_sign(j, key, NOW, NULL), FAULT_NONE);
	TAP_INT(verify(&head), FAULT_NONE);
	b = load(FIRST);
	for (size_t i = 0; i < b.len; i++) {
		b.data[i] ^= 1;
		if (room_write(FIRST, b.data, b.len))
			found += verify(&head) == FAULT_CHAIN;
		b.data[i] ^= 1;
	}
	TAP_INT(found, b.len);
	/* A line taken away, and both lines. */
	TAP_OK(room_write(FIRST, b.data, b.len / 2));
	TAP_INT(verify(&head), FAULT_CHAIN);
	TAP_STR(why.file, "head.json");
	TAP_OK(room_write(FIRST, b.data, 0));
	TAP_INT(verify(&head), FAULT_CHAIN);
	TAP_INT(unlink(room_name(FIRST)), 0);
	TAP_INT(verify(&head), FAULT_CHAIN);
	journal_close(j);
	secret_key_free(key);
	buf_free(&b);
}

static void
test_named(void)
{
	struct journal_head head = { 0 };
	struct buf b = { 0 };
	char *second = NULL;

	fill(3);
	b = load(FIRST);
	second = (char *)memchr(b.data, '\n', b.len) + 1;
	second[20] = '\0';
	TAP_OK(room_write(FIRST, b.data, b.len));
	TAP_INT(verify(&head), FAULT_CHAIN);
	TAP_STR(why.detail, "journal entry 2: is no journal line");
	TAP_STR(why.file, "000000000001.jsonl");
	fill(3);
	buf_free(&b);
	b = load(FIRST);
	second = (char *)memchr(b.data, '\n', b.len) + 1;
	second[5] = '3';
	TAP_OK(room_write(FIRST, b.data, b.len));
	TAP_INT(verify(&head), FAULT_CHAIN);
	TAP_STR(why.detail, "journal entry 2: the line bears another number");
	second[5] = '2';
	*strstr(second, "KEMLU") = 'k';
	TAP_OK(room_write(FIRST, b.data, b.len));
	TAP_INT(verify(&head), FAULT_CHAIN);
	TAP_STR(why.detail,
	    "journal entry 3: prev is not the hash of the line before");
	/* The first file is gone, the second is there. */
	TAP_INT(
	    rename(room_name(FIRST), room_name("h/journal/000000000004.jsonl")),
	    0);
	TAP_INT(verify(&head), FAULT_CHAIN);
	TAP_STR(why.detail, "journal entry 1: no file begins with it");
	buf_free(&b);
}

static void
test_signed(void)
{
	struct journal_head head = { 0 };
	struct journal *j = NULL;
	struct secret_key *key = NULL, *other = NULL;
	struct buf b = { 0 }, old = { 0 };

	fill(2);
	TAP_INT(home_signing_key(home, &key, NULL), FAULT_NONE);
	TAP_INT(secret_key_new(&other, NULL), FAULT_NONE);
	TAP_INT(journal_open(&j, home, NULL), FAULT_NONE);
	if (j == NULL || key == NULL || other == NULL)
		return;
	TAP_INT(journal_sign(j, key, NOW, NULL), FAULT_NONE);
	old = load("h/journal/head.json.minisig");
	TAP_INT(append(j, "A/d/KEMLU/3"), FAULT_NONE);
	/* An older head still names an entry of the chain. */
	TAP_INT(verify(&head), FAULT_NONE);
	TAP_INT(head.entries, 3);
	TAP_INT(journal_sign(j, key, NOW + 1, NULL), FAULT_NONE);
	b = load("h/journal/head.json");
	TAP_OK(strstr(buf_text(&b),
		   "{\n  \"format\": \"serahterima-head/1\",\n"
		   "  \"party\": \"KPU\",\n  \"entries\": 3,\n"
		   "  \"head\": \"") == buf_text(&b));
	/* A crash between the two renames: the old signature beside the new
	 * head, the new one laid aside.  Else nothing is left there. */
	TAP_INT(room_size("h/journal/.head.json.minisig.next"), -1);
	TAP_INT(rename(room_name("h/journal/head.json.minisig"),
		    room_name("h/journal/.head.json.minisig.next")),
	    0);
	TAP_INT(verify(&head), FAULT_NONE);
	TAP_OK(room_write("h/journal/head.json.minisig", old.data, old.len));
	TAP_INT(verify(&head), FAULT_NONE);
	TAP_STR(why.file, "");
	TAP_INT(unlink(room_name("h/journal/.head.json.minisig.next")), 0);
	TAP_INT(verify(&head), FAULT_SIGNATURE);
	TAP_INT(journal_sign(j, other, NOW, NULL), FAULT_NONE);
	TAP_INT(verify(&head), FAULT_UNKNOWN_SIGNER);
	/* Long after the key's day, the journal can still be verified. */
	TAP_INT(journal_sign(j, key, NOW + 86400LL * 4000, NULL), FAULT_NONE);
	TAP_INT(verify(&head), FAULT_NONE);
	TAP_OK(room_write("h/journal/head.json", "{}", 2));
	TAP_INT(verify(&head), FAULT_FORMAT);
	journal_close(j);
	secret_key_free(key);
	secret_key_free(other);
	buf_free(&b);
	buf_free(&old);
}

static void
test_processes(void)
{
	struct journal_head head = { 0 };
	struct journal *j = NULL;
	int status = 0, failed = 0;

	empty();
	TAP_INT(journal_open(&j, home, NULL), FAULT_NONE);
	(void)fflush(stdout);
	for (int i = 0; i < 4; i++) {
		if (fork() != 0)
			continue;
		journal_close(j);
		if (journal_open(&j, home, NULL) != FAULT_NONE)
			_exit(1);
		for (int k = 0; k < 25; k++)
			if (append(j, "A/d/KEMLU/1") != FAULT_NONE)
				_exit(1);
		_exit(0);
	}
	for (int k = 0; k < 25; k++)
		failed += append(j, "A/d/KEMLU/2") != FAULT_NONE;
	while (wait(&status) > 0)
		failed += status != 0;
	TAP_INT(failed, 0);
	TAP_INT(journal_head(j, &head, NULL), FAULT_NONE);
	TAP_INT(head.entries, 125);
	TAP_INT(verify(&head), FAULT_NONE);
	TAP_INT(head.entries, 125);
	journal_close(j);
}

/* The disk is full in mid-line: nothing of the entry stays, and the next one
 * follows the last that was told. */
static void
test_room(void)
{
	struct journal_head head = { 0 };
	struct rlimit old = { 0 }, small = { 0 };
	struct journal *j = NULL;
	long size = 0;

	fill(2);
	size = room_size(FIRST);
	TAP_INT(journal_open(&j, home, NULL), FAULT_NONE);
	if (j == NULL)
		return;
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = (rlim_t)size + 50;
	TAP_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
	TAP_INT(append(j, "A/d/KEMLU/3"), FAULT_NO_ROOM);
	TAP_INT(room_size(FIRST), size);
	TAP_INT(setrlimit(RLIMIT_FSIZE, &old), 0);
	TAP_INT(append(j, "A/d/KEMLU/3"), FAULT_NONE);
	TAP_INT(verify(&head), FAULT_NONE);
	TAP_INT(head.entries, 3);
	journal_close(j);
}

/* Writes a true chain beyond LIMIT_JOURNAL_FILE quickly; its entries. */
static uint64_t
write_full(void)
{
	static char line[LIMIT_JOURNAL_LINE];
	char prev[HASH_TEXT_LEN] = ZEROS;
	FILE *f = fopen(room_name(FIRST), "w");
	uint64_t n = 0;
	long at = 0;

	while (f != NULL && at <= (long)LIMIT_JOURNAL_FILE) {
		int len = snprintf(line, sizeof(line),
		    "{\"n\":%llu,\"time\":\"2026-11-24T06:00:00Z\","
		    "\"event\":\"e\",\"subject\":\"s\",\"x\":\"%016000d\","
		    "\"prev\":\"%s\"}",
		    (unsigned long long)++n, 0, prev);

		if (hash_bytes_text(prev, line, (size_t)len) != FAULT_NONE)
			break;
		at += fprintf(f, "%s\n", line);
	}
	/* What the test left in the cache must not count as an append's. */
	if (f != NULL && fflush(f) == 0)
		(void)fsync(fileno(f));
	if (f != NULL)
		(void)fclose(f);
	return n;
}

static void
test_files(void)
{
	struct journal_head head = { 0 };
	struct journal_walk *w = NULL;
	struct journal_entry e = { 0 };
	struct journal *j = NULL, *k = NULL;
	char name[64] = "";
	uint64_t n = 0;
	long size = 0;
	int end = 0;

	empty();
	n = write_full();
	TAP_INT(journal_open(&j, home, NULL), FAULT_NONE);
	TAP_INT(journal_open(&k, home, NULL), FAULT_NONE);
	TAP_INT(append(j, "A/d/KEMLU/1"), FAULT_NONE);
	TAP_INT(append(k, "A/d/KEMLU/2"), FAULT_NONE);
	(void)snprintf(name, sizeof(name), "h/journal/%012llu.jsonl",
	    (unsigned long long)n + 1);
	TAP_OK(room_size(name) > 0);
	TAP_INT(verify(&head), FAULT_NONE);
	TAP_INT(head.entries, n + 2);
	/* A walk may begin anywhere. */
	for (uint64_t from = n - 1; from <= n + 3; from++) {
		TAP_INT(journal_walk_new(&w, home, from, NULL), FAULT_NONE);
		TAP_INT(journal_walk_next(w, &e, &end, NULL), FAULT_NONE);
		TAP_INT(end, from == n + 3);
		TAP_INT(e.n, end ? 0 : from);
		journal_entry_free(&e);
		journal_walk_free(w);
	}
	/* A crash that tore the first line of the new file. */
	journal_close(j);
	journal_close(k);
	TAP_INT(truncate(room_name(name), 30), 0);
	TAP_INT(journal_open(&j, home, NULL), FAULT_NONE);
	TAP_INT(journal_head(j, &head, NULL), FAULT_NONE);
	TAP_INT(head.entries, n);
	TAP_INT(append(j, "A/d/KEMLU/1"), FAULT_NONE);
	TAP_INT(verify(&head), FAULT_NONE);
	TAP_INT(head.entries, n + 1);
	journal_close(j);
	/* A torn line in a file that is not the newest is no crash of ours. */
	TAP_INT(truncate(room_name(name), 0), 0);
	size = room_size(FIRST);
	TAP_INT(truncate(room_name(FIRST), size - 5), 0);
	TAP_INT(journal_open(&j, home, NULL), FAULT_CHAIN);
	TAP_INT(room_size(FIRST), size - 5);
	/* No crash of ours: the tail is longer than a line. */
	TAP_INT(truncate(room_name(name), (long)LIMIT_JOURNAL_LINE * 3), 0);
	cause_clear(&why);
	TAP_INT(journal_open(&j, home, &why), FAULT_CHAIN);
	TAP_OK(j == NULL);
	TAP_INT(unlink(room_name(name)), 0);
}

static void
test_entry(void)
{
	static const char *const bad[] = { "", "{}", "[1]", "null",
		"{\"n\":0,\"time\":\"2026-11-24T06:00:00Z\",\"event\":\"e\","
		"\"subject\":\"s\",\"prev\":\"" ZEROS "\"}",
		"{\"n\":1,\"time\":\"2026-11-24\",\"event\":\"e\","
		"\"subject\":\"s\",\"prev\":\"" ZEROS "\"}",
		"{\"n\":1,\"time\":\"2026-11-24T06:00:00Z\",\"event\":\"e\","
		"\"subject\":\"s\",\"prev\":\"0\"}",
		"{\"n\":1,\"n\":1,\"time\":\"2026-11-24T06:00:00Z\","
		"\"event\":\"e\",\"subject\":\"s\",\"prev\":\"" ZEROS "\"}" };
	struct journal_entry e = { 0 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		TAP_INT(journal_entry_parse(&e, bad[i], strlen(bad[i]), NULL),
		    FAULT_FORMAT);
		TAP_OK(e.line == NULL && e.doc == NULL);
	}
	TAP_INT(chain_file_first("000000000017.jsonl"), 17);
	TAP_INT(chain_file_first("17.jsonl"), 0);
	TAP_INT(chain_file_first("000000000017.jsonl~"), 0);
	TAP_INT(chain_file_first("lock"), 0);
}

/* Opens the manual page, wherever the test is run. */
static FILE *
open_page(void)
{
	const char *const roots[] = { getenv("top_srcdir"), getenv("srcdir"),
		NULL, "." };
	char path[1024] = "", here[] = __FILE__;
	char *end = strstr(here, "tests/unit/");
	FILE *f = NULL;

	if (end != NULL)
		*end = '\0';
	for (size_t i = 0; f == NULL && i < 4; i++) {
		const char *root = i == 2 ? here : roots[i];

		if (root == NULL || (i == 2 && end == NULL))
			continue;
		(void)snprintf(path, sizeof(path),
		    "%s%sman/serahterima-journal.5", root,
		    root[0] != '\0' && i != 2 ? "/" : "");
		f = fopen(path, "r");
	}
	return f;
}

/* Copies the script out of the page; the number of its lines. */
static int
copy_script(FILE *page)
{
	FILE *out = fopen(room_name("verify.sh"), "w");
	char line[512] = "";
	int n = 0;

	while (out != NULL && fgets(line, sizeof(line), page) != NULL) {
		if (n == 0 && strcmp(line, "# verify-journal\n") != 0)
			continue;
		if (strcmp(line, ".Ed\n") == 0)
			break;
		(void)fputs(line, out);
		n++;
	}
	if (out != NULL)
		(void)fclose(out);
	return n;
}

/* Runs it in the journal; its output, "" when it says that all is well but
 * its exit status says otherwise. */
static const char *
run_script(bool good)
{
	static char out[512];
	char command[1500] = "";
	FILE *p = NULL;
	size_t n = 0;
	int status = 0;

	(void)snprintf(command, sizeof(command), "cd %s && sh %s",
	    room_name("h/journal"), room_name("verify.sh"));
	p = popen(command, "r");
	if (p == NULL)
		return "";
	n = fread(out, 1, sizeof(out) - 1, p);
	out[n] = '\0';
	status = pclose(p);
	return (status == 0) == good ? out : "";
}

/* The page's ten lines of shell come to the same verdict as we do. */
static void
test_page(void)
{
	struct journal_head head = { 0 };
	struct buf b = { 0 };
	char want[128] = "";
	FILE *page = open_page();

	if (page == NULL) {
		TAP_SKIP("man/serahterima-journal.5 is not here");
		return;
	}
	TAP_OK(copy_script(page) > 5);
	(void)fclose(page);
	fill(12);
	TAP_INT(verify(&head), FAULT_NONE);
	(void)snprintf(want, sizeof(want), "12 entries, head %s\n", head.hash);
	TAP_STR(run_script(true), want);
	b = load(FIRST);
	/* A torn line is not an entry. */
	TAP_OK(room_write(FIRST, b.data, b.len - 1));
	TAP_INT(verify(&head), FAULT_NONE);
	(void)snprintf(want, sizeof(want), "11 entries, head %s\n", head.hash);
	TAP_STR(run_script(true), want);
	/* Two files, as after the first is full. */
	for (size_t at = 0, line = 1; at < b.len; at++)
		if (b.data[at] == '\n' && line++ == 7) {
			TAP_OK(room_write(FIRST, b.data, at + 1));
			TAP_OK(room_write("h/journal/000000000008.jsonl",
			    b.data + at + 1, b.len - at - 1));
		}
	TAP_INT(verify(&head), FAULT_NONE);
	(void)snprintf(want, sizeof(want), "12 entries, head %s\n", head.hash);
	TAP_STR(run_script(true), want);
	*strstr((char *)b.data, "KEMLU") = 'k';
	TAP_OK(room_write(FIRST, b.data, (size_t)room_size(FIRST)));
	TAP_INT(verify(&head), FAULT_CHAIN);
	TAP_STR(run_script(false), "entry 2: the chain is broken\n");
	buf_free(&b);
}

/* Time of an append must not grow with the journal. */
static void
test_cost(void)
{
	struct timespec a = { 0, 0 }, b = { 0, 0 };
	struct journal *j = NULL;

	empty();
	(void)write_full();
	TAP_INT(truncate(room_name(FIRST), LIMIT_JOURNAL_FILE - 200000), 0);
	(void)clock_gettime(CLOCK_MONOTONIC, &a);
	TAP_INT(journal_open(&j, home, NULL), FAULT_NONE);
	TAP_INT(append(j, "A/d/KEMLU/1"), FAULT_NONE);
	TAP_INT(append(j, "A/d/KEMLU/2"), FAULT_NONE);
	(void)clock_gettime(CLOCK_MONOTONIC, &b);
	printf("# open and two appends to 64 MiB: %.1f ms\n",
	    (double)(b.tv_sec - a.tv_sec) * 1e3 +
		(double)(b.tv_nsec - a.tv_nsec) / 1e6);
	journal_close(j);
}

int
main(void)
{
	if (key_setup(NULL) != FAULT_NONE || !room_make())
		return 1;
	if (home_make(room_name("h"), "KPU", "KPU", NULL, NOW, 86400 * 365,
		NULL) == FAULT_NONE &&
	    home_open(&home, room_name("h"), NULL) == FAULT_NONE) {
		test_append();
		test_misfits();
		test_torn();
		test_flips();
		test_named();
		test_signed();
		test_processes();
		test_room();
		test_files();
		test_page();
		test_cost();
		test_entry();
	} else {
		tap_ok(0, "a home", __FILE__, __LINE__);
	}
	home_close(home);
	room_clear();
	return TAP_DONE();
}

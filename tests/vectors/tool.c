/*
 * tool: our formats from the command line, one at a time, so that scripts can
 * hold them against the stock programs.  Not installed.
 *
 * usage: tool seal -r RECIPIENT [-r RECIPIENT ...] < in > out.age
 *        tool unseal -i IDENTITY-FILE < in.age > out
 *        tool sign -s SECRET-KEY-FILE -t COMMENT FILE > FILE.minisig
 *        tool verify -p PUBLIC-KEY-FILE FILE SIGNATURE-FILE
 *        tool pack FILE ... > out.tar.zst
 *        tool unpack DIR < in.tar.zst
 *
 * Exit status is that of the fault, with its cause on standard error.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "envelope/seal.h"
#include "envelope/unseal.h"
#include "key/key.h"
#include "pack/pack.h"
#include "pack/unpack.h"

#define RECIPIENTS_MAX 64
#define SIGNED_MAX (16 * MIB)
#define UNPACK_MAX (1024 * MIB)

static unsigned char block[100000];

/* Everything from the source into the sink. */
static enum fault
stream_copy(struct source from, struct sink to, struct cause *why)
{
	enum fault f = FAULT_NONE;
	size_t got = 1;

	while (f == FAULT_NONE && got > 0) {
		got = 0;
		f = from.read(from.self, block, sizeof block, &got, why);
		if (f == FAULT_NONE && got > 0)
			f = to.write(to.self, block, got, why);
	}
	return f;
}

static enum fault
run_seal(int argc, char **argv, struct cause *why)
{
	static struct recipient to[RECIPIENTS_MAX];
	struct io_file in = { STDIN_FILENO, "standard input" };
	struct io_file out = { STDOUT_FILENO, "standard output" };
	struct seal *s = NULL;
	enum fault f = FAULT_NONE;
	size_t n = 0;
	int c = 0;

	while ((c = getopt(argc, argv, "r:")) != -1) {
		if (c != 'r' || n == RECIPIENTS_MAX)
			return FAULT_USAGE;
		f = recipient_parse(&to[n++], optarg, why);
		if (f != FAULT_NONE)
			return f;
	}
	f = seal_new(&s, io_sink(&out), to, n, why);
	if (f == FAULT_NONE)
		f = stream_copy(io_source(&in), seal_sink(s), why);
	if (f == FAULT_NONE)
		f = seal_finish(s, why);
	seal_free(s);
	return f;
}

static enum fault
run_unseal(int argc, char **argv, struct cause *why)
{
	struct buf file = BUF_MAX(LIMIT_KEY_FILE);
	struct io_file in = { STDIN_FILENO, "standard input" };
	struct io_file out = { STDOUT_FILENO, "standard output" };
	struct identity *id = NULL;
	struct unseal *u = NULL;
	enum fault f = FAULT_NONE;

	if (getopt(argc, argv, "i:") != 'i')
		return FAULT_USAGE;
	f = io_load(&file, AT_FDCWD, optarg, why);
	if (f == FAULT_NONE)
		f = identity_parse(&id, file.data, file.len, why);
	if (f == FAULT_NONE)
		f = unseal_new(&u, io_source(&in), id, why);
	if (f == FAULT_NONE)
		f = stream_copy(unseal_source(u), io_sink(&out), why);
	unseal_free(u);
	identity_free(id);
	buf_wipe(&file);
	return f;
}

static enum fault
run_sign(int argc, char **argv, struct cause *why)
{
	struct buf file = BUF_MAX(LIMIT_KEY_FILE);
	struct buf bytes = BUF_MAX(SIGNED_MAX);
	struct buf out = BUF_MAX(LIMIT_KEY_FILE);
	struct secret_key *k = NULL;
	const char *key = NULL;
	const char *comment = "";
	enum fault f = FAULT_NONE;
	int c = 0;

	while ((c = getopt(argc, argv, "s:t:")) != -1) {
		if (c == 's')
			key = optarg;
		else if (c == 't')
			comment = optarg;
		else
			return FAULT_USAGE;
	}
	if (key == NULL || optind + 1 != argc)
		return FAULT_USAGE;
	f = io_load(&file, AT_FDCWD, key, why);
	if (f == FAULT_NONE)
		f = secret_key_parse(&k, file.data, file.len, NULL, why);
	if (f == FAULT_NONE)
		f = io_load(&bytes, AT_FDCWD, argv[optind], why);
	if (f == FAULT_NONE)
		f = key_sign(&out, k, bytes.data, bytes.len, comment, why);
	if (f == FAULT_NONE)
		f = io_write(
		    STDOUT_FILENO, out.data, out.len, "standard output", why);
	secret_key_free(k);
	buf_wipe(&file);
	buf_free(&bytes);
	buf_free(&out);
	return f;
}

static enum fault
run_verify(int argc, char **argv, struct cause *why)
{
	static struct signature s;
	struct buf file = BUF_MAX(LIMIT_KEY_FILE);
	struct buf bytes = BUF_MAX(SIGNED_MAX);
	struct buf sig = BUF_MAX(LIMIT_KEY_FILE);
	struct public_key k;
	enum fault f = FAULT_NONE;

	if (getopt(argc, argv, "p:") != 'p' || optind + 2 != argc)
		return FAULT_USAGE;
	f = io_load(&file, AT_FDCWD, optarg, why);
	if (f == FAULT_NONE)
		f = public_key_parse(&k, file.data, file.len, why);
	if (f == FAULT_NONE)
		f = io_load(&bytes, AT_FDCWD, argv[optind], why);
	if (f == FAULT_NONE)
		f = io_load(&sig, AT_FDCWD, argv[optind + 1], why);
	if (f == FAULT_NONE)
		f = signature_parse(&s, sig.data, sig.len, why);
	if (f == FAULT_NONE)
		f = signature_verify(&s, &k, bytes.data, bytes.len, why);
	if (f == FAULT_NONE)
		printf("%s\n", s.trusted_comment);
	buf_free(&file);
	buf_free(&bytes);
	buf_free(&sig);
	return f;
}

static enum fault
pack_file(struct pack *p, const char *path, struct cause *why)
{
	const char *slash = strrchr(path, '/');
	struct stat st;
	size_t got = sizeof block;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum fault f = FAULT_NONE;

	if (fd < 0 || fstat(fd, &st) != 0)
		f = cause_system(why, "open", path);
	if (f == FAULT_NONE)
		f = pack_member(p, slash != NULL ? slash + 1 : path,
		    (uint64_t)st.st_size, why);
	while (f == FAULT_NONE && got == sizeof block) {
		f = io_read(fd, block, sizeof block, &got, path, why);
		if (f == FAULT_NONE && got > 0)
			f = pack_write(p, block, got, why);
	}
	if (fd >= 0)
		(void)close(fd);
	return f;
}

static enum fault
run_pack(int argc, char **argv, struct cause *why)
{
	static const struct pack_job job = { 1, 0, 1790000000 };
	struct io_file out = { STDOUT_FILENO, "standard output" };
	struct pack *p = NULL;
	enum fault f = pack_new(&p, io_sink(&out), &job, why);

	for (int i = 1; i < argc && f == FAULT_NONE; i++)
		f = pack_file(p, argv[i], why);
	if (f == FAULT_NONE)
		f = pack_finish(p, why);
	pack_free(p);
	return f;
}

static enum fault
unpack_file(struct unpack *u, int dir, const char *name, struct cause *why)
{
	int fd = openat(dir, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	enum fault f = FAULT_NONE;
	size_t got = 1;

	if (fd < 0)
		return cause_system(why, "open", name);
	while (f == FAULT_NONE && got > 0) {
		f = unpack_read(u, block, sizeof block, &got, why);
		if (f == FAULT_NONE && got > 0)
			f = io_write(fd, block, got, name, why);
	}
	if (close(fd) != 0 && f == FAULT_NONE)
		f = cause_system(why, "close", name);
	return f;
}

static enum fault
run_unpack(int argc, char **argv, struct cause *why)
{
	static const struct unpack_limits limits = { UNPACK_MAX, LIMIT_FILES };
	struct io_file in = { STDIN_FILENO, "standard input" };
	struct unpack_member member;
	struct unpack *u = NULL;
	bool end = false;
	int dir = -1;
	enum fault f = FAULT_NONE;

	if (argc != 2)
		return FAULT_USAGE;
	f = io_opendir(&dir, AT_FDCWD, argv[1], why);
	if (f == FAULT_NONE)
		f = unpack_new(&u, io_source(&in), &limits, why);
	while (f == FAULT_NONE) {
		f = unpack_next(u, &member, &end, why);
		if (f != FAULT_NONE || end)
			break;
		f = unpack_file(u, dir, member.name, why);
	}
	unpack_free(u);
	if (dir >= 0)
		(void)close(dir);
	return f;
}

static const struct {
	const char *name;
	enum fault (*run)(int argc, char **argv, struct cause *why);
} commands[] = {
	{ "seal", run_seal },
	{ "unseal", run_unseal },
	{ "sign", run_sign },
	{ "verify", run_verify },
	{ "pack", run_pack },
	{ "unpack", run_unpack },
};

int
main(int argc, char **argv)
{
	struct cause why;
	char text[1024] = "";
	enum fault f = FAULT_USAGE;

	cause_clear(&why);
	if (argc > 1 && key_setup(&why) == FAULT_NONE)
		for (size_t i = 0; i < sizeof commands / sizeof commands[0];
		     i++)
			if (strcmp(argv[1], commands[i].name) == 0)
				f = commands[i].run(argc - 1, argv + 1, &why);
	if (f == FAULT_NONE && fflush(stdout) != 0)
		f = cause_system(&why, "write", "standard output");
	if (f == FAULT_NONE)
		return 0;
	cause_text(text, sizeof text, &why);
	fprintf(stderr, "tool: %s\n",
	    why.fault == FAULT_NONE ? fault_text(f) : text);
	return (int)fault_exit(f);
}
